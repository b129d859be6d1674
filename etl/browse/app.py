"""The server of the page: JSON over the read-only warehouse, pictures of frames, and decisions that are kept."""

from __future__ import annotations

import getpass
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from threading import Event
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from etl.browse.guard import Guard
from etl.corrections.log import StaleError
from etl.errors import ContactReleaseError, OutputError, QueryError, VideoError
from etl.pages.vega import vega_bundle

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from etl.browse.corrected import Corrected
    from etl.browse.library import Library
    from etl.browse.pictures import Pictures
    from etl.browse.queue import Queue

__all__ = ["Shelf", "make_app"]

PAGE = files("etl.browse") / "page"
FILE_NAME = re.compile(r"[a-z][a-z-]*\.(js|css)")
TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
# Threads for pictures, separate from those that answer everything else, so that decoding delays no other answer.
PICTURES_AT_ONCE = 8
COMPRESSION = 6
DISCONNECTED = 499
ENDING = "contact-release browse is ending"

_vega = cache(vega_bundle)


@dataclass(frozen=True)
class Shelf:
    """Everything that the page shows."""

    library: Library
    """The content of the warehouse."""
    pictures: Pictures
    """The pictures of frames."""
    corrected: Corrected
    """The labels as they are now."""
    queue: Queue
    """The suspects."""
    predictions: list[dict[str, Any]]
    """Predicted events, each with the annotated one that it is matched with."""
    warehouse: str
    """The warehouse's folder, as it is written in commands."""
    stands: Event = field(default_factory=Event)
    """Set when a page has been loaded, so that work done in advance does not delay it."""


def make_app(shelf: Shelf, *, token: str, hosts: frozenset[str]) -> ASGIApp:
    """Return the application. It answers only under one of `hosts`, and only to clients with the token."""

    async def page(request: Request) -> Response:
        return Response(whole_page, media_type="text/html")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name == "vega.js":
            return Response(await run_in_threadpool(_vega), media_type=TYPES["js"])
        if name not in assets:
            return PlainTextResponse("There is no such file.", 404)
        return Response((PAGE / name).read_bytes(), media_type=TYPES[name.rpartition(".")[2]])

    whole_page = _whole_page()
    assets = {path.name for path in PAGE.iterdir() if FILE_NAME.fullmatch(path.name)}
    all_labels = _all_labels(shelf)
    drawing = CapacityLimiter(PICTURES_AT_ONCE)

    async def labels(request: Request) -> Response:
        headers = {"Content-Encoding": "gzip"}
        return Response(all_labels, media_type="application/json", headers=headers)

    async def corrections(request: Request) -> Response:
        return await _answer(lambda: msgspec.json.encode(shelf.corrected.told()))

    async def suspects(request: Request) -> Response:
        return await _answer(lambda: msgspec.json.encode(shelf.queue.rows()))

    async def video(request: Request) -> Response:
        def made() -> bytes | None:
            found = shelf.library.video(request.path_params["video_id"])
            if found is None:
                return None
            if not any(frame[2] for frame in found["frames"]):
                found["decodable"] = shelf.pictures.decoded_frames(request.path_params["video_id"])
            return msgspec.json.encode(found)

        return await _answer(made)

    async def frame(request: Request) -> Response:
        video_id, number = request.path_params["video_id"], request.path_params["number"]
        try:
            async with drawing:
                if await request.is_disconnected():  # scrolled away while it waited
                    return Response(status_code=DISCONNECTED)
                jpeg = await to_thread.run_sync(shelf.pictures.jpeg, video_id, number)
        except (VideoError, OSError) as error:
            return PlainTextResponse(str(error), 404)
        except duckdb.InterruptException:
            return PlainTextResponse(ENDING, 503)
        return Response(jpeg, media_type="image/jpeg")

    async def find(request: Request) -> Response:
        where = request.query_params.get("where", "")
        return await _answer(lambda: msgspec.json.encode(shelf.library.find(where)))

    async def listed(request: Request) -> Response:
        return await _answer(lambda: msgspec.json.encode(shelf.library.listed(request.path_params["name"])))

    async def lists(request: Request) -> Response:
        answer = await _answer(lambda: msgspec.json.encode(shelf.library.videos_of_lists()))
        shelf.stands.set()
        return answer

    async def decide(request: Request) -> Response:
        try:
            content = await request.body()
        except ClientDisconnect:  # the window was closed, and nobody waits for an answer
            return Response(status_code=DISCONNECTED)
        try:
            decision = await run_in_threadpool(shelf.corrected.decide, content, getpass.getuser())
        except StaleError as error:
            return _json({"error": str(error), **shelf.corrected.told(error.decision.video_id)}, 409)
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        except OutputError as error:
            return _json({"error": str(error)}, 507)
        told = shelf.corrected.told(decision.video_id)
        return _json({"decision": msgspec.to_builtins(decision), "events": told["events"]})

    routes = [
        Route("/", page),
        Route("/page/{name}", asset),
        Route("/api/labels", labels),
        Route("/api/corrections", corrections),
        Route("/api/suspects", suspects),
        Route("/api/video/{video_id}", video),
        Route("/api/find", find),
        Route("/api/lists", lists),
        Route("/api/list/{name}", listed),
        Route("/api/decide", decide, methods=["POST"]),
        Route("/frame/{video_id}/{number:int}.jpg", frame),
    ]
    return Guard(Starlette(routes=routes), token=token, hosts=hosts)


def _whole_page() -> str:
    """Return the page with links to all its modules; otherwise a browser would find and request them one by one."""
    modules = sorted(path.name for path in PAGE.iterdir() if path.name.endswith(".js"))
    links = "".join(f'  <link rel="modulepreload" href="/page/{name}">\n' for name in modules)
    return (PAGE / "index.html").read_text(encoding="utf-8").replace("</head>", f"{links}</head>")


def _all_labels(shelf: Shelf) -> bytes:
    """Return what never changes while the page is served, encoded and compressed once."""
    told = shelf.library.labels() | {
        "warehouse": shelf.warehouse,
        "predictions": shelf.predictions,
        "can_correct": shelf.corrected.path is not None,
        "with_file": shelf.pictures.with_file(),
    }
    return gzip.compress(msgspec.json.encode(told), COMPRESSION)


async def _answer(made: Callable[[], bytes | None]) -> Response:
    try:
        content = await run_in_threadpool(made)
    except QueryError as error:
        return _json({"error": str(error)}, 400)
    except ContactReleaseError as error:
        return _json({"error": str(error)}, 500)
    except duckdb.InterruptException:
        return _json({"error": ENDING}, 503)
    if content is None:
        return _json({"error": "there is no such video"}, 404)
    return Response(content, media_type="application/json")


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
