"""`contact-release diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.answers import FORMATS, SUFFIXES, format_of, print_answer
from etl.cli.messages import fail, warn
from etl.cli.options import FiniteRange, quiet_option

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from etl.dataset.diff import Diff

__all__ = ["diff", "print_diff"]

KINDS = ("added", "removed", "moved", "relabelled", "reordered")
GROUPINGS = ("action-agent", "template", "split")


@click.command(short_help="Compare two releases of the labels, event by event.")
@click.argument("old", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--only", multiple=True, type=click.Choice(KINDS), help="Only differences of this kind; repeats.")
@click.option(
    "--min-frames",
    type=click.IntRange(0),
    metavar="N",
    help="Of the moved events, those that moved by at least N frames.",
)
@click.option(
    "--min-pixels",
    type=FiniteRange(0, 1e6),
    metavar="N",
    help="Of the moved events, those that moved by at least N pixels.",
)
@click.option("--by", type=click.Choice(GROUPINGS), help="Count the differences by this instead of listing them.")
@click.option("--videos", is_flag=True, help="List the videos that differ, not the events.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    help=f"By default what FILE ends in: {' '.join(SUFFIXES)}; else a table.",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write all differences to FILE.")
@click.option(
    "--exit-code", is_flag=True, help="End with status 1 where there is a difference, as the Unix command diff does."
)
@quiet_option
def diff(
    old: Path,
    new: Path,
    only: tuple[str, ...],
    min_frames: int | None,
    min_pixels: float | None,
    by: str | None,
    videos: bool,
    output_format: str | None,
    output: Path | None,
    exit_code: bool,
) -> None:
    """Compare OLD and NEW, warehouses or folders of annotation files, event by event: new minus old.

    Events are paired within each video by what they are, not by their position. With --min-frames and --min-pixels,
    events that moved less than either are left out.

    \b
    Examples:
      contact-release diff warehouse corrected
      contact-release diff metadata corrected --only moved --min-frames 3
      contact-release diff warehouse corrected --by template
      contact-release diff warehouse corrected --output differences.csv
    """
    import etl
    from etl.outputs import refuse_inputs

    if by and videos:
        raise click.UsageError("--by counts events; leave out --videos")
    output_format = format_of(output_format, output)
    if output:
        refuse_inputs(output, [old, new])
    found = etl.diff(old, new, only=only, min_frames=min_frames, min_pixels=min_pixels)
    for warning in found.warnings:
        warn(warning)
    shown = found.by(by.replace("-", "_")) if by else found.videos if videos else found.events
    if output is None and output_format == "table":
        is_part = bool(only or min_frames or min_pixels)
        print_diff(found, shown, none="no such difference" if is_part else "no difference")
    else:
        print_answer(_relation(shown), output_format, output)
    if exit_code and not found.is_empty:
        fail()


def print_diff(found: Diff, shown: pl.DataFrame | None = None, none: str = "no difference") -> None:
    """Print how many events and videos differ, or `none`, and then `shown`, by default the events."""
    _print_summary(found, none)
    shown = found.events if shown is None else shown
    if len(shown):
        click.echo()
        print_answer(_relation(shown), "table", None)


def _print_summary(found: Diff, none: str) -> None:
    from etl.cli.output import print_table

    if found.is_empty:
        click.echo(none)
        return
    rows = [("event", kind, count) for kind, count in found.counts.items() if count]
    rows += [
        ("video", kind if kind in ("added", "removed") else f"other {kind}", count)
        for kind, count in found.video_counts.items()
        if count
    ]
    print_table(["what", "difference", "count"], rows)


def _relation(frame: pl.DataFrame) -> duckdb.DuckDBPyRelation:
    import duckdb

    return duckdb.connect().from_arrow(frame.to_arrow())
