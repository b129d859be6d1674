"""`contact-release extract`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.messages import fail, print_lines, warn
from etl.cli.options import FiniteRange, frames_option, quiet_option, warehouse_option
from etl.cli.progress import progress
from etl.videos.containers import SUFFIXES

if TYPE_CHECKING:
    from etl.build.extract import Extraction, PlannedExtraction

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
    help=f"Folder of the videos, <video_id>{SUFFIXES[0]} ({' '.join(SUFFIXES[1:])}), also in nested folders.",
)
@frames_option("Folder to write to: <video_id>/frame_00000.jpg and so on.")
@click.option(
    "--only",
    type=click.Choice(["annotated", "all"]),
    default="all",
    show_default=True,
    help="Save only the annotated frames, and decode no further than the last of them; or all frames.",
)
@click.option(
    "--context",
    type=click.IntRange(0, 100),
    default=0,
    metavar="N",
    help="With --only annotated: N frames before and after each, too.",
)
@click.option("--pack", is_flag=True, help="Write one file for each video, <video_id>.tar, in place of a folder.")
@click.option("--unlabelled", is_flag=True, help="Decode every video file of the folder, labelled or not.")
@click.option(
    "--jobs", type=click.IntRange(1), default=None, metavar="N", help="Processes to run.  [default: one per core]"
)
@click.option("--dask", metavar="ADDRESS", help="Run on the Dask cluster whose scheduler is at ADDRESS instead.")
@click.option("--shard", type=Shard(), help="Do share I of N, by video id: for one job of an array of N.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what there would be, and how long it would take.")
@click.option(
    "--time-limit",
    type=FiniteRange(0.001, 7 * 24 * 3600),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up on a video after this long.",
)
@warehouse_option
@quiet_option
def extract(
    videos: Path,
    frames: Path,
    only: str,
    context: int,
    pack: bool,
    unlabelled: bool,
    jobs: int | None,
    dask: str | None,
    shard: tuple[int, int] | None,
    dry_run: bool,
    time_limit: float,
    warehouse: Path,
) -> None:
    """Decode the labelled videos into frames on disk, and index them in the warehouse.

    Frames are made as the publisher makes them: OpenCV, every frame at the original rate, its JPEG quality. A video is
    there whole or not at all. Run again, the command goes on where it stopped, and does again what has changed.
    Exit status 1 when a video failed; why is in the table extraction_problems.

    \b
    Examples:
      contact-release extract --videos 20bn-something-something-v2
      contact-release extract --videos videos --dry-run
      contact-release extract --videos videos --pack --unlabelled
      contact-release extract --videos videos --only annotated --context 2
      contact-release extract --videos videos --shard 3/16
      contact-release query "select reason, count(*) from extraction_problems group by reason"
    """
    # Those of OpenBLAS would start with NumPy, here and in every process, and take 0.1 s of it while they wait.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from etl.build.extract import extract as extract_frames

    if dry_run:
        from etl.build.extract import estimate_extraction

        if dask:
            raise click.UsageError("--dry-run measures this machine, not the cluster of --dask")
        _print_plan(
            estimate_extraction(
                videos,
                frames=frames,
                warehouse=warehouse,
                only=only,
                context=context,
                pack=pack,
                unlabelled=unlabelled,
                jobs=jobs,
                shard=shard,
            ),
            frames,
            pack=pack,
        )
        return
    with progress("videos") as show:
        made = extract_frames(
            videos,
            frames=frames,
            warehouse=warehouse,
            only=only,
            context=context,
            pack=pack,
            unlabelled=unlabelled,
            jobs=jobs,
            dask=dask,
            shard=shard,
            time_limit_s=time_limit,
            on_progress=show,
        )
    _print_summary(made, warehouse)
    if made.failed:
        fail()


def _print_plan(plan: PlannedExtraction, frames: Path, *, pack: bool) -> None:
    """Print what an extraction would make."""
    made = plan.estimate
    for warning in plan.warnings:
        warn(warning)
    besides = f"{len(plan.skipped):,} done before, {len(plan.missing):,} without a file, {len(plan.failed):,} to fail"
    click.echo(f"  videos  {made.videos:>12,}  (besides {besides})")
    click.echo(f"  frames  {made.frames:>12,}  to decode, by the declared durations")
    files = "packs, one for each video" if pack else "frames to save, and a record for each video"
    click.echo(f"  files   {made.files:>12,}  {files}")
    click.echo(f"  bytes   {made.size_bytes:>12,}")
    click.echo(f"  time    {_span(made.seconds / plan.processes):>12}  with {plan.processes} processes")
    click.echo(
        f"measured on {made.sample_videos} of these videos, extracted into a temporary folder by one process: "
        f"{made.sample_frames:,} frames in {made.sample_seconds:.1f} s; nothing is written to {frames}"
    )


def _span(seconds: float) -> str:
    """Return a time as a person would say it: "45 s", "12 min", "3.5 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _print_summary(made: Extraction, warehouse: Path) -> None:
    """Print what became of the videos."""
    for warning in made.warnings:
        warn(warning)
    click.echo(f"  done     {len(made.outcomes) - len(made.failed):>8,}  ({made.saved_count:,} frames saved)")
    click.echo(f"  skipped  {len(made.skipped):>8,}  (done before, nothing changed)")
    click.echo(f"  failed   {len(made.failed):>8,}")
    click.echo(f"  no file  {len(made.missing):>8,}")
    if made.reasons:
        click.echo(f"  reasons: {', '.join(f'{reason} {count:,}' for reason, count in made.reasons.most_common())}")
    advice = "; all of them: contact-release query \"from extraction_problems where level = 'error'\""
    failed = [f"{video.video_id}: {video.problems[0].reason}: {video.problems[0].detail}" for video in made.failed]
    print_lines("failed", failed, advice=advice)
    print_lines("no file", made.missing, advice=advice)
    if not made.is_indexed:
        click.echo(
            f"when all shards are done: contact-release build --frames {made.frames} --warehouse {warehouse}", err=True
        )
