"""Serve the page on this machine: open the warehouse, choose a port, print the address, run until Ctrl-C."""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from etl.errors import ContactReleaseError, MissingExtraError, OptionError
from etl.outputs import refuse_inputs
from etl.warehouse.open import Warehouse, using

if TYPE_CHECKING:
    from etl.browse.app import Shelf

__all__ = ["serve"]

PORTS_TRIED = 20
MEMORY_LIMIT = "1GB"
CONNECTIONS = 1_024
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - only when told so, with a warning


def serve(
    warehouse: str | Path | Warehouse,
    *,
    frames: Path,
    videos: Path | None,
    predictions: Path | None,
    corrections: Path | None,
    host: str,
    port: int,
    opens: bool,
    on_address: Callable[[str], None],
    on_step: Callable[[str], None],
) -> None:
    """Serve until interrupted. `on_address` is called with the address to open, which contains the token.

    Raises:
        MissingExtraError: the extra [browse] is not installed.
        OptionError: no port is free, or the host is not an address of this machine.
        OutputError: the corrections file would be in the warehouse.
    """
    try:
        import uvicorn

        from etl.browse.app import Shelf, make_app
    except ModuleNotFoundError as error:
        raise MissingExtraError("browse", "the page") from error
    from etl.browse.corrected import Corrected
    from etl.browse.library import Library
    from etl.browse.pictures import Pictures
    from etl.browse.queue import Predicted, Queue

    with ExitStack() as stack:
        opened = stack.enter_context(using(warehouse, memory_limit=MEMORY_LIMIT))
        if corrections:
            refuse_inputs(corrections, [opened.path])
        if predictions:
            on_step(f"matching {predictions}")
        predicted = Predicted.read(opened, predictions) if predictions else None
        shelf = Shelf(
            library=Library(opened),
            pictures=Pictures(opened, frames, videos),
            corrected=Corrected(opened, corrections),
            queue=Queue(opened, predicted),
            predictions=predicted.rows() if predicted else [],
            warehouse=str(warehouse if isinstance(warehouse, (str, Path)) else opened.path),
        )
        stack.callback(shelf.library.close)
        stack.callback(shelf.pictures.close)
        listening = stack.enter_context(_listen(host, port, on_step))
        bound = listening.getsockname()[1]
        token = secrets.token_urlsafe(24)
        reached = socket.gethostname() if host in EVERY_ADDRESS else host
        shown = f"[{reached}]" if ":" in reached else reached
        hosts = frozenset([shown.lower(), "127.0.0.1", "localhost", "[::1]"])
        address = f"http://{shown}:{bound}/?token={token}"
        app = make_app(shelf, token=token, hosts=hosts)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
        config.load()
        threading.Thread(target=_prepare, args=(shelf,), daemon=True).start()
        on_address(address)
        if opens:
            webbrowser.open(address)
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int, on_step: Callable[[str], None]) -> socket.socket:
    """Return a socket that listens on the port, or on the next one that is free."""
    if not _is_loopback(host):
        on_step(f"warning: {host} can be reached from other machines; whoever has the address can read and correct")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + PORTS_TRIED):
        # Named TCP, so that asyncio sends every answer at once: else its second half waits 40 ms (Nagle's algorithm).
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, candidate))
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                raise OptionError(f"cannot listen on {host}, port {candidate}: {error.strerror}") from error
            on_step(f"port {candidate} is taken, trying {candidate + 1}")
            continue
        listening.listen(CONNECTIONS)
        return listening
    raise OptionError(f"the ports {port} to {port + PORTS_TRIED - 1} are all taken. Try: --port N")


def _prepare(shelf: Shelf) -> None:
    """Do slow work in advance: start the decoder and, once a page is loaded, try a condition and look for suspects.

    Errors are reported to whoever asks later.
    """
    with suppress(ContactReleaseError, RuntimeError, duckdb.Error):
        shelf.pictures.warm_up()
        shelf.stands.wait()
        shelf.library.find("true")
        shelf.queue.rows()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
