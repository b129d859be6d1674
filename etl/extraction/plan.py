"""Extract the frames of many videos: find the files, skip what is done, run the rest in processes.

The same jobs run on one machine (`run_locally`), on a Dask cluster (`dask_cluster`), or in shares of an array of jobs
(`shard_of`); the frames and the index are the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
import threading
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etl.child_process import in_processes
from etl.cores import usable_cores
from etl.errors import VideoError
from etl.extraction.folders import InTheWayError, remove_abandoned, storage_error, what_is_in_the_way
from etl.extraction.one_video import Job, is_done
from etl.extraction.outcome import Outcome, extract_video, fail_video
from etl.extraction.process import DecodingProcess, StoppedError
from etl.files import make_folder, refuse_builds
from etl.names import is_video_id
from etl.videos.containers import find_videos
from etl.videos.diagnosis import VideoProblem

__all__ = ["Plan", "around", "plan_extraction", "run_locally", "shard_of"]

LEAST_JOBS = 2000  # as many as one process looks at in the time that another one takes to start, and more


@dataclass
class Plan:
    """What is to be done for the videos of an extraction.

    `jobs`: to extract. `done`: video ids whose frames are there already. `missing`: video ids without a file.
    `failed`: ids with two files or more, already recorded, and ids whose place holds something foreign.
    `unreadable`: folders that could not be searched.
    """

    jobs: list[Job] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)
    unreadable: list[Path] = field(default_factory=list)


def plan_extraction(
    videos: Path,
    frames: Path,
    wanted: Mapping[str, Collection[int] | None],
    *,
    time_limit_s: float,
    as_pack: bool = False,
    is_dry: bool = False,
) -> Plan:
    """Find the video files and decide what is to be done. `wanted`: video id to frame numbers, None for all frames.

    `as_pack`: whether new frames become packs; what is done, in either form, stays.
    Cleans up after killed runs, and records the videos that have several files; a dry plan does neither.
    Raises VideoError if the videos folder cannot be read or an id cannot name a folder, StorageError if the
    frames folder cannot be written to, OutputError if it lies among a warehouse's builds.
    """
    for video_id in wanted:
        if not is_video_id(video_id):
            raise VideoError(f"the video id {video_id!r} cannot be the name of a folder")
    found, unreadable = find_videos(videos, wanted)
    refuse_builds(frames)
    if not is_dry:
        try:
            make_folder(frames)
            remove_abandoned(frames)
        except OSError as error:
            raise storage_error(frames, error) from error
    plan = Plan(unreadable=unreadable)
    candidates = []
    for video_id, numbers in wanted.items():
        files = found.get(video_id, [])
        if not files:
            plan.missing.append(video_id)
            continue
        frozen = None if numbers is None else frozenset(numbers)
        job = Job(video_id, files[0].absolute(), frames.absolute(), frozen, time_limit_s, as_pack)
        if len(files) > 1:
            named = ", ".join(map(str, files))
            detail = f"files with this id: {named}; keep one of them"
            problem = VideoProblem("two_files", detail)
            failed = Outcome(video_id, 0, (problem,), has_failed=True)
            plan.failed.append(failed if is_dry else fail_video(job, "two_files", detail))
        else:
            candidates.append(job)
    for job, is_finished in zip(candidates, _are_done(candidates), strict=True):
        if is_finished:
            plan.done.append(job.video_id)
        elif foreign := what_is_in_the_way(frames, job.video_id):
            problem = VideoProblem("in_the_way", str(InTheWayError(foreign)))
            plan.failed.append(Outcome(job.video_id, 0, (problem,), has_failed=True))
        else:
            plan.jobs.append(job)
    return plan


def run_locally(jobs: Sequence[Job], processes: int, first: DecodingProcess | None = None) -> Generator[Outcome]:
    """Run jobs in this many processes, of which the `first` may have been started; yield the outcomes as they come.

    Closing the iterator stops them all at once; no video is left incomplete. Raises StorageError if frames cannot be
    written.
    """
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    finished: queue.SimpleQueue[Outcome | Exception] = queue.SimpleQueue()
    pool = [first or DecodingProcess(), *(DecodingProcess() for _ in range(processes - 1))][: len(jobs)]
    threads = [threading.Thread(target=_work, args=(process, waiting, finished)) for process in pool]
    for thread in threads:
        thread.start()
    try:
        for _ in jobs:
            outcome = finished.get()
            if isinstance(outcome, Exception):
                raise outcome
            yield outcome
    finally:
        for process in pool:
            process.stop()
        for thread in threads:
            thread.join()


def shard_of(video_id: str, count: int) -> int:
    """Return which of `count` shards, numbered from 1, a video belongs to; it depends only on its id."""
    return int.from_bytes(hashlib.sha256(video_id.encode()).digest()[:8], "big") % count + 1


def around(numbers: Collection[int], context: int) -> set[int]:
    """Return frame numbers with `context` frames before and after each, none below 0."""
    return {near for number in numbers for near in range(max(number - context, 0), number + context + 1)}


def _are_done(jobs: Sequence[Job]) -> list[bool]:
    """Tell for each job whether it is done. Each core looks at a share of many jobs."""
    number = usable_cores() if len(jobs) >= LEAST_JOBS else 1
    size = -(-len(jobs) // number)
    shares = [jobs[begin : begin + size] for begin in range(0, len(jobs), size or 1)]
    return [is_finished for share in in_processes(_share_is_done, shares) for is_finished in share]


def _share_is_done(jobs: Sequence[Job]) -> list[bool]:
    return list(map(is_done, jobs))


def _work(
    process: DecodingProcess,
    waiting: queue.SimpleQueue[Job],
    finished: queue.SimpleQueue[Outcome | Exception],
) -> None:
    """Run jobs until there are none left: the target of a thread."""
    try:
        with contextlib.suppress(queue.Empty, StoppedError):
            while True:
                finished.put(extract_video(waiting.get_nowait(), process))
    except Exception as error:  # handed to the caller, who raises it
        finished.put(error)
