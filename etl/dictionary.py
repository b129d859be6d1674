"""The data dictionary `warehouse/README.md`: the schema as a page to read."""

from __future__ import annotations

from etl.schema import SCHEMA_VERSION, TABLES, Column, Table

__all__ = ["data_dictionary"]

INTRODUCTION = f"""\
# The warehouse's tables

Generated from `etl/schema.py` by `make docs`. Schema version {SCHEMA_VERSION}.

`contact-release build` puts these files beside this page:

| file | what it is |
|---|---|
| `<table>.parquet` | one file for each table below; descriptions and units are in the fields' metadata |
| `interactions.duckdb` | the same tables, the views (see `sql/README.md`) and every description as a comment |
| `manifest.json` | the inputs with their SHA-256, row counts, versions of the software, SHA-256 of every file |

The names are links into the folder of the latest build, which replaces the one before it as a whole. To copy a
warehouse elsewhere with plain files, follow the links: `cp -rL warehouse elsewhere`.

Frames are 0-based in decoding order. Points are pixels of the original frame: origin at the top left, x to the right,
y down. Rows are ordered by numeric video id, then event index or frame number.
"""


def data_dictionary() -> str:
    """Return the dictionary of all tables as Markdown."""
    return "\n".join([INTRODUCTION, *map(_section, TABLES)])


def _section(table: Table) -> str:
    rows = "\n".join(map(_row, table.columns))
    key = ", ".join(f"`{name}`" for name in table.key) or "none"
    return (
        f"## `{table.name}`\n\n{table.grain} Key: {key}.\n\n"
        f"| column | type | null | unit | meaning |\n|---|---|---|---|---|\n{rows}\n"
    )


def _row(column: Column) -> str:
    allowed = f" One of: {', '.join(f'`{value}`' for value in column.allowed)}." if column.allowed else ""
    null = "yes" if column.nullable else "no"
    return f"| `{column.name}` | {column.type} | {null} | {column.unit} | {column.description}{allowed} |"
