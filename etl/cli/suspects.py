"""`contact-release suspects`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.answers import FORMATS, SUFFIXES, format_of, print_answer
from etl.cli.files import refuse_warehouse_file
from etl.cli.messages import print_lines, say, warn
from etl.cli.options import frames_option, quiet_option, selection_options, videos_option, warehouse_option
from etl.wording import counted

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from etl.review.suspects import Suspects
    from etl.warehouse.selection import Selection

__all__ = ["suspects"]

SHOWN = ("video_id", "event_index", "action", "agent", "frame_number", "score", "reasons")
DEFAULT_LIMIT = 20
SHEET_LIMIT = 100


@click.command(short_help="Labels that deserve a second look, ranked, with reasons.")
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Compare with these, as `evaluate` reads them; a column `fold` says which of several models a row is of.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help=f"The most suspects; by default {DEFAULT_LIMIT} as a table on the terminal, else all.",
)
@selection_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    help=f"By default what FILE ends in: {' '.join(SUFFIXES)}; else a table.",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write all columns to FILE.")
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"Draw them with their frames: DIR/suspects.html; without --limit the first {SHEET_LIMIT}.",
)
@frames_option()
@videos_option
@warehouse_option
@quiet_option
def suspects(
    predictions: Path | None,
    limit: int | None,
    selection: Selection,
    output_format: str | None,
    output: Path | None,
    sheet: Path | None,
    frames: Path,
    videos: Path | None,
    memory_limit: str | None,
    warehouse: Path,
) -> None:
    """List the labels that deserve a second look, the most suspect first. A suspect is not a verdict.

    The score is the sum of named parts; each part is a column in --output and in every format but the table.

    \b
    Examples:
      contact-release suspects
      contact-release suspects --split train --limit 100 --output suspects.csv
      contact-release suspects --predictions predictions.jsonl --output suspects.parquet
      contact-release suspects --limit 30 --sheet suspects --videos videos
    """
    import etl
    from etl.outputs import refuse_inputs

    output_format = format_of(output_format, output)
    if output:
        refuse_warehouse_file(output, warehouse)
        refuse_inputs(output, [predictions] if predictions else [])
    is_list = output is None and output_format == "table"
    if limit is None and (sheet or is_list):
        limit = SHEET_LIMIT if sheet else DEFAULT_LIMIT
    found = etl.suspects(warehouse, predictions, selection, limit=limit, memory_limit=memory_limit, on_step=say)
    for warning in found.warnings:
        warn(warning)
    if sheet:
        _draw(warehouse, found, sheet, frames, videos)
    if is_list and not len(found.events):
        click.echo("no suspects")
        return
    print_answer(_relation(found.events.select(SHOWN) if is_list else found.events), output_format, output)


def _draw(warehouse: Path, found: Suspects, sheet: Path, frames: Path, videos: Path | None) -> None:
    from etl.cli.progress import progress
    from etl.review.sheet import write_sheet

    with progress("suspects") as show:
        drawn = write_sheet(warehouse, found, sheet, frames=frames, videos=videos, on_progress=show)
    print_lines("not drawn", drawn.problems)
    say(f"wrote {drawn.page} with {counted(drawn.strips, 'strip')} of frames")


def _relation(frame: pl.DataFrame) -> duckdb.DuckDBPyRelation:
    import duckdb

    return duckdb.connect().from_arrow(frame.to_arrow())
