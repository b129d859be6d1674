"""Read a file of predictions in a process of its own, which may crash or run out of memory without harm.

Parsers of Parquet and CSV are native code: a malformed file of a few kilobytes can crash a process, or ask for any
amount of memory. The process has a memory limit, and files have limits of rows and size; `max_rows` raises them all.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import polars as pl

from etl.errors import MissingExtraError, PredictionError, Problem
from etl.evaluation.choices import MAX_ROWS
from etl.evaluation.columns import Places, RawTable, RowProblem, fail, raise_problems
from etl.evaluation.reading import format_of, parse_table

__all__ = ["Reading", "read_table", "serve"]

# The most memory that reading takes per row, in the format that takes the most.
MEMORY_PER_ROW = 1_000
LEAST_MEMORY = 2 << 30

_START = (
    "import sys; sys.path[:] = sys.argv[3:]; from etl.evaluation.reading_process import serve; serve(*sys.argv[1:3])"
)


class Reading:
    """A file that is being read. Use it as a context: leaving it ends the process, whatever it is doing."""

    def __init__(self, path: Path, max_rows: int = MAX_ROWS) -> None:
        self.path = path
        self.max_rows = max_rows
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()

    def start(self) -> None:
        """Start reading, unless it has started already. Raises PredictionError if the format is unknown."""
        format_of(self.path)
        if self._process is None:
            # In a session of its own, so that Ctrl-C reaches only the parent, which then ends the process.
            self._process = subprocess.Popen(  # noqa: S603  # no part of the command comes from outside
                [sys.executable, "-c", _START, os.fspath(self.path), str(self.max_rows), *sys.path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def table(self) -> RawTable:
        """Wait until the file is read, and return its columns.

        Raises PredictionError if the file is invalid, crashes its reader or needs more memory than is allowed.
        """
        self.start()
        if self._process is None or self._process.stdout is None:
            raise AssertionError("start has started it")
        stdout = self._process.stdout
        head = stdout.readline()
        if not head.endswith(b"\n"):
            _fail_crashed(self.path, self._process.wait())
        told = json.loads(head)
        _raise_told(self.path, told)
        return _from_message(told, pl.read_ipc_stream(stdout))


def read_table(path: Path, max_rows: int = MAX_ROWS) -> RawTable:
    """Return the columns of a file of predictions, with the problems of their types; see `Reading.table`."""
    with Reading(path, max_rows) as reading:
        return reading.table()


def serve(path: str, max_rows: str) -> None:
    """Read a file and write it, or what is wrong with it, to stdout: the child process runs only this."""
    _limit_memory(max(LEAST_MEMORY, MEMORY_PER_ROW * int(max_rows)))
    body = None
    try:
        raw = parse_table(Path(path), int(max_rows))
        message, body = _to_message(raw)
    except PredictionError as error:
        message = {"file_problems": [_told(problem) for problem in error.problems]}
    except MissingExtraError as error:
        message = {"missing_extra": error.extra}
    except MemoryError:
        message = {"crash": "memory"}
    except BaseException as error:  # a panic of the engine is not an Exception
        message = {"crash": f"{type(error).__name__}: {error}"}
    with os.fdopen(1, "wb", closefd=False) as stdout:
        stdout.write(json.dumps(message).encode() + b"\n")
        if body is not None:
            body.write_ipc_stream(stdout)
    os._exit(0)  # threads of an engine that has panicked may not end


def _limit_memory(limit: int) -> None:
    """Limit the process's memory: on Linux its data, elsewhere as far as the system enforces limits."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _to_message(raw: RawTable) -> tuple[dict[str, Any], pl.DataFrame]:
    message = {
        "file": raw.file,
        "places": raw.places.kind,
        "names": dict(raw.places.names),
        "ignored": raw.ignored,
        "problems": [[found.row, *_told(found.problem)] for found in raw.problems],
    }
    return message, raw.columns.with_columns(raw.places.values.alias("place"))


def _from_message(message: dict[str, Any], table: pl.DataFrame) -> RawTable:
    problems = tuple(RowProblem(row, Problem(*told)) for row, *told in message["problems"])
    places = Places(message["places"], table["place"], message["names"])
    return RawTable(message["file"], table.drop("place"), places, tuple(message["ignored"]), problems)


def _told(problem: Problem) -> Sequence[str]:
    return problem.file, problem.location, problem.found, problem.expected, problem.hint


def _raise_told(path: Path, message: dict[str, Any]) -> None:
    """Raise the error that the process reported about the whole file."""
    raise_problems([Problem(*told) for told in message.get("file_problems", ())])
    if extra := message.get("missing_extra"):
        raise MissingExtraError(extra, f"reading {path.name}")
    if message.get("crash") == "memory":
        fail(
            path,
            "",
            "more data than fits the memory limit for reading",
            "less",
            "to allow more: evaluate --max-rows N",
        )
    if crash := message.get("crash"):
        fail(path, "", f"an unreadable file ({' '.join(crash.split())[:200]})", f"a sound {path.suffix} file")


def _fail_crashed(path: Path, status: int) -> NoReturn:
    name = signal.Signals(-status).name if status < 0 else f"status {status}"
    expected = f"a sound {path.suffix} file that fits into memory"
    fail(
        path,
        "",
        f"a file that crashes its reader ({name})",
        expected,
        "if it is sound, allow more memory: evaluate --max-rows N",
    )
