"""Draw charts in a process of its own, beside what else is done: the engine that draws them keeps Python's lock."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any

from etl.pages.pictures import chart_to_svg, svg_to_pdf

__all__ = ["Drawing", "serve"]

_START = "import sys; sys.path[:] = sys.argv[1:]; from etl.pages.drawing_process import serve; serve()"
# Drawn first, while nothing is asked for yet: starting the engine takes as long as drawing five charts.
_FIRST = {"data": {"values": []}, "mark": "point"}

Drawn = tuple[str, bytes]


class Drawing:
    """Draws charts one after the other. Use it as a context: leaving it ends the process, whatever it does.

    Where there is no such process, or it ends too early, the charts are drawn here.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting = ThreadPoolExecutor(max_workers=1)

    def __enter__(self) -> Drawing:
        with suppress(OSError):
            # A session of its own: Ctrl-C reaches only the parent, which then ends the process.
            self._process = subprocess.Popen(  # noqa: S603  # nothing of the command comes from outside
                [sys.executable, "-c", _START, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
        self._waiting.shutdown(cancel_futures=True)
        if self._process is not None:
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with suppress(OSError):  # what could not be written any more
                    pipe.close()  # type: ignore[union-attr]

    def draw(self, chart: dict[str, Any], name: str, alternative: str, vega_lite: str) -> Future[Drawn]:
        """Return the SVG of a chart and the same as PDF, when they are drawn; see `pictures`."""
        return self._waiting.submit(self._drawn, chart, name, alternative, vega_lite)

    def _drawn(self, *asked: Any) -> Drawn:
        if self._process is not None and self._process.stdin is not None and self._process.stdout is not None:
            with suppress(OSError, ValueError):
                self._process.stdin.write(json.dumps(asked).encode() + b"\n")
                self._process.stdin.flush()
                svg, pdf = json.loads(self._process.stdout.readline())
                return svg, base64.b64decode(pdf)
        return _draw(*asked)


def serve() -> None:
    """Draw what stdin asks for, a line each, and write it to stdout: the child's whole life."""
    import vl_convert

    vl_convert.vegalite_to_svg(_FIRST)
    for line in sys.stdin.buffer:
        svg, pdf = _draw(*json.loads(line))
        sys.stdout.buffer.write(json.dumps([svg, base64.b64encode(pdf).decode()]).encode() + b"\n")
        sys.stdout.buffer.flush()


def _draw(chart: dict[str, Any], name: str, alternative: str, vega_lite: str) -> Drawn:
    svg = chart_to_svg(chart, name, alternative, vega_lite)
    return svg, svg_to_pdf(svg)
