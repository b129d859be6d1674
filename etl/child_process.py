"""Start a process of this program that communicates with its parent through a connection."""

from __future__ import annotations

import subprocess
import sys
from multiprocessing.connection import Connection

__all__ = ["start_child"]


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
