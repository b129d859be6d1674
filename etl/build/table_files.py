"""Write Parquet, the DuckDB file and the manifest of a warehouse into a folder."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from etl.build.neighbours import NEEDED, STORED, STORED_STATEMENTS, event_neighbours
from etl.errors import WarehouseError
from etl.kept import kept
from etl.manifest import Beginning, CompanionFacts, ListedFile, Manifest, TableFile
from etl.names import DATABASE_FILE, MANIFEST_FILE
from etl.schema import (
    EVENTS,
    SCHEMA_VERSION,
    TABLES,
    Table,
    arrow_schema,
    comment_statements,
    create_table_statement,
    table_named,
)
from etl.views import DATABASE_SETTINGS, create_statements
from etl.wording import first_words

__all__ = ["ROWS_PER_GROUP", "exactly", "write_warehouse"]

ELSEWHERE = "Build into another folder with --warehouse DIR"
ROWS_PER_GROUP = 1 << 17
CORNERS = ("x1", "y1", "x2", "y2")  # of boxes: looking for repeated values takes longer than writing them
WRITING = {
    "memory_limit": "256MB",  # without a limit, millions of boxes take all the memory there is
    "checkpoint_threshold": "1KB",  # a commit writes to the file itself, not first to a log beside it
}


def write_warehouse(
    folder: Path,
    tables: Iterable[tuple[str, pa.Table | Iterator[pa.RecordBatch]]],
    inputs: tuple[ListedFile, ...],
    *,
    version: str,
    inputs_modified: str | None,
    assumed_rate: float | None = None,
    origin: Beginning | None = None,
    companions: Callable[[], dict[str, CompanionFacts]] = dict,
) -> dict[str, int]:
    """Write the files of a warehouse: `<table>.parquet` of every table, the DuckDB file, `manifest.json`.

    `tables` gives name and rows of every table of the schema, the rows whole or in batches; tables are written one by
    one as they come. The same tables give byte-identical Parquet files. The manifest lists `inputs`,
    `inputs_modified` (the day, UTC, of the latest change to one of them), `assumed_rate`, the `origin` of corrected
    inputs, and what `companions` returns at the end. Returns the number of rows of each table.

    Raises:
        WarehouseError: the DuckDB file cannot be written, as on a full disk.
        OSError: another file cannot be written.
    """
    rows: dict[str, int] = {}
    with ThreadPoolExecutor(max_workers=1) as beside:
        database = beside.submit(_create_database, folder / DATABASE_FILE)
        filling = []
        try:
            for name, data in tables:
                rows[name] = _write_parquet(folder / f"{name}.parquet", table_named(name), data)
                del data  # it may be as large as the next table, which is made now
                if name != EVENTS.name:
                    filling.append(beside.submit(_fill, database, folder, name))
                if name in NEEDED and rows.keys() >= {*NEEDED}:
                    filling.append(beside.submit(_fill_events, database, folder))
            for filled in filling:
                filled.result()
            _close(database.result(), folder)
        except BaseException:
            for unfilled in filling:
                unfilled.cancel()
            beside.shutdown()  # its work has to end before the database is closed
            with suppress(WarehouseError):
                database.result().close()
            raise
    files = {name: _listed_file(folder / f"{name}.parquet") for name in rows}
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        software={
            "contact-release-warehouse": version,
            "duckdb": duckdb.__version__,
            "pyarrow": pa.__version__,
            "python": platform.python_version(),
        },
        inputs=inputs,
        inputs_modified=inputs_modified,
        tables={name: TableFile(rows[name], file.file, file.size_bytes, file.sha256) for name, file in files.items()},
        database=_listed_file(folder / DATABASE_FILE),
        assumed_frame_rate=assumed_rate,
        origin=origin,
        companions=companions(),
    )
    (folder / MANIFEST_FILE).write_bytes(manifest.to_json())
    return rows


def _write_parquet(path: Path, table: Table, data: pa.Table | Iterator[pa.RecordBatch]) -> int:
    """Write one table's Parquet file; return the number of its rows."""
    rows = 0
    repeating = [column.name for column in table.columns if column.name not in CORNERS]
    # Opened here, because Arrow would take a path with a colon for an address.
    with (
        path.open("wb") as file,
        pq.ParquetWriter(file, arrow_schema(table), compression="zstd", use_dictionary=repeating) as writer,
    ):
        for batch in [data] if isinstance(data, pa.Table) else data:
            writer.write(batch, row_group_size=ROWS_PER_GROUP)
            rows += batch.num_rows
    return rows


def _create_database(path: Path) -> duckdb.DuckDBPyConnection:
    """Create the DuckDB file with every table, view, macro and description, but without rows; return it open.

    Making the empty file takes a third of a build of 24,222 events. It is always the same, so it is cached.
    """
    if "?" in str(path) or any("\ud800" <= sign <= "\udfff" for sign in str(path)):
        expected = "without a question mark and in UTF-8"
        raise WarehouseError(f"{path} cannot be written: DuckDB only opens paths {expected}. {ELSEWHERE}")
    others = [table for table in TABLES if table is not EVENTS]
    statements = [*STORED_STATEMENTS, *map(create_table_statement, others)]
    statements += [statement for table in others for statement in comment_statements(table)]
    statements += [*comment_statements(EVENTS, "view"), *create_statements({"event_neighbours": STORED})]
    script = ";\n".join(["begin", *statements, "commit"])
    made_by = hashlib.sha256(repr((script, DATABASE_SETTINGS)).encode()).hexdigest()
    with _telling(path):
        path.write_bytes(kept(f"empty-{duckdb.__version__}-{made_by}.duckdb", lambda: _empty_database(path, script)))
        return _connect(path).begin()  # one transaction for all tables, because each commit waits for the disk


def _empty_database(path: Path, script: str) -> bytes:
    """Return a DuckDB file, made at `path`, after a script has been run in it."""
    with _connect(path) as connection:
        connection.execute("pragma disable_optimizer")  # it has nothing to optimize here, and takes a tenth of the time
        connection.execute(script)  # one transaction: single statements would take several times as long
    return path.read_bytes()


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), config={**DATABASE_SETTINGS, **WRITING})
    connection.execute("set enable_progress_bar = false")  # the engine prints it to stdout
    return connection


def _fill(database: Future[duckdb.DuckDBPyConnection], folder: Path, name: str) -> None:
    """Fill a table from its Parquet file, so that both hold the same rows."""
    with _telling(folder / DATABASE_FILE):
        parquet = exactly(folder / f"{name}.parquet")
        database.result().execute(f"insert into {name} select * from read_parquet(?)", [parquet])


def _fill_events(database: Future[duckdb.DuckDBPyConnection], folder: Path) -> None:
    """Store the events with their neighbours, from the Parquet files NEEDED."""
    with _telling(folder / DATABASE_FILE):
        connection = database.result()
        connection.register("event_rows", event_neighbours(folder, ROWS_PER_GROUP))
        connection.execute(f"insert into {STORED} from event_rows")
        connection.unregister("event_rows")


def _close(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    with _telling(folder / DATABASE_FILE), connection:
        connection.commit()


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Turn the engine's errors into one about a file that cannot be written."""
    try:
        yield
    except duckdb.Error as error:  # their class depends on the moment at which the disk was full
        raise WarehouseError(
            f"{path} cannot be written: {first_words(error)}. What stood there before is untouched."
        ) from error


def exactly(path: Path) -> str:
    """Return a path so that DuckDB's readers take it as a path, not as a pattern."""
    return re.sub(r"([*?[])", r"[\1]", str(path))


def _listed_file(path: Path) -> ListedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return ListedFile(path.name, path.stat().st_size, digest.hexdigest())
