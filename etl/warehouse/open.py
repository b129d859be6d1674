"""The read side: open a warehouse read-only and query it."""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from weakref import WeakSet

import duckdb

from etl.errors import QueryError, WarehouseError
from etl.files import real
from etl.manifest import NO_MANIFEST, Manifest, read_manifest
from etl.names import DATABASE_FILE, EVALUATION_DATABASE
from etl.schema import SCHEMA_VERSION, TABLES
from etl.views import load_macros, load_views
from etl.warehouse.answer import answer
from etl.warehouse.connection import connect
from etl.warehouse.faults import query_error
from etl.warehouse.reading import one_statement
from etl.wording import REBUILD, first_words

__all__ = [
    "Warehouse",
    "interrupt_all",
    "open_for_queries",
    "open_warehouse",
    "using",
]

TRIES = 3
CLOSING_S = 6.0
COLUMNS = """
select column_name, data_type, comment
from duckdb_columns()
where not internal and schema_name = 'main' and table_name = $1
order by column_index
"""
# Of the tables, and of events, which is a view of the table stored with their neighbours.
COLUMN_COUNTS = """
select table_name, column_count
from duckdb_tables()
union all
select view_name, column_count
from duckdb_views()
where not internal and view_name = 'events'
"""
MEMORY = re.compile(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?B)", re.IGNORECASE)
# A comment begins with the question that the view answers.
VIEWS = r"""
with
views as (select view_name as view, comment from duckdb_views() where not internal and view_name <> 'events'),
macros as (
    select function_name || '(' || array_to_string(parameters, ', ') || ')' as view, comment
    from duckdb_functions()
    where function_type = 'table_macro' and not internal
)
select view, regexp_extract(comment, '^[^?]*\??') as question
from (select * from views union all select * from macros)
order by view
"""


class Warehouse:
    """A warehouse that is open for reading, as `open_warehouse` returns it; also a context manager that closes it.

    `path` is the folder, `manifest` the content of its manifest.json. Several threads can use one warehouse, because
    every query runs on a cursor of its own.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._connection = connection
        self._cursors: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()
        _opened.add(self)

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> duckdb.DuckDBPyRelation:
        """Return the answer to one SQL query as a DuckDB relation: `.pl()`, `.df()`, `.arrow()`, `.fetchall()`.

        A relation keeps no result: each of these runs the query. Only one thread at a time may use it.

        `params` are the values of `?` or `$name` in the query. A query reads the warehouse and nothing else: the
        engine's access to files and network is off and its configuration locked.

        Raises:
            QueryError: the SQL is wrong, is not exactly one query, or asks for more than reading.
        """
        cursor = self._connection.cursor()
        self._cursors.add(cursor)
        try:
            return answer(cursor.sql(one_statement(cursor, _without_end(sql)), params=params))
        except duckdb.Error as error:
            raise query_error(error) from error

    def tables(self) -> duckdb.DuckDBPyRelation:
        """Return the tables: `table`, its number of `rows`, and its `grain` (what one row is)."""
        counts = [
            f"select '{table.name}' as \"table\", count(*) as rows, ? as grain from {table.name}" for table in TABLES
        ]
        return self.query(" union all ".join(counts), [table.grain for table in TABLES])

    def views(self) -> duckdb.DuckDBPyRelation:
        """Return the views and macros by name: `view`, for a macro with its parameters, and its `question`."""
        return self.query(VIEWS)

    def describe(self, name: str) -> duckdb.DuckDBPyRelation:
        """Return the columns of a table, view or macro: `column`, `type` (null for a macro) and `meaning`.

        Raises QueryError, which suggests the nearest name, if there is none of this name.
        """
        found = self.query(COLUMNS, [name]).fetchall()
        if not found:
            found = [
                (column, None, meaning)
                for macro in load_macros()
                if macro.name == name
                for column, meaning in macro.columns
            ]
        if not found:
            known = [*(table.name for table in TABLES), *(view.name for view in (*load_views(), *load_macros()))]
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"the nearest is {near[0]!r}. " if near else ""
            raise QueryError(f"there is no table or view {name!r}; {hint}To list them: .tables(), .views()")
        names, types, meanings = (list(values) for values in zip(*found, strict=True))
        return self.query(
            'select unnest($1) as "column", unnest($2::varchar[]) as type, unnest($3) as meaning',
            [names, types, meanings],
        )

    def apart(self) -> Warehouse:
        """Return the same warehouse once more: interrupting that one does not affect the queries of this one."""
        return Warehouse(self.path, self._connection.cursor(), self.manifest)

    def interrupt(self) -> None:
        """Make every query that is running fail at once; to be called from another thread."""
        for cursor in list(self._cursors):
            with suppress(duckdb.ConnectionException):  # it is closed, so it runs nothing
                cursor.interrupt()

    def close(self) -> None:
        """Close the warehouse; its relations can no longer be read, and running queries end."""
        end = time.monotonic() + CLOSING_S
        while True:
            try:
                self._connection.close()
                return
            except duckdb.Error:  # it is busy with a query of another thread
                if time.monotonic() > end:
                    raise
                self.interrupt()
                time.sleep(0.01)

    def __repr__(self) -> str:
        return f"<Warehouse {self.path}, schema version {SCHEMA_VERSION}: .tables(), .views(), .query(sql)>"

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_opened: WeakSet[Warehouse] = WeakSet()


def interrupt_all() -> None:
    """Make every query that is running on any warehouse fail at once; to be called from another thread."""
    for warehouse in list(_opened):
        warehouse.interrupt()


def open_warehouse(path: str | Path = "warehouse", *, memory_limit: str | None = None) -> Warehouse:
    """Open the warehouse in the folder `path` for reading, even on a read-only disk.

    `memory_limit` bounds the engine's memory, as in "500MB"; what does not fit spills to the system's folder for
    temporary files. A warehouse that is rebuilt meanwhile stays readable as it was when it was opened.

    Raises:
        QueryError: the memory limit is not a size, or the memory is not enough.
        WarehouseError: there is no warehouse, it is damaged, or another version of this package has built it.
    """
    if memory_limit and not MEMORY.fullmatch(memory_limit):
        raise QueryError(f"found the memory limit {memory_limit!r}, expected a size such as 500MB or 2GB")
    folder = Path(path).absolute()
    for _ in range(TRIES):
        try:
            return _open(folder, memory_limit)
        except FileNotFoundError:
            # A build that is published between two steps of opening removes the old files: look again.
            continue
        except duckdb.OutOfMemoryException as error:
            raise query_error(error) from error
        except (OSError, ValueError, RecursionError, duckdb.Error) as error:
            raise WarehouseError(f"the warehouse {path} cannot be opened: {first_words(error)}. {REBUILD}") from error
    raise WarehouseError(
        f"there is no warehouse in {path}. Try: contact-release build, or: contact-release build --sample"
    )


def open_for_queries(path: str | Path, *, memory_limit: str | None = None) -> Warehouse:
    """Open a warehouse as `open_warehouse` does, or the folder of an evaluation, to query that one's tables.

    An evaluation has an empty `manifest`. Raises what `open_warehouse` raises.
    """
    folder = Path(path).absolute()
    if (folder / DATABASE_FILE).exists() or not (folder / EVALUATION_DATABASE).is_file():
        return open_warehouse(path, memory_limit=memory_limit)
    try:
        return Warehouse(folder, connect(folder / EVALUATION_DATABASE, memory_limit), NO_MANIFEST)
    except duckdb.OutOfMemoryException as error:
        raise query_error(error) from error
    except (OSError, duckdb.Error) as error:
        raise WarehouseError(f"the evaluation {path} cannot be opened: {first_words(error)}") from error


@contextmanager
def using(warehouse: str | Path | Warehouse, *, memory_limit: str | None = None) -> Iterator[Warehouse]:
    """Give an open warehouse: the given one, which stays open, or that of a folder, which is closed after the block.

    The engine's errors within the block, such as a damaged file, become errors of ours.
    """
    try:
        if isinstance(warehouse, Warehouse):
            yield warehouse
            return
        with open_warehouse(warehouse, memory_limit=memory_limit) as opened:
            yield opened
    except duckdb.InterruptException:  # a signal, which the command line reports
        raise
    except duckdb.Error as error:
        raise query_error(error) from error


def _open(folder: Path, memory_limit: str | None) -> Warehouse:
    database = real(folder / DATABASE_FILE, strict=True)
    manifest = read_manifest(database.parent, folder)
    connection = connect(database, memory_limit)
    columns = dict(connection.execute(COLUMN_COUNTS).fetchall())
    for table in TABLES:
        if (count := columns.get(table.name)) != len(table.column_names):
            connection.close()
            expected = f"{len(table.column_names)}: another version of this program built it"
            raise WarehouseError(
                f"the table {table.name} of {folder} has {count or 'no'} columns, expected {expected}. {REBUILD}"
            )
    return Warehouse(folder, connection, manifest)


def _without_end(sql: str) -> str:
    """Return SQL without the semicolon and comments at its end: no relation can be made with them."""
    try:
        text = sql.encode()
    except UnicodeEncodeError as error:
        raise QueryError("the query is not text in UTF-8") from error
    for start, kind in reversed(duckdb.tokenize(sql)):  # positions in bytes
        if kind != duckdb.token_type.comment and not text.startswith(b";", start):
            break
        text = text[:start]
    return text.decode()
