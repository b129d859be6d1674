"""A web server on this machine that misbehaves on request."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Answer", "dribbling", "served", "serving", "serving_without_length"]

Answer = Callable[[BaseHTTPRequestHandler], None]


def serving(
    content: bytes, *, status: int = 200, announced: int | None = None, location: str = "", encoding: str = ""
) -> Answer:
    """An answer with this content; `announced` is the length that the header claims, `encoding` how it is packed."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        if location:
            request.send_header("Location", location)
        if encoding:
            request.send_header("Content-Encoding", encoding)
        request.send_header("Content-Length", str(len(content) if announced is None else announced))
        request.end_headers()
        request.wfile.write(content)

    return answer


def serving_without_length(content: bytes) -> Answer:
    """An answer that ends where the connection does."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(content)

    return answer


def dribbling(head: bytes, seconds: float) -> Answer:
    """An answer that sends one more byte now and then, for so many seconds: each byte alone is in time."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        end = time.monotonic() + seconds
        with contextlib.suppress(OSError):
            request.wfile.write(head)
            while time.monotonic() < end:
                request.wfile.write(b"a")
                time.sleep(0.05)

    return answer


@contextlib.contextmanager
def served(answers: dict[str, Answer]) -> Iterator[tuple[str, list[str]]]:
    """Serve path → answer; gives the server's address and the list of the paths asked for, which grows."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answers.get(self.path, serving(b"no such page", status=404))(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    os.environ["no_proxy"] = "127.0.0.1"  # whatever proxy this machine needs for others
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
