"""CSV (RFC 4180, UTF-8): one file, one row per event."""

from __future__ import annotations

from pathlib import Path

from etl.export.format import Account, Format, Options
from etl.export.rows import EVENT_ROWS, typed
from etl.schema import arrow_schema
from etl.warehouse.events import Source

__all__ = ["FORMAT"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `events.csv`: text in quotes, numbers bare, lines ended by a newline, cells never altered."""
    import pyarrow.csv

    formulas: set[str] = set()
    with pyarrow.csv.CSVWriter(folder / "events.csv", arrow_schema(EVENT_ROWS)) as writer:
        for batch in typed(source.batches()):
            writer.write_batch(batch)
            account.written += batch.num_rows
            texts = (text for name in ("template", "video_id") for text in batch.column(name).unique().to_pylist())
            formulas.update(text for text in texts if text.startswith(FORMULA_STARTS))
    if formulas:
        account.notes.append(
            f"{len(formulas)} texts start as a formula does ({sorted(formulas)[0]!r}): in a spreadsheet, import the "
            "columns template and video_id as text."
        )


FORMAT = Format("One CSV file, one row per event.", "any: polars, pandas, DuckDB, csv", write, "RFC 4180")
