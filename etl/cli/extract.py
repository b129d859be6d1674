"""`contact-release extract`."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.messages import fail, print_lines, warn
from etl.cli.options import FiniteRange, frames_option, quiet_option, warehouse_option
from etl.cli.progress import progress
from etl.errors import VideoError

if TYPE_CHECKING:
    from etl.extraction.plan import Plan
    from etl.extraction.process import Outcome

__all__ = ["extract"]


class Shard(click.ParamType[tuple[int, int]]):
    """`I/N`: share I, from 1, of N."""

    name = "I/N"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return (I, N)."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", str(value))
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            self.fail(f"found {value!r}, expected I/N with 1 <= I <= N, such as 3/16", param, ctx)
        return int(match[1]), int(match[2])


@click.command(short_help="Decode the labelled videos into frames, and index them.")
@click.option(
    "--videos",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of the videos, <video_id>.webm (.mp4 .mkv .avi .mov), in nested folders too.",
)
@frames_option("Folder to write to: <video_id>/frame_00000.jpg and so on.")
@click.option(
    "--only",
    type=click.Choice(["annotated", "all"]),
    default="all",
    show_default=True,
    help="Save the annotated frames alone, and decode no further than the last of them; or all frames.",
)
@click.option(
    "--context",
    type=click.IntRange(0, 100),
    default=0,
    metavar="N",
    help="With --only annotated: N frames around each too.",
)
@click.option(
    "--jobs", type=click.IntRange(1), default=None, metavar="N", help="Processes to run.  [default: one per core]"
)
@click.option("--dask", metavar="ADDRESS", help="Run on the Dask cluster whose scheduler is at ADDRESS instead.")
@click.option("--shard", type=Shard(), help="Do share I of N, by video id: for one job of an array of N.")
@click.option(
    "--time-limit",
    type=FiniteRange(0.001, 7 * 24 * 3600),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Give a video up after that long.",
)
@warehouse_option
@quiet_option
def extract(
    videos: Path,
    frames: Path,
    only: str,
    context: int,
    jobs: int | None,
    dask: str | None,
    shard: tuple[int, int] | None,
    time_limit: float,
    warehouse: Path,
) -> None:
    """Decode the labelled videos into frames on disk, and index them in the warehouse.

    Frames are made as the publisher makes them: OpenCV, every frame at the original rate, JPEG quality 95. A video is
    there whole or not at all. Run again, the command goes on where it stopped, and does again what has changed.
    Exit status 1 when a video failed; why is in the table extraction_problems.

    \b
    Examples:
      contact-release extract --videos 20bn-something-something-v2
      contact-release extract --videos videos --only annotated --context 2
      contact-release extract --videos videos --shard 3/16
      contact-release query "select reason, count(*) from extraction_problems group by reason"
    """
    from etl.build.frame_index import annotated_frames
    from etl.build.pipeline import take_up_frames
    from etl.extraction.folders import remove_abandoned
    from etl.extraction.plan import around, plan_extraction, run_locally, shard_of
    from etl.warehouse.open import open_warehouse

    if context and only != "annotated":
        raise click.UsageError("--context goes with --only annotated")
    if dask and jobs:
        raise click.UsageError("--jobs is for this machine; with --dask the cluster has its own processes")
    with open_warehouse(warehouse) as opened:
        annotated = annotated_frames(
            opened.query("select video_id from videos").to_arrow_table(),
            opened.query("select video_id, frame_number from events").to_arrow_table(),
        )
    if shard:
        annotated = {
            video_id: numbers for video_id, numbers in annotated.items() if shard_of(video_id, shard[1]) == shard[0]
        }
    wanted = {
        video_id: around(numbers, context) if only == "annotated" else None for video_id, numbers in annotated.items()
    }
    plan = plan_extraction(videos, frames, wanted, time_limit_s=time_limit)
    if len(plan.missing) == len(wanted) and not shard:  # a share may be empty: its job of the array has not failed
        raise VideoError(f"none of the {len(wanted):,} labelled videos is in {videos}: a file is named <video_id>.webm")
    for folder in plan.unreadable:
        warn(f"the folder {folder} cannot be read; videos in it are not found")
    if dask:
        from etl.extraction.dask_cluster import run_on_dask

        running = run_on_dask(plan.jobs, dask)
    else:
        running = run_locally(plan.jobs, jobs or _cores())
    outcomes = list(plan.failed)
    try:
        with closing(running), progress("videos") as show:
            for done, outcome in enumerate(running, 1):
                outcomes.append(outcome)
                show(done, len(plan.jobs))
    finally:
        remove_abandoned(frames)
    _print_summary(plan, outcomes)
    if shard:
        click.echo(f"when all shards are done: contact-release build --frames {frames}", err=True)
    else:
        take_up_frames(warehouse, frames)
    if any(outcome.has_failed for outcome in outcomes):
        fail()


def _cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _print_summary(plan: Plan, outcomes: list[Outcome]) -> None:
    """Print what became of the videos."""
    failed = [outcome for outcome in outcomes if outcome.has_failed]
    saved = sum(outcome.saved_count for outcome in outcomes if not outcome.has_failed)
    click.echo(f"  done     {len(outcomes) - len(failed):>8,}  ({saved:,} frames saved)")
    click.echo(f"  skipped  {len(plan.done):>8,}  (done before, nothing changed)")
    click.echo(f"  failed   {len(failed):>8,}")
    click.echo(f"  no file  {len(plan.missing):>8,}")
    reasons = Counter(problem.reason for outcome in outcomes for problem in outcome.problems)
    if reasons:
        counted = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common())
        click.echo(f"  reasons: {counted}")
    advice = "; all of them: contact-release query \"from extraction_problems where level = 'error'\""
    print_lines(
        "failed", [f"{o.video_id}: {o.problems[0].reason}: {o.problems[0].detail}" for o in failed], advice=advice
    )
    print_lines("no file", plan.missing, advice=advice)
