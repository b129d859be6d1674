"""The generated documentation: `python docs/generate.py` writes it again, a test compares it.

The data dictionary `warehouse/README.md`, the index of the views `sql/README.md`, the command reference, the
cookbook's answers and, where the released annotation files are, the findings.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import findings
from click.testing import CliRunner

from etl.build import build
from etl.cli import command_line
from etl.schema import SCHEMA_VERSION, TABLES, Column, Table
from etl.views import FAMILIES, OLDEST_DUCKDB, View, read_sql_files

PROJECT = Path(__file__).resolve().parent.parent
RELEASED = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"


INTRODUCTION = f"""\
# The warehouse's tables

Generated from `etl/schema/` by `make docs`. Schema version {SCHEMA_VERSION}.

`contact-release build` puts these files next to this page:

| file | what it is |
|---|---|
| `<table>.parquet` | one file for each table below; descriptions and units are in the fields' metadata |
| `interactions.duckdb` | the same tables (`events` as a view), the views (see `sql/README.md`), with comments |
| `manifest.json` | the inputs with their SHA-256 and date, row counts, versions of software, SHA-256 of every file |

The names are links into the folder of the latest build, which replaces the one before it as a whole. To copy a
warehouse elsewhere with plain files, follow the links: `mkdir elsewhere && cp -L warehouse/* elsewhere/`.

Frames are 0-based in decoding order. Points are pixels of the original frame: origin at the top left, x to the right,
y down. Rows are ordered by numeric video id, then event index or frame number.
"""

VIEWS_INTRODUCTION = f"""\
# The questions

Generated from the headers of the `.sql` files by `make docs`.

Every view is one file and one select. To find one, read the questions; to ask it:

- `contact-release query "from event_timing where video_id = '900001'"`, or `etl.open_warehouse().query(…)` in Python;
- in the DuckDB shell ({OLDEST_DUCKDB} or newer): `duckdb -readonly warehouse/interactions.duckdb`;
- in the same over only the Parquet files, after the script that `contact-release views --script` prints.

`contact-release views NAME` shows what stands here, `--sql` the statement. Macros are views with parameters. Shares are
from 0 to 1, and quantiles are interpolated between neighbours. Relative positions and relative coordinates are null
until videos are decoded, and so are seconds, unless a frame rate is assumed (`build --assume-fps`). Real questions with
their answers: [cookbook](../docs/cookbook.md).
"""
EVALUATION_INTRODUCTION = """\
Views over what `contact-release evaluate` writes, not over the warehouse:
`duckdb -readonly scores/evaluation.duckdb "from video_failures"`.
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
        introduction = [EVALUATION_INTRODUCTION] if family == "evaluation" else []
        parts += [f"## {family}\n", *introduction, *map(_view_section, views)]
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


def command_reference() -> str:
    """Return the help of every command as Markdown."""
    parts = ["# Commands\n\nGenerated by `make docs` from the commands' own help.\n"]
    top = click.Context(
        command_line, info_name="contact-release", **{**command_line.context_settings, "terminal_width": 100}
    )
    parts.append(f"```text\n{command_line.get_help(top).rstrip()}\n```\n")
    for name in command_line.list_commands(top):
        command = command_line.get_command(top, name)
        assert command is not None
        context = click.Context(command, parent=top, info_name=name, terminal_width=100)
        parts.append(f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def cookbook() -> str:
    """Return the cookbook with the answers of the bundled sample: each query is followed by its answer."""
    text = (PROJECT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        build(warehouse=Path(folder) / "warehouse", sample=True)
        arguments = ["query", "--format", "markdown", "--warehouse", f"{folder}/warehouse"]

        def answered(recipe: re.Match[str]) -> str:
            result = CliRunner().invoke(command_line, [*arguments, recipe[1]], catch_exceptions=False)
            return f"```sql\n{recipe[1]}```\n\n{result.stdout}"

        return re.sub(r"```sql\n(.+?)```\n(?:\n(?:\|[^\n]*\n)+)?", answered, text, flags=re.DOTALL)


DOCUMENTS: dict[str, Callable[[], str]] = {
    "warehouse/README.md": data_dictionary,
    "docs/commands.md": command_reference,
    "docs/cookbook.md": cookbook,
    "sql/README.md": view_index,
}


if __name__ == "__main__":
    for name, content in DOCUMENTS.items():
        path = PROJECT / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content(), encoding="utf-8")
        print(f"wrote {name}")
    if RELEASED.is_dir():
        findings.write(RELEASED)
        print("wrote docs/findings.md")
