"""The pages to read: the data dictionary `warehouse/README.md` and the index of the views, `sql/README.md`."""

from __future__ import annotations

from collections.abc import Sequence

from etl.schema import SCHEMA_VERSION, TABLES, Column, Table
from etl.views import FAMILIES, View, read_sql_files

__all__ = ["data_dictionary", "view_index"]

INTRODUCTION = f"""\
# The warehouse's tables

Generated from `etl/schema.py` by `make docs`. Schema version {SCHEMA_VERSION}.

`contact-release build` puts these files beside this page:

| file | what it is |
|---|---|
| `<table>.parquet` | one file for each table below; descriptions and units are in the fields' metadata |
| `interactions.duckdb` | the same tables, the views (see `sql/README.md`) and every description as a comment |
| `manifest.json` | the inputs with their SHA-256 and date, row counts, versions of software, SHA-256 of every file |

The names are links into the folder of the latest build, which replaces the one before it as a whole. To copy a
warehouse elsewhere with plain files, follow the links: `mkdir elsewhere && cp -L warehouse/* elsewhere/`.

Frames are 0-based in decoding order. Points are pixels of the original frame: origin at the top left, x to the right,
y down. Rows are ordered by numeric video id, then event index or frame number.
"""

VIEWS_INTRODUCTION = """\
# The questions

Generated from the headers of the `.sql` files by `make docs`.

Every view is one file and one select. To find one, read the questions; to ask it:

- `contact-release query "from event_timing where video_id = '900001'"`, or `etl.open_warehouse().query(…)` in Python;
- in the DuckDB shell (1.4 or newer): `duckdb -readonly warehouse/interactions.duckdb`;
- in any DuckDB over the Parquet files alone, after the script that `contact-release views --script` prints.

`contact-release views NAME` shows what stands here, `--sql` the statement. Macros are views with parameters. Shares are
from 0 to 1. Relative positions and relative coordinates are null until videos are decoded, and so are seconds, unless a
frame rate is assumed (`build --assume-fps`). Real questions with their answers: [cookbook](../docs/cookbook.md).
"""
CHECKS_INTRODUCTION = """\
## checks

Not views but proofs, run by `contact-release check`: each selects the rows that are wrong. An error fails it, a warning
does not.
"""


def data_dictionary() -> str:
    """Return the dictionary of all tables as Markdown."""
    return "\n".join([INTRODUCTION, *map(_section, TABLES)])


def view_index() -> str:
    """Return the index of all views, macros and checks, by family, as Markdown."""
    families = {family: read_sql_files(family) for family in (*FAMILIES, "macros", "evaluation")}
    contents = [("family", "question", "view")]
    contents += [(family, v.question, f"[`{v.name}`](#{v.name})") for family, views in families.items() for v in views]
    parts = [VIEWS_INTRODUCTION, _markdown_table(contents)]
    for family, views in families.items():
        parts += [f"## {family}\n", *map(_view_section, views)]
    checks = [(f"[`{c.name}`](checks/{c.name}.sql)", c.level, c.question) for c in read_sql_files("checks")]
    return "\n".join([*parts, CHECKS_INTRODUCTION, _markdown_table([("check", "level", "finds"), *checks])])


def _view_section(view: View) -> str:
    columns = [("column", "meaning"), *((f"`{name}`", meaning) for name, meaning in view.columns)]
    example = view.example and f"`{view.example}`"
    paragraphs = [view.question, view.grain, example, view.reading, f"[{view.name}.sql]({view.family}/{view.name}.sql)"]
    return f"### {view.name}\n\n" + "\n\n".join(filter(None, paragraphs)) + f"\n\n{_markdown_table(columns)}"


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]]) + "\n"


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
