"""The views: found in `sql/`, read with their headers, and created with every description in the catalogue.

A view is a file `sql/<family>/<name>.sql`: a header of comments, then one bare select. A macro, which is a view
with parameters, is a file `sql/macros/<name>.sql`: the same header, then its `create macro`. The header is the
question, the grain with a `-- column: meaning` line for each column that has a meaning of its own, and how to read
the answer, if that needs saying; an empty comment line separates its paragraphs. A column without a line has the
meaning that it has in the view or table whose alias precedes it, or else in the first one that this view reads, or in
`etl/schema/`.

A line that ends in `-- for each agent` and mentions hand-object is repeated for every agent of the schema. The schema's
constants are macros without parameters, such as `cell_px()`; in the header they are replaced by their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from etl.errors import WarehouseError
from etl.schema import AGENTS, SQL_CONSTANTS, TABLES, column_comment, quoted

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "DATABASE_SETTINGS",
    "FAMILIES",
    "OLDEST_DUCKDB",
    "RATINGS",
    "View",
    "comment_statements",
    "create_statements",
    "create_views",
    "load_evaluation_views",
    "load_macros",
    "load_views",
    "read_sql_files",
    "script",
    "sql_folder",
]

# The oldest engine that opens a warehouse and answers every view: 1.4.0 and 1.4.1 fail at some.
OLDEST_DUCKDB = "1.4.2"
# For every database file that is written.
DATABASE_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,  # with more, DuckDB writes large tables twice: a file of double size, later
    "storage_compatibility_version": "v1.4.0",  # the format of its files
}

FAMILIES = ("overview", "timing", "coordinates", "templates", "splits", "sequences", "objects", "quality")
# Views of the family quality that rate every event, or say what is usual, instead of finding some events.
RATINGS = (
    *("event_outliers", "event_relations", "event_signals", "event_suspicion", "rated_events", "suspect_events"),
    *("usual_places", "usual_relations"),
)


@dataclass(frozen=True)
class View:
    """The content of one .sql file: a view, or a macro or a check, whose family is then `macros` or `checks`.

    `columns` holds (name, meaning) in the order of the select, `own` the names whose meaning the header states; other
    meanings are inherited. `reading` says how to read the answer; `example` is the call of a macro; `level` is a
    check's, error or warning. These three may be empty. `statement` is the SQL after the header, without a semicolon.
    """

    name: str
    family: str
    question: str
    grain: str
    columns: tuple[tuple[str, str], ...]
    statement: str
    own: tuple[str, ...] = ()
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
    """Return the folder of the .sql files: inside the package in a wheel, next to it in a clone."""
    package = Path(__file__).resolve().parent
    installed = package / "sql"
    return installed if installed.is_dir() else package.parent / "sql"


def load_views() -> list[View]:
    """Return every view, by family and name."""
    return read_sql_files(*FAMILIES)


def load_evaluation_views() -> list[View]:
    """Return the views over the tables that an evaluation writes, by name; a warehouse does not have them."""
    return read_sql_files("evaluation")


def load_macros() -> list[View]:
    """Return every macro, by name."""
    return read_sql_files("macros")


def read_sql_files(*families: str) -> list[View]:
    """Return the .sql files of some folders of `sql/`, by folder and name.

    Raises ValueError for an invalid header, a column without a meaning, or a meaning without a column.
    """
    readable = {path.stem: path for family in FAMILIES for path in (sql_folder() / family).glob("*.sql")}

    @cache
    def read(path: Path) -> View:
        return _read_view(path, view_named)

    def view_named(name: str) -> View | None:
        return read(readable[name]) if name in readable else None

    paths = [path for family in families for path in sorted((sql_folder() / family).glob("*.sql"))]
    return [read(path) for path in paths]


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create all views and macros over the tables of a DuckDB database, with their comments: `create_statements`.

    The tables must exist. Everything is one transaction, so the connection must not be in another; on disk, single
    statements would take several times as long.
    """
    connection.execute(";\n".join(["begin", *create_statements(), "commit"]))


def script(folder: Path) -> str:
    """Return a SQL script that creates all views in an empty DuckDB, over the Parquet files of `folder`.

    It names the files by their absolute paths, so that it works from anywhere. Raises WarehouseError if a file is
    missing.
    """
    files = {table.name: folder.absolute() / f"{table.name}.parquet" for table in TABLES}
    for file in files.values():
        if not file.is_file():
            raise WarehouseError(f"there is no {file}. Try: contact-release build")
    tables = [f"create or replace view {name} as from {quoted(str(file))}" for name, file in files.items()]
    return ";\n\n".join([*tables, *create_statements()]) + ";\n"


def create_statements(stored: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return the statements that create all views and macros, with the comments of views and their columns.

    `stored` names the table that holds the rows of a view: such a view reads them instead of computing them.
    """
    found = read_sql_files(*FAMILIES, "macros")  # together, because macros read views
    views = _in_dependency_order([one for one in found if one.family != "macros"])
    macros = _in_dependency_order([one for one in found if one.family == "macros"])
    statements = [f"create or replace macro {name}() as {_literal(value)}" for name, value in SQL_CONSTANTS.items()]
    for view in views:
        names = ", ".join(name for name, _ in view.columns)
        statement = f"select {names} from {stored[view.name]}" if view.name in stored else view.statement
        statements.append(f"create or replace view {view.name} as\n{statement}")
    statements += [macro.statement for macro in macros]
    statements += [statement for view in views for statement in comment_statements(view)]
    statements += [f"comment on macro table {macro.name} is {quoted(macro.comment)}" for macro in macros]
    return statements


def comment_statements(view: View) -> list[str]:
    """Return the `comment on` statements that describe a view and its columns in the catalogue."""
    columns = [f"comment on column {view.name}.{column} is {quoted(meaning)}" for column, meaning in view.columns]
    return [f"comment on view {view.name} is {quoted(view.comment)}", *columns]


def _literal(value: int | str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(quoted, value))}]"
    return quoted(value) if isinstance(value, str) else str(value)


def _in_dependency_order(views: list[View]) -> list[View]:
    """Return the views, each after those it reads."""
    by_name = {view.name: view for view in views}
    reads = {view.name: [source for source in view.sources if source in by_name] for view in views}
    return [by_name[name] for name in TopologicalSorter(reads).static_order()]


def _read_view(path: Path, view_named: Callable[[str], View | None]) -> View:
    text = _for_each_agent(path.read_text(encoding="utf-8"))
    header = re.match(r"(?:--.*\n)+", text)
    if header is None:
        raise ValueError(f"{path}: found no header, expected comment lines that start with a question")
    prose = _with_numbers(re.sub("^-- ?", "", header[0], flags=re.M).strip())
    paragraphs = [block.splitlines() for block in prose.split("\n\n")]
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
    example, level = entries.pop("example", ""), entries.pop("level", "")
    view = View(
        name=path.stem,
        family=path.parent.name,
        question=" ".join(question),
        grain=" ".join(grain),
        columns=(),
        statement=text[header.end() :].strip().rstrip(";"),
        own=tuple(entries),
        reading=" ".join(line for paragraph in reading for line in paragraph),
        example=example,
        level=level,
    )
    selected = _selected(view.statement)
    names, inherited = list(selected), _inherited(view, selected, view_named)
    for name in entries.keys() - set(names):
        raise ValueError(f"{path}: found a meaning for {name}, expected one of the columns: {', '.join(names)}")
    for name in names:
        if name not in entries and name not in inherited:
            raise ValueError(f"{path}: found no meaning for {name}, expected a line '-- {name}: …'")
    own = {name: _as_sentence(meaning) for name, meaning in entries.items()}
    return replace(view, columns=tuple((name, own.get(name) or inherited[name]) for name in names))


@cache
def _meanings_in_tables() -> Mapping[str, Mapping[str, str]]:
    return {table.name: {column.name: column_comment(column) for column in table.columns} for table in TABLES}


def _inherited(view: View, selected: Mapping[str, str], view_named: Callable[[str], View | None]) -> dict[str, str]:
    """Return the meanings of columns without a line of their own: those in what the view reads, or in any table.

    `selected` has the alias before each column, which decides if several of the sources have a column of that name.
    """
    tables = _meanings_in_tables()

    def meanings_in(source: str) -> Mapping[str, str]:
        read = view_named(source)
        return dict(read.columns) if read else tables.get(source, {})

    meanings: dict[str, str] = {}
    for source in (*view.sources, *tables):
        meanings = {**meanings_in(source), **meanings}
    sources = {alias: source for source, alias in re.findall(r"\b(?:from|join) (\w+) as (\w+)", view.statement)}
    for name, alias in selected.items():
        named = meanings_in(sources.get(alias, alias))
        if name in named:
            meanings[name] = named[name]
    return meanings


def _with_numbers(prose: str) -> str:
    """Return a header with the numbers of the schema's constants instead of their macros."""
    return re.sub(r"\b(\w+)\(\)", lambda call: str(SQL_CONSTANTS.get(call[1], call[0])), prose)


def _for_each_agent(text: str) -> str:
    """Return the text of a .sql file with its lines for hand-object repeated for the other agents."""

    def repeated(line: re.Match[str]) -> str:
        words = [(agent, agent.replace("-", "_")) for agent in AGENTS]
        lines = [line[1].replace("hand-object", text).replace("hand_object", name) for text, name in words]
        return ("\n" if line[1].startswith("--") else ",\n").join(lines) + line[2]

    return re.sub(r"^(.+?)(,?) +-- for each agent$", repeated, text, flags=re.M)


def _selected(statement: str) -> dict[str, str]:
    """Return the columns of a statement, as its first select outside brackets lists them, in order.

    Name to the alias before it; empty if there is none, or the column has another name.
    """
    text = re.sub(r"--.*|'[^']*'", "", statement)
    while "(" in text:
        text = re.sub(r"\([^()]*\)", "", text)
    _, listed, *_ = re.split(r"\b(?:select|from)\b", text)
    columns = [item.strip() for item in listed.split(",")]
    return {
        re.findall(r"\w+", one)[-1]: alias[1] if (alias := re.fullmatch(r"(\w+)\.\w+", one)) else "" for one in columns
    }


def _as_sentence(meaning: str) -> str:
    """Return a meaning with an initial capital letter, unless it begins with a column's name."""
    return meaning if "_" in meaning.split()[0] else meaning[0].upper() + meaning[1:]
