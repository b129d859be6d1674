"""The connection to a warehouse's database: read-only, locked, with a folder for what does not fit into memory."""

from __future__ import annotations

import atexit
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path

import duckdb

from etl.files import temporary_folder
from etl.names import UNFINISHED

__all__ = ["connect"]


def connect(database: Path, memory_limit: str | None) -> duckdb.DuckDBPyConnection:
    """Open a database file read-only, with its access to files and network off and its configuration locked.

    Raises FileNotFoundError if there is no file, and what the engine raises.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "python_enable_replacements": "false",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "temp_directory": str(_spill_folder()),
    }
    if memory_limit:
        settings["memory_limit"] = memory_limit
    try:
        connection = duckdb.connect(str(database), read_only=True, config=settings)
    except duckdb.IOException as error:
        if not database.exists():
            raise FileNotFoundError(database) from error
        raise
    # A second connection to the file shares an engine whose configuration is locked already.
    if not connection.execute("select current_setting('lock_configuration')").fetchall()[0][0]:
        connection.execute("set lock_configuration = true")
    return connection


def _close(stack: ExitStack) -> None:
    with suppress(KeyboardInterrupt):  # at the very end there is nothing left to stop; the next run clears the rest
        stack.close()


@cache
def _spill_folder() -> Path:
    """Return the folder for what does not fit into the engine's memory; it is removed when the process ends.

    One for the whole process: the engine refuses to open a file a second time with another configuration.
    """
    stack = ExitStack()
    atexit.register(_close, stack)
    try:
        return stack.enter_context(temporary_folder())
    except OSError:  # a read-only disk: then nothing can spill
        return Path(UNFINISHED)
