"""Start a process of this program that talks with its parent through a connection."""

from __future__ import annotations

import subprocess
import sys
from multiprocessing.connection import Connection

__all__ = ["start_child"]


def start_child(module: str, connection: Connection, *, is_quiet: bool = False) -> subprocess.Popen[bytes]:
    """Start a process that calls `serve` of a module with the number of its end of the connection, which is given here.

    What it prints to standard error is seen, unless `is_quiet`.
    """
    start = f"import sys; sys.path[:] = sys.argv[2:]; from {module} import serve; serve(int(sys.argv[1]))"
    # A session of its own: Ctrl-C reaches only the parent, which then ends the process.
    return subprocess.Popen(  # noqa: S603  # nothing of the command comes from outside
        [sys.executable, "-c", start, str(connection.fileno()), *sys.path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if is_quiet else None,
        pass_fds=[connection.fileno()],
        start_new_session=True,
    )
