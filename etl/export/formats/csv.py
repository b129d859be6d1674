"""CSV (RFC 4180, UTF-8): one file, one row per event."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl.dataset.provenance import licence_of
from etl.export.card import EVENTS_SPLIT, write_card
from etl.export.companions import write_companions
from etl.export.format import Account, Format, Options
from etl.export.rows import EVENT_ROWS, typed
from etl.files import save_json
from etl.schema import Column, arrow_schema, column_comment
from etl.warehouse.events import Source

__all__ = ["FORMAT"]

FIELD_TYPES = {"VARCHAR": "string", "INTEGER": "integer"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `events.csv`: text in quotes, numbers bare, lines ended by a newline, cells never altered.

    Beside it, for those who read types from a description: `datapackage.json` (Frictionless) and a dataset card.
    """
    import pyarrow.csv

    formulas: set[str] = set()
    with pyarrow.csv.CSVWriter(folder / "events.csv", arrow_schema(EVENT_ROWS)) as writer:
        for batch in typed(source.batches()):
            writer.write_batch(batch)
            account.written += batch.num_rows
            texts = (text for name in ("template", "video_id") for text in batch.column(name).unique().to_pylist())
            formulas.update(text for text in texts if text.startswith(FORMULA_STARTS))
    write_companions(source, folder, options, account, ".csv")
    write_card(folder, {EVENTS_SPLIT: "events.csv"}, source)
    save_json(folder / "datapackage.json", data_package(licence_of(source.warehouse.manifest)))
    if formulas:
        account.notes.append(
            f"{len(formulas)} texts start as a formula does ({sorted(formulas)[0]!r}): in a spreadsheet, import the "
            "columns template and video_id as text."
        )


def data_package(licence: Mapping[str, str]) -> dict[str, Any]:
    """Return the description of `events.csv` as a Frictionless data package: every column with its type."""
    fields = [
        {
            "name": column.name,
            "type": FIELD_TYPES[column.type],
            "description": column_comment(column),
            "constraints": {
                "required": not column.nullable,
                **({"enum": list(column.allowed)} if column.allowed else {}),
            },
        }
        for column in EVENT_ROWS.columns
    ]
    resource = {
        "name": "events",
        "path": "events.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": list(EVENT_ROWS.key)},
    }
    return {
        "profile": "tabular-data-package",
        "name": "contact-release-events",
        "description": EVENT_ROWS.grain,
        "licenses": [
            {"title": licence["name"], "path": licence["link"]} if "link" in licence else {"name": licence["name"]}
        ],
        "resources": [resource],
    }


def _constraints(column: Column) -> dict[str, Any]:
    values = {"enum": list(column.allowed)} if column.allowed else {}
    return {"required": not column.nullable, **values}


FORMAT = Format(
    "One CSV file, one row per event.",
    "any: polars, pandas, DuckDB, csv",
    write,
    "RFC 4180",
    takes=("with_objects", "with_boxes"),
)
