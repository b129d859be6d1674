"""Start processes of this program that communicate with their parent through a connection, and share work with them."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TypeVar

__all__ = ["in_processes", "serve", "start_child"]

MODULE = __name__  # whose `serve` a process calls

Share = TypeVar("Share")
Result = TypeVar("Result")


def in_processes(work: Callable[[Share], Result], shares: Sequence[Share]) -> list[Result]:
    """Return what a function gives for each share of the work: the first in this process, each other in one of its own.

    The function is found by its name in its module; shares and results are pickled. A share whose process breaks down
    or does not start is worked on here, which raises its error. When this ends, even by an error, so do the processes.
    """
    with ExitStack() as processes:
        others = [processes.enter_context(_process(work, share)) for share in shares[1:]]
        results = [work(share) for share in shares[:1]]
        return results + [_result(other, work, share) for other, share in zip(others, shares[1:], strict=True)]


def start_child(module: str, connection: Connection, *, is_quiet: bool = False) -> subprocess.Popen[bytes]:
    """Start a process that calls `serve` of a module with the descriptor of the given end of the connection.

    Its standard error is shown, unless `is_quiet`.
    """
    start = f"import sys; sys.path[:] = sys.argv[2:]; from {module} import serve; serve(int(sys.argv[1]))"
    # In a session of its own, so that Ctrl-C reaches only the parent, which then ends the process.
    return subprocess.Popen(  # noqa: S603  # no part of the command comes from outside
        [sys.executable, "-c", start, str(connection.fileno()), *sys.path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if is_quiet else None,
        pass_fds=[connection.fileno()],
        start_new_session=True,
    )


def serve(descriptor: int) -> None:
    """Work on the share that comes through a connection, and send back the result: a child's whole life."""
    gc.disable()  # what is worked on has no reference cycles
    connection = Connection(descriptor)
    work, share = connection.recv()
    threading.Thread(target=_end_with_parent, args=[connection], daemon=True).start()
    connection.send(work(share))


@contextmanager
def _process(work: Callable[[Share], Result], share: Share) -> Iterator[Connection]:
    """Give a process its share; when the block ends, end the process, whatever it is doing."""
    connection, theirs = Pipe()
    with connection:
        process = None
        with theirs, suppress(OSError):  # the system starts no more processes: `_result` works on the share here
            process = start_child(MODULE, theirs, is_quiet=True)
        try:
            with suppress(OSError):  # it is gone already
                connection.send((work, share))
            yield connection
        finally:
            if process is not None:
                process.kill()
                process.wait()


def _result(connection: Connection, work: Callable[[Share], Result], share: Share) -> Result:
    try:
        result: Result = connection.recv()
    except (EOFError, OSError):
        return work(share)
    return result


def _end_with_parent(connection: Connection) -> None:
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)
