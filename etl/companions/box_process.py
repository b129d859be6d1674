"""Read large files of boxes in several processes, because one process decodes JSON on one core only."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from etl.child_process import start_child
from etl.companions.box_files import FileBoxes, read_files
from etl.companions.packed import PackedFile
from etl.cores import usable_cores

__all__ = ["read_shares", "serve"]

MODULE = __name__  # whose `serve` a process calls
LEAST_BYTES = 1 << 26  # a second of reading; a process takes a third of that to start

Task = tuple[Sequence[PackedFile], frozenset[str] | None, Path]
"""The arguments of `read_files`."""


def read_shares(
    files: Sequence[PackedFile], wanted: frozenset[str] | None, folder: Path
) -> list[tuple[Path, list[FileBoxes]]]:
    """Read files of boxes into spools in `folder`; return each spool with what `read_files` returns for its files.

    Each core reads a share of the files. Raises OSError if a spool cannot be written.
    """
    number = min(len(files), usable_cores()) if _size_bytes(files) >= LEAST_BYTES else 1
    tasks: list[Task] = [(files[n::number], wanted, folder / f"{n}.spool") for n in range(number)]
    with ExitStack() as processes:
        others = [processes.enter_context(_process(task)) for task in tasks[1:]]
        read = [read_files(*tasks[0])]
        read += [_received(other, task) for other, task in zip(others, tasks[1:], strict=True)]
    return [(path, done) for (_, _, path), done in zip(tasks, read, strict=True)]


def serve(descriptor: int) -> None:
    """Read the files that come through a connection, and send back what is in them: the child's whole life."""
    gc.disable()  # what is read has no reference cycles
    connection = Connection(descriptor)
    task: Task = connection.recv()
    threading.Thread(target=_end_with_parent, args=[connection], daemon=True).start()
    connection.send(read_files(*task))


def _size_bytes(files: Sequence[PackedFile]) -> int:
    size = 0
    for path in {file.path for file in files}:
        with suppress(OSError):  # reading it will report that
            size += path.stat().st_size
    return size


@contextmanager
def _process(task: Task) -> Iterator[Connection]:
    """Give a process something to read; when the block ends, end the process, whatever it is doing."""
    connection, theirs = Pipe()
    with connection:
        with theirs:
            process = start_child(MODULE, theirs, is_quiet=True)
        try:
            with suppress(OSError):  # it is gone already
                connection.send(task)
            yield connection
        finally:
            process.kill()
            process.wait()


def _received(connection: Connection, task: Task) -> list[FileBoxes]:
    """Return what a process has read. If it crashed, read the files here, which shows why."""
    try:
        read: list[FileBoxes] = connection.recv()
    except (EOFError, OSError):
        return read_files(*task)
    return read


def _end_with_parent(connection: Connection) -> None:
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)
