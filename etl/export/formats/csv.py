"""CSV (RFC 4180, UTF-8): one file, one row per event."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from etl.dataset.provenance import Licence, licence_of
from etl.export.card import EVENTS_SPLIT, write_card
from etl.export.companions import Companion, write_companions
from etl.export.format import Account, Format, Options
from etl.export.rows import EVENT_ROWS, typed
from etl.files import save_json
from etl.schema import Table, arrow_schema, column_comment
from etl.warehouse.events import Source

__all__ = ["FORMAT"]

FIELD_TYPES = {"VARCHAR": "string", "INTEGER": "integer", "DOUBLE": "number", "BOOLEAN": "boolean"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `events.csv`: text in quotes, numbers bare, lines ended by a newline, cells never altered.

    Next to it, for readers that take types from a description: `datapackage.json` (Frictionless) and a dataset card.
    """
    import pyarrow.csv

    formulas: set[str] = set()
    with pyarrow.csv.CSVWriter(folder / "events.csv", arrow_schema(EVENT_ROWS)) as writer:
        for batch in typed(source.batches()):
            writer.write_batch(batch)
            account.written += batch.num_rows
            texts = (text for name in ("template", "video_id") for text in batch.column(name).unique().to_pylist())
            formulas.update(text for text in texts if text.startswith(FORMULA_STARTS))
    companions = write_companions(source, folder, options, account, ".csv")
    write_card(folder, {EVENTS_SPLIT: "events.csv"}, source, companions=companions)
    save_json(folder / "datapackage.json", data_package(licence_of(source.warehouse.manifest.beginning), companions))
    if formulas:
        account.notes.append(
            f"{len(formulas)} texts start as a formula does ({sorted(formulas)[0]!r}): in a spreadsheet, import the "
            "columns template and video_id as text."
        )


def data_package(licence: Licence, companions: Sequence[Companion] = ()) -> dict[str, Any]:
    """Return the description of the CSV files as a Frictionless data package: every column with its type."""
    return {
        "profile": "tabular-data-package",
        "name": "contact-release-events",
        "description": EVENT_ROWS.grain,
        "licenses": [_licence(licence)],
        "resources": [
            _resource(EVENT_ROWS, "events.csv"),
            *(_resource(one.table, one.file) | {"licenses": [_licence(one.licence)]} for one in companions),
        ],
    }


def _resource(table: Table, path: str) -> dict[str, Any]:
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
        for column in table.columns
    ]
    return {
        "name": table.name,
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": list(table.key)},
    }


def _licence(licence: Licence) -> dict[str, str]:
    return {"title": licence.name, "path": licence.link} if licence.link else {"name": licence.name}


FORMAT = Format(
    "One CSV file, one row per event.",
    "any: polars, pandas, DuckDB, csv",
    write,
    "RFC 4180",
    takes=("with_objects", "with_boxes"),
)
