"""Who may send requests: this machine's own browser, with the token in the printed address, and only from this page.

The page shows private data and writes corrections, and any page that is open in the same browser can send requests to
it. So host names that are not this machine's are refused (DNS rebinding), every request needs the token, which becomes
a cookie that other sites' pages cannot use, and requests that change anything must come from this page.
"""

from __future__ import annotations

import hmac
import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["MAX_BODY_BYTES", "Guard", "cookie_name"]

PORT = re.compile(r":[0-9]{1,5}$")
HTTP_PORT = 80  # of an address that names none
MAX_BODY_BYTES = 64_000
SAFE_METHODS = ("GET", "HEAD")
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets through the requests of the page itself. `hosts` are the names under which it is served, at any port.

    The port may be another one, as through an ssh tunnel; that admits no foreign name.
    """

    def __init__(self, app: ASGIApp, *, token: str, hosts: frozenset[str]) -> None:
        self.app = app
        self.token = token
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web socket is served
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                changed = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    changed[name] = value
                if refusal is not None:
                    changed["Connection"] = "close"  # else the rest of a refused body, however long, would be read
            await send(message)

        if refusal is not None:
            await refusal(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        host = headers.get("host", "").lower()
        if PORT.sub("", host) not in self.hosts:
            return PlainTextResponse("This page is served only under this machine's own name.", 421)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and scope["method"] == "GET" and given:
            if not self._is_token(given):
                return _no_token()
            answer = RedirectResponse("/", 303)
            answer.set_cookie(cookie_name(host), self.token, path="/", httponly=True, samesite="strict")
            return answer
        if not self._is_token(_cookie(headers, cookie_name(host))):
            return _no_token()
        if scope["method"] in SAFE_METHODS:
            return None
        if headers.get("origin") != f"http://{host}" or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("Only this page may change anything.", 403)
        if headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return PlainTextResponse("Expected JSON.", 415)
        # A body in chunks may be of any length, whatever else is said of it.
        if (
            "transfer-encoding" in headers
            or not headers.get("content-length", "").isdigit()
            or int(headers["content-length"]) > MAX_BODY_BYTES
        ):
            return PlainTextResponse(f"Expected at most {MAX_BODY_BYTES} bytes.", 413)
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())


def _no_token() -> PlainTextResponse:
    return PlainTextResponse("Open the address that contact-release browse printed: it contains a token.", 403)


def cookie_name(host: str) -> str:
    """Return the name of the cookie for a host and port: browsers send all cookies of a host to each of its ports."""
    port = PORT.search(host)
    return f"contact_release_{port[0][1:] if port else HTTP_PORT}"


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
