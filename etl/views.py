"""The views: found in `sql/`, read with their headers, and created with every description in the catalogue.

A view is a file `sql/<family>/<name>.sql`: a header of comments, then one bare select. A macro, which is a view
with parameters, is a file `sql/macros/<name>.sql`: the same header, then its `create macro`. The header is the
question, the grain with one `-- column: meaning` line for each column, and how to read the answer where that
needs saying; its paragraphs are set apart by an empty comment line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import WarehouseError
from etl.schema import TABLES

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "DATABASE_SETTINGS",
    "FAMILIES",
    "View",
    "comment_statements",
    "create_views",
    "load_evaluation_views",
    "load_macros",
    "load_views",
    "read_sql_files",
    "script",
    "sql_folder",
]

# For every database file that is written.
DATABASE_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,  # with more, DuckDB writes large tables twice: a file of double size, later
    "storage_compatibility_version": "v1.4.0",  # shells and libraries from DuckDB 1.4 on open the file
}

FAMILIES = ("overview", "timing", "coordinates", "templates", "splits", "sequences", "quality")


@dataclass(frozen=True)
class View:
    """One .sql file, read: a view, or a macro or a check, whose family is then `macros` or `checks`.

    `columns` holds (name, meaning) in the order of the select. `reading` says how to read the answer; `example`
    is the call of a macro; `level` is a check's, error or warning. These three are empty where there is none.
    `statement` is the SQL after the header, without a semicolon.
    """

    name: str
    family: str
    question: str
    grain: str
    columns: tuple[tuple[str, str], ...]
    statement: str
    reading: str = ""
    example: str = ""
    level: str = ""

    @property
    def comment(self) -> str:
        """The description for the catalogue: question, grain and reading, as one line."""
        return " ".join(filter(None, (self.question, self.grain, self.reading)))

    @property
    def sources(self) -> tuple[str, ...]:
        """What the statement reads: the names after `from` and `join`, of tables, views and its own parts."""
        return tuple(dict.fromkeys(re.findall(r"\b(?:from|join) (\w+)", self.statement)))


def sql_folder() -> Path:
    """Return the folder of the .sql files: inside the package in a wheel, beside it in a clone."""
    package = Path(__file__).resolve().parent
    installed = package / "sql"
    return installed if installed.is_dir() else package.parent / "sql"


def load_views() -> list[View]:
    """Return every view, by family and name."""
    return [view for family in FAMILIES for view in read_sql_files(family)]


def load_evaluation_views() -> list[View]:
    """Return the views over the tables that an evaluation writes, by name; the warehouse has none of these."""
    return read_sql_files("evaluation")


def load_macros() -> list[View]:
    """Return every macro, by name."""
    return read_sql_files("macros")


def read_sql_files(family: str) -> list[View]:
    """Return the .sql files of one folder of `sql/`, by name. Raises ValueError for a header that is not one."""
    return [_read_view(path) for path in sorted((sql_folder() / family).glob("*.sql"))]


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create all views and macros over the tables of a DuckDB database, with the comments of views and their columns.

    The tables must be there. All of it is one transaction, so the connection must not be in another: on disk, one by
    one would take several times as long.
    """
    connection.execute(";\n".join(["begin", *_create_statements(), "commit"]))


def script(folder: Path) -> str:
    """Return a SQL script after which an empty DuckDB answers everything over the Parquet files of `folder`.

    It names the files by their absolute paths, so that it works from everywhere. Raises WarehouseError where a file
    is missing.
    """
    files = {table.name: folder.absolute() / f"{table.name}.parquet" for table in TABLES}
    for file in files.values():
        if not file.is_file():
            raise WarehouseError(f"there is no {file}. Try: contact-release build")
    tables = [f"create or replace view {name} as from {_quoted(str(file))}" for name, file in files.items()]
    return ";\n\n".join([*tables, *_create_statements()]) + ";\n"


def _create_statements() -> list[str]:
    views, macros = _in_dependency_order(load_views()), load_macros()
    statements = [f"create or replace view {view.name} as\n{view.statement}" for view in views]
    statements += [macro.statement for macro in macros]
    statements += [statement for view in views for statement in comment_statements(view)]
    statements += [f"comment on macro table {macro.name} is {_quoted(macro.comment)}" for macro in macros]
    return statements


def comment_statements(view: View) -> list[str]:
    """Return the `comment on` statements that describe a view and its columns in the catalogue."""
    columns = [f"comment on column {view.name}.{column} is {_quoted(meaning)}" for column, meaning in view.columns]
    return [f"comment on view {view.name} is {_quoted(view.comment)}", *columns]


def _in_dependency_order(views: list[View]) -> list[View]:
    """Return the views, each after those it reads."""
    by_name = {view.name: view for view in views}
    reads = {view.name: [source for source in view.sources if source in by_name] for view in views}
    return [by_name[name] for name in TopologicalSorter(reads).static_order()]


def _read_view(path: Path) -> View:
    text = path.read_text(encoding="utf-8")
    header = re.match(r"(?:--.*\n)+", text)
    if header is None:
        raise ValueError(f"{path}: found no header, expected comment lines that start with a question")
    paragraphs = [block.splitlines() for block in re.sub("^-- ?", "", header[0], flags=re.M).strip().split("\n\n")]
    question, body, *reading = paragraphs if len(paragraphs) > 1 else [*paragraphs, []]

    grain = []
    entries: dict[str, str] = {}
    for line in body:
        entry = re.match(r"([a-z][a-z0-9_]*): (.+)", line)
        if entry:
            entries[entry[1]] = entry[2]
        elif entries:
            raise ValueError(f"{path}: found {line!r} after the columns, expected 'column: meaning'")
        else:
            grain.append(line)
    return View(
        name=path.stem,
        family=path.parent.name,
        question=" ".join(question),
        grain=" ".join(grain),
        columns=tuple((name, meaning) for name, meaning in entries.items() if name not in {"example", "level"}),
        statement=text[header.end() :].strip().rstrip(";"),
        reading=" ".join(line for paragraph in reading for line in paragraph),
        example=entries.get("example", ""),
        level=entries.get("level", ""),
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
