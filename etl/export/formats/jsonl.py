"""JSON lines: one object per event."""

from __future__ import annotations

from pathlib import Path

from etl.export.card import EVENTS_SPLIT, write_card
from etl.export.companions import write_companions
from etl.export.format import Account, Format, Options
from etl.files import json_line
from etl.warehouse.events import Source

__all__ = ["FORMAT"]


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `events.jsonl`."""
    with (folder / "events.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for batch in source.batches():
            file.writelines(map(json_line, batch.to_pylist()))
            account.written += batch.num_rows
    companions = write_companions(source, folder, options, account, ".jsonl")
    write_card(folder, {EVENTS_SPLIT: "events.jsonl"}, source, companions=companions)


FORMAT = Format(
    "One JSON object per event and line.",
    "any: polars, pandas, DuckDB, json",
    write,
    takes=("with_objects", "with_boxes"),
)
