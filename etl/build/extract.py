"""Extract the frames of a warehouse's videos and add them to its index: the whole step, for the public door."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.cores import usable_cores
from etl.errors import OptionError, VideoError
from etl.extraction.folders import remove_abandoned, working_on
from etl.extraction.outcome import Outcome
from etl.extraction.plan import Plan, around, plan_extraction, run_locally, shard_of
from etl.extraction.process import DecodingProcess
from etl.names import is_video_id, video_sort_key
from etl.videos.containers import names_of_videos

if TYPE_CHECKING:
    from etl.extraction.estimate import Estimate

__all__ = ["Extraction", "PlannedExtraction", "estimate_extraction", "extract"]

_INDEXING = "etl.build.pipeline"  # imports the engine


@dataclass(frozen=True)
class Extraction:
    """The outcome of an extraction: of the labelled videos, and of the others if they were asked for."""

    frames: Path
    """The folder of the frames."""
    outcomes: tuple[Outcome, ...]
    """The outcome of every video that was tried, in the order in which they ended."""
    skipped: tuple[str, ...]
    """Ids of the videos whose frames were there already, unchanged."""
    missing: tuple[str, ...]
    """Ids of the videos without a file."""
    warnings: tuple[str, ...]
    """Lines about folders that could not be searched, and names that cannot be video ids."""
    is_indexed: bool
    """Whether the warehouse's index has the frames now; a shard leaves that to a build."""

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The videos that gave no frames, each with its problems."""
        return tuple(outcome for outcome in self.outcomes if outcome.has_failed)

    @property
    def saved_count(self) -> int:
        """The number of frames of the videos that did not fail."""
        return sum(outcome.saved_count for outcome in self.outcomes if not outcome.has_failed)

    @property
    def reasons(self) -> Counter[str]:
        """How often each problem occurred, by reason; also for videos that gave frames."""
        return Counter(problem.reason for outcome in self.outcomes for problem in outcome.problems)

    def __repr__(self) -> str:
        done = len(self.outcomes) - len(self.failed)
        return (
            f"<Extraction into {self.frames}: {done:,} videos done ({self.saved_count:,} frames), "
            f"{len(self.skipped):,} skipped, {len(self.failed):,} failed, {len(self.missing):,} without a file>"
        )


def extract(
    videos: str | Path,
    *,
    frames: str | Path = "frames",
    warehouse: str | Path = "warehouse",
    only: str = "all",
    context: int = 0,
    pack: bool = False,
    jobs: int | None = None,
    dask: str | None = None,
    unlabelled: bool = False,
    shard: tuple[int, int] | None = None,
    time_limit_s: float = 300.0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Extraction:
    """Decode the videos of a warehouse into frames on disk, and add them to its index.

    Run again, it goes on where it stopped, and repeats what has changed. A video is there whole or not at all.

    Args:
        videos: folder of the videos, `<video_id>.webm` (.mp4 .mkv .avi .mov), also in nested folders.
        frames: folder to write to: `<video_id>/frame_00000.jpg` and so on, 0-based in decoding order.
        warehouse: folder of the warehouse, whose videos are extracted.
        only: "all" frames, or "annotated": only these frames, decoding no further than the last of them.
        context: with "annotated", also save this many frames before and after each.
        pack: write a video's frames into one file, `<video_id>.tar`, instead of a folder. Videos that are done, in
            either form, stay as they are: `pack` and `unpack` convert them.
        jobs: processes to run; by default one for each core.
        dask: address of the scheduler of a Dask cluster, which then does the work.
        unlabelled: extract every video file of the folder, including those without a label, which become rows of
            `unlabelled_videos`.
        shard: (I, N): share I, from 1, of N by video id. The index then stays as it is: when all shares are done,
            `build(frames=...)` indexes their frames.
        time_limit_s: give up on a video after this many seconds.
        on_progress: called with the number of videos that are done, and the total.

    Raises:
        OptionError: `only` has another value, or options exclude each other.
        VideoError: none of the videos has a file, or frames cannot be written. A single video that fails raises
            nothing: see `Extraction.failed`.
        WarehouseError: the warehouse cannot be read, or its index cannot be written.
        MissingExtraError: `dask` without the extra [cluster].
        ContactReleaseError: the Dask cluster cannot be reached, or fails.
    """
    videos, frames, warehouse = Path(videos), Path(frames), Path(warehouse)
    if dask and jobs:
        raise OptionError("--jobs is for this machine; with --dask the cluster has its own processes")
    with ExitStack() as stack:
        first = DecodingProcess()
        if not dask:
            stack.callback(first.stop)
            first.start()  # its decoder is imported while this process finds out what is to be done
        plan, warnings = _plan(
            *(videos, frames, warehouse, only, context, shard, time_limit_s),
            unlabelled=unlabelled,
            pack=pack,
            is_dry=False,
        )
        if dask:
            from etl.extraction.dask_cluster import run_on_dask

            running = run_on_dask(plan.jobs, dask)
        else:
            running = run_locally(plan.jobs, jobs or usable_cores(), first)
        outcomes = list(plan.failed)
        stack.callback(remove_abandoned, frames)
        on_progress(0, len(plan.jobs))
        stack.enter_context(working_on(frames))
        stack.enter_context(closing(running))
        for done, outcome in enumerate(running, 1):
            outcomes.append(outcome)
            on_progress(done, len(plan.jobs))
            if done == 1 and not shard:
                importlib.import_module(_INDEXING)  # while videos are decoded
    if not shard:
        from etl.build.pipeline import take_up_frames

        take_up_frames(warehouse, frames)
    return Extraction(
        frames=frames,
        outcomes=tuple(outcomes),
        skipped=tuple(plan.done),
        missing=tuple(plan.missing),
        warnings=warnings,
        is_indexed=shard is None,
    )


@dataclass(frozen=True)
class PlannedExtraction:
    """What an extraction would do.

    `estimate`: frames, files and bytes to be made, and the seconds that one process takes. `processes`: how many would
    run. `skipped`, `missing` and `warnings` are as in an `Extraction`; `failed`: videos that cannot be tried.
    """

    estimate: Estimate
    processes: int
    skipped: tuple[str, ...]
    missing: tuple[str, ...]
    failed: tuple[Outcome, ...]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        made = self.estimate
        return (
            f"<PlannedExtraction: {made.videos:,} videos, {made.frames:,} frames, {made.size_bytes:,} bytes, "
            f"{made.seconds / self.processes:.0f} s>"
        )


def estimate_extraction(
    videos: str | Path,
    *,
    frames: str | Path = "frames",
    warehouse: str | Path = "warehouse",
    only: str = "all",
    context: int = 0,
    pack: bool = False,
    jobs: int | None = None,
    unlabelled: bool = False,
    shard: tuple[int, int] | None = None,
) -> PlannedExtraction:
    """Estimate what `extract` with the same arguments would make: videos, frames, files, bytes and time.

    The number of frames is what the files declare. A few videos are extracted into a temporary folder, to measure how
    fast that is and how many bytes a frame takes; nothing is written to `frames` or the warehouse.

    Raises:
        OptionError, VideoError, WarehouseError: as `extract` does.
    """
    plan, warnings = _plan(
        *(Path(videos), Path(frames), Path(warehouse), only, context, shard, 300.0),
        unlabelled=unlabelled,
        pack=pack,
        is_dry=True,
    )
    from etl.extraction.estimate import estimate_jobs

    return PlannedExtraction(
        estimate=estimate_jobs(plan.jobs),
        processes=jobs or usable_cores(),
        skipped=tuple(plan.done),
        missing=tuple(plan.missing),
        failed=tuple(plan.failed),
        warnings=warnings,
    )


def _plan(
    videos: Path,
    frames: Path,
    warehouse: Path,
    only: str,
    context: int,
    shard: tuple[int, int] | None,
    time_limit_s: float,
    *,
    unlabelled: bool,
    pack: bool,
    is_dry: bool,
) -> tuple[Plan, tuple[str, ...]]:
    """Return what is to be done, and lines about what cannot be done."""
    if only not in ("all", "annotated"):
        raise OptionError(f"only: found {only!r}, expected 'all' or 'annotated'")
    if context and only != "annotated":
        raise OptionError("--context goes with --only annotated")
    if unlabelled and only == "annotated":
        raise OptionError("--unlabelled goes with --only all: a video without a label has no annotated frames")
    from etl.build.frame_index import annotated_frames
    from etl.build.standing import labelled_frames

    annotated = annotated_frames(*labelled_frames(warehouse))
    others = names_of_videos(videos).difference(annotated) if unlabelled else set()
    nameless = sorted(name for name in others if not is_video_id(name))
    listed = [*annotated, *sorted(others.difference(nameless), key=video_sort_key)]
    wanted = {
        video_id: around(annotated[video_id], context) if only == "annotated" else None
        for video_id in listed
        if shard is None or shard_of(video_id, shard[1]) == shard[0]
    }
    plan = plan_extraction(videos, frames, wanted, time_limit_s=time_limit_s, as_pack=pack, is_dry=is_dry)
    if len(plan.missing) == len(wanted) and not shard:  # a share may be empty: its job of the array has not failed
        raise VideoError(f"none of the {len(wanted):,} labelled videos is in {videos}: a file is named <video_id>.webm")
    warnings = [f"the folder {folder} cannot be read; videos in it are not found" for folder in plan.unreadable]
    warnings += [f"the name {name!r} of a video file cannot be a video id; it is left out" for name in nameless]
    return plan, tuple(warnings)
