"""Parquet: one file, one row per event."""

from __future__ import annotations

from pathlib import Path

from etl.export.card import EVENTS_SPLIT, write_card
from etl.export.companions import write_companions
from etl.export.format import Account, Format, Options
from etl.export.rows import ROWS_PER_GROUP, write_parquet
from etl.warehouse.events import Source

__all__ = ["FORMAT"]


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `events.parquet`, with descriptions and units in the schema."""
    account.written = write_parquet(folder / "events.parquet", source.batches(ROWS_PER_GROUP))
    companions = write_companions(source, folder, options, account, ".parquet")
    write_card(folder, {EVENTS_SPLIT: "events.parquet"}, source, companions=companions)


FORMAT = Format(
    "One Parquet file, one row per event.",
    "polars, pandas, DuckDB, pyarrow",
    write,
    "2.6",
    takes=("with_objects", "with_boxes"),
)
