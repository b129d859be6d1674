"""Download over HTTP and HTTPS only, bounded in size and time, completely or not at all."""

from __future__ import annotations

import base64
import http.client
import queue
import threading
import time
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from etl.errors import DownloadError
from etl.version import __version__

__all__ = ["download", "shown_address"]

SCHEMES = ("http", "https")
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 5
PIECE_BYTES = 65_536
# Characters that an address may contain unencoded (RFC 3986), and "%", which begins encoded ones.
PLAIN_IN_PATH = "/:@!$&'()*+,;=~-._%"
PLAIN_IN_QUERY = PLAIN_IN_PATH + "?"


@dataclass(frozen=True, slots=True)
class _Address:
    """An address as it is requested: in ASCII, without user and password, which are sent in a header."""

    url: str
    origin: tuple[str, str]
    authorization: str = ""


def shown_address(address: str) -> str:
    """Return an address for messages: without user and password."""
    scheme, mark, rest = address.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}" if mark else address


def download(address: str, *, max_bytes: int, time_limit_s: float) -> bytes:
    """Return the content at an http(s) address, following redirects to http(s) addresses only.

    Spaces, letters such as é and host names in other scripts (IDN) are encoded as in browsers. A user and password in
    the address (percent-encoded) are sent as Basic authorization (RFC 7617), to that server only; no message shows
    them. Compressed content (gzip, deflate) is unpacked. `time_limit_s` limits everything, from the look-up of the host
    to the last byte. Proxies come from the environment (`https_proxy`), as for other programs.

    Raises DownloadError if the address is of another kind or redirects to one, if the server answers with anything but
    200, if more than `max_bytes` or less than announced arrive, or if time runs out.
    """
    shown = shown_address(address)
    asked = _parsed(address)
    # A socket's own time limit restarts with every byte, and looking up a host has none: only another thread can give
    # up on them. It is a daemon, so it never keeps the program from ending.
    outcome: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
    deadline = time.monotonic() + time_limit_s

    def work() -> None:
        try:
            outcome.put(_follow(asked, shown, max_bytes, deadline))
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
            raise DownloadError(f"{shown}: not finished within {time_limit_s:g} s")
        case _:
            raise DownloadError(f"{shown}: {_reason(result)}") from result


def _follow(asked: _Address, shown: str, max_bytes: int, deadline: float) -> bytes:
    opener = _opener()
    for _ in range(MAX_REDIRECTS + 1):
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        headers = {"Authorization": asked.authorization} if asked.authorization else {}
        request = urllib.request.Request(asked.url, headers=headers)  # noqa: S310  # the scheme was checked
        try:
            with opener.open(request, timeout=remaining_s) as response:
                if response.status != http.client.OK:
                    raise _answered(shown, response.status)
                return _unpacked(_read(response, shown, max_bytes, deadline), response, shown, max_bytes)
        except urllib.error.HTTPError as error:
            with error:
                target = error.headers.get("location")
            if error.code not in REDIRECTS or not target:
                raise _answered(shown, error.code) from error
        try:
            redirected = _parsed(_joined(asked.url, _as_text(target)))
        except DownloadError as error:
            raise DownloadError(f"{shown}: the server redirects, but {error}") from error
        if redirected.origin == asked.origin and not redirected.authorization:
            redirected = _Address(redirected.url, redirected.origin, asked.authorization)
        asked, shown = redirected, redirected.url
    raise DownloadError(f"{shown}: the server redirects more than {MAX_REDIRECTS} times")


def _answered(shown: str, status: int) -> DownloadError:
    meaning = http.client.responses.get(status, "no HTTP status")
    return DownloadError(f"{shown}: the server answered {status} ({meaning})")


def _read(response: http.client.HTTPResponse, shown: str, max_bytes: int, deadline: float) -> bytes:
    too_large = DownloadError(f"{shown}: larger than the {max_bytes:,} bytes allowed")
    announced = response.length
    if announced is not None and announced > max_bytes:
        raise too_large
    content = bytearray()
    # read1 returns after one piece from the network, so that the deadline is checked between pieces.
    while piece := response.read1(PIECE_BYTES):
        content += piece
        if len(content) > max_bytes:
            raise too_large
        if time.monotonic() > deadline:
            raise TimeoutError
    if announced is not None and len(content) < announced:
        raise DownloadError(f"{shown}: cut off after {len(content):,} of {announced:,} bytes")
    return bytes(content)


def _unpacked(content: bytes, response: http.client.HTTPResponse, shown: str, max_bytes: int) -> bytes:
    """Undo the server's encoding of the content; some servers compress without being asked."""
    encodings = [name.strip().lower() for name in response.headers.get("content-encoding", "").split(",")]
    for encoding in reversed([name for name in encodings if name not in ("", "identity")]):
        match encoding:
            case "gzip" | "x-gzip":
                window = 16 + zlib.MAX_WBITS
            case "deflate":  # with the zlib header, as in RFC 9110, or without it, as from some servers
                window = zlib.MAX_WBITS if content[:1] and content[0] & 0x0F == 8 else -zlib.MAX_WBITS
            case _:
                raise DownloadError(f"{shown}: the server sent it encoded as {encoding!r}, expected it unencoded")
        unpacker = zlib.decompressobj(window)
        try:
            content = unpacker.decompress(content, max_bytes + 1)
        except zlib.error as error:
            raise DownloadError(f"{shown}: the server says {encoding}, but it cannot be unpacked: {error}") from error
        if len(content) > max_bytes:
            raise DownloadError(f"{shown}: larger than the {max_bytes:,} bytes allowed")
        if not unpacker.eof:
            raise DownloadError(f"{shown}: cut off in the middle of what the server encoded as {encoding}")
    return content


def _parsed(address: str) -> _Address:
    """Return an address as it is requested. Raises DownloadError if it is not an http or https address."""
    refused = DownloadError(f"{shown_address(address)!r} is not an http:// or https:// address")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        if parts.scheme not in SCHEMES or not host or port == 0 or not address.isprintable():
            raise refused
        if any(letter.isspace() for letter in parts.netloc):
            raise refused
        name = f"[{host}]" if ":" in host else host.encode("idna").decode()
        path = quote(parts.path, safe=PLAIN_IN_PATH)
        query = quote(parts.query, safe=PLAIN_IN_QUERY)
        user, mark, password = parts.netloc.rpartition("@")[0].partition(":")
    except ValueError as error:  # also IDNA's UnicodeError
        raise refused from error
    authority = name if port is None else f"{name}:{port}"
    secret = unquote_to_bytes(user) + b":" + unquote_to_bytes(password) if user or mark else b""
    authorization = f"Basic {base64.b64encode(secret).decode()}" if secret else ""
    return _Address(urlunsplit((parts.scheme, authority, path, query, "")), (parts.scheme, authority), authorization)


def _as_text(header: str) -> str:
    """Return a header's text: http.client reads Latin-1, but servers send UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _joined(address: str, target: str) -> str:
    """Return where a redirect leads; whether it is a valid address is checked later."""
    try:
        return urljoin(address, target)
    except ValueError:
        return target


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
    # urllib's default handlers would add file:, ftp: and data:, and follow redirects themselves.
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
