"""Download over HTTP and HTTPS, and nothing else: bounded in size and in time, and whole or not at all."""

from __future__ import annotations

import contextlib
import http.client
import queue
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urljoin, urlsplit

from etl.errors import DownloadError
from etl.version import __version__

__all__ = ["download"]

SCHEMES = ("http", "https")
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 5
PIECE_BYTES = 65_536


def download(address: str, *, max_bytes: int, time_limit_s: float) -> bytes:
    """Return what lies at an http(s) address, following redirects to other http(s) addresses alone.

    `time_limit_s` bounds the whole, from looking up the host to the last byte. Proxies come from the environment
    (`https_proxy`), as for other programs. Raises DownloadError where the address is of another kind or leads to one,
    the server answers with an error, more than `max_bytes` arrive or less than announced, or time runs out.
    """
    _check_address(address)
    # A socket's own time limit starts anew with every byte, and looking up a host has none: only another thread can
    # give up on them. It is a daemon, so it never keeps the program from ending.
    outcome: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
    deadline = time.monotonic() + time_limit_s

    def work() -> None:
        try:
            outcome.put(_follow(address, max_bytes, deadline))
        except Exception as error:
            outcome.put(error)

    threading.Thread(target=work, daemon=True, name="download").start()
    try:
        result = outcome.get(timeout=time_limit_s)
    except queue.Empty:
        result = TimeoutError()
    match result:
        case bytes():
            return result
        case DownloadError():
            raise result
        case TimeoutError():
            raise DownloadError(f"{address}: not finished within {time_limit_s:g} s")
        case _:
            raise DownloadError(f"{address}: {_reason(result)}") from result


def _follow(address: str, max_bytes: int, deadline: float) -> bytes:
    opener = _opener()
    for _ in range(MAX_REDIRECTS + 1):
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        try:
            with opener.open(address, timeout=remaining_s) as response:
                return _read(response, address, max_bytes, deadline)
        except urllib.error.HTTPError as error:
            with error:
                target = error.headers.get("location")
            if error.code not in REDIRECTS or not target:
                meaning = http.client.responses.get(error.code, "no HTTP status")
                raise DownloadError(f"{address}: the server answered {error.code} ({meaning})") from error
        with contextlib.suppress(ValueError):  # the check below names what is no address
            target = urljoin(address, target)
        try:
            _check_address(target)
        except DownloadError as error:
            raise DownloadError(f"{address}: the server redirects, but {error}") from error
        address = target
    raise DownloadError(f"{address}: the server redirects more than {MAX_REDIRECTS} times")


def _read(response: http.client.HTTPResponse, address: str, max_bytes: int, deadline: float) -> bytes:
    too_large = DownloadError(f"{address}: larger than the {max_bytes:,} bytes allowed")
    announced = response.length
    if announced is not None and announced > max_bytes:
        raise too_large
    content = bytearray()
    # read1 returns after one piece from the network, so that the deadline is looked at between pieces.
    while piece := response.read1(PIECE_BYTES):
        content += piece
        if len(content) > max_bytes:
            raise too_large
        if time.monotonic() > deadline:
            raise TimeoutError
    if announced is not None and len(content) < announced:
        raise DownloadError(f"{address}: cut off after {len(content):,} of {announced:,} bytes")
    return bytes(content)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_usable = False
    if not is_usable or not address.isascii() or not address.isprintable() or " " in address:
        raise DownloadError(f"{address!r} is no http:// or https:// address")


def _reason(error: Exception) -> str:
    match error:
        case urllib.error.URLError(reason=Exception() as cause):
            return _reason(cause)
        case http.client.IncompleteRead():
            return "cut off by the server"
        case http.client.HTTPException():
            return f"the server does not speak HTTP ({type(error).__name__})"
        case OSError() if error.strerror:
            return error.strerror
        case _:
            return f"{type(error).__name__}: {error}"


def _opener() -> urllib.request.OpenerDirector:
    # urllib's own choice of handlers would add file:, ftp: and data:, and follow redirects by itself.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", f"contact-release/{__version__}")]
    return opener
