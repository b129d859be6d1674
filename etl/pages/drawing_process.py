"""Draw charts in a process of its own, beside what else is done: the engine that draws them keeps Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from subprocess import Popen
from types import TracebackType
from typing import Any, TypeVar

from etl.child_process import start_child
from etl.pages.pictures import chart_to_svg, require_open_files, svg_to_pdf

__all__ = ["Drawing", "serve"]

MODULE = __name__  # whose `serve` the process calls
# Drawn first, while nothing is asked for yet: starting the engine takes as long as drawing five charts.
FIRST = {"data": {"values": []}, "mark": "point"}

T = TypeVar("T")
Drawn = tuple[str, bytes]
"""A chart as SVG and as PDF."""


class Drawing:
    """Draws charts one after the other. Use it as a context: leaving it ends the process, whatever it does.

    If there is no such process, or it ends too early, the charts are drawn here.
    """

    def __init__(self) -> None:
        self._process: Popen[bytes] | None = None
        self._connection, self._theirs = Pipe()
        self._waiting = ThreadPoolExecutor(max_workers=1)

    def __enter__(self) -> Drawing:
        with self._theirs, suppress(OSError):
            self._process = start_child(MODULE, self._theirs, is_quiet=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
        self._waiting.shutdown(cancel_futures=True)
        if self._process is not None:
            self._process.wait()
        self._connection.close()

    def draw(self, chart: dict[str, Any], name: str, alternative: str) -> Future[Drawn]:
        """Return the SVG of a chart and the same as PDF, when they are drawn; see `pictures`."""
        return self._waiting.submit(self._done, _draw, chart, name, alternative)

    def bundle(self, vega_lite: str | None) -> bytes:
        """Return what `vega.bundle` returns, when all charts are drawn: the memory that it takes is the process's."""
        from etl.pages.vega import bundle

        return self._waiting.submit(self._done, bundle, vega_lite).result()

    def _done(self, work: Callable[..., T], *given: Any) -> T:
        with suppress(OSError, EOFError):  # there is no process, or it has ended
            self._connection.send((work, given))
            done: T = self._connection.recv()
            return done
        return work(*given)


def serve(descriptor: int) -> None:
    """Do what a connection asks for, and send it back: the child's whole life."""
    import vl_convert

    require_open_files()
    vl_convert.vegalite_to_svg(FIRST)
    with Connection(descriptor) as connection, suppress(OSError, EOFError):  # the parent has ended
        while True:
            work, given = connection.recv()
            connection.send(work(*given))


def _draw(chart: dict[str, Any], name: str, alternative: str) -> Drawn:
    svg = chart_to_svg(chart, name, alternative)
    return svg, svg_to_pdf(svg)
