"""Serve the page on this machine: open the warehouse, choose a port, print the address, run until Ctrl-C."""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from etl.errors import MissingExtraError, OptionError
from etl.warehouse.open import Warehouse, using

__all__ = ["serve"]

PORTS_TRIED = 20
WITHIN_FRAMES = (0, 1, 2, 4)


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
    """Serve until interrupted. `on_address` is told the address to open; it holds the token.

    Raises:
        MissingExtraError: the extra [browse] is not installed.
        OptionError: no port is free, or the host is none of this machine's.
    """
    try:
        import uvicorn

        from etl.browse.app import Shelf, make_app
    except ModuleNotFoundError as error:
        raise MissingExtraError("browse", "the page") from error
    from etl.browse.corrected import Corrected
    from etl.browse.library import Library
    from etl.browse.pictures import Pictures

    with ExitStack() as stack:
        opened = stack.enter_context(using(warehouse))
        shelf = Shelf(
            library=Library(opened),
            pictures=Pictures(opened, frames, videos),
            corrected=Corrected(opened, corrections),
            predictions=_predictions(opened, predictions, on_step),
            title=opened.path.name,
        )
        stack.callback(shelf.library.close)
        stack.callback(shelf.pictures.close)
        listening = stack.enter_context(_listen(host, port, on_step))
        bound = listening.getsockname()[1]
        token = secrets.token_urlsafe(24)
        shown = f"[{host}]" if ":" in host else host
        hosts = frozenset(f"{name}:{bound}" for name in {shown.lower(), "127.0.0.1", "localhost", "[::1]"})
        address = f"http://{shown}:{bound}/?token={token}"
        on_address(address)
        if opens:
            webbrowser.open(address)
        config = uvicorn.Config(
            make_app(shelf, token=token, hosts=hosts),
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=256,
            timeout_graceful_shutdown=1,
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int, on_step: Callable[[str], None]) -> socket.socket:
    """Return a socket that listens on the port, or on the next one that is free."""
    if not _is_loopback(host):
        on_step(f"warning: {host} can be reached from other machines; whoever has the address can read and correct")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + PORTS_TRIED):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, candidate))
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                raise OptionError(f"cannot listen on {host}, port {candidate}: {error.strerror}") from error
            on_step(f"port {candidate} is taken, trying {candidate + 1}")
            continue
        listening.listen(128)
        return listening
    raise OptionError(f"the ports {port} to {port + PORTS_TRIED - 1} are all taken. Try: --port N")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _predictions(warehouse: Warehouse, path: Path | None, on_step: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return the predicted events of a file, each with the event that it is matched with, as `evaluate` matches."""
    if path is None:
        return []
    from etl.evaluation import evaluate

    on_step(f"matching {path}")
    matches = evaluate(warehouse, path, resamples=0).matches
    rows = []
    for row in matches.iter_rows(named=True):
        found = [row.pop(f"event_index_within_{within}") for within in WITHIN_FRAMES]
        matched = next((index for index in found if index is not None), None)
        kept = ("video_id", "action", "agent", "frame_number", "point_x", "point_y", "score")
        rows.append({name: row[name] for name in kept} | {"event_index": matched})
    return rows
