"""Turn charts into SVG and PDF, by the engine of JavaScript that vl-convert carries."""

from __future__ import annotations

import re
import resource
from collections.abc import Mapping
from typing import Any

from etl.errors import OutputError

__all__ = ["chart_to_svg", "require_open_files", "svg_to_pdf", "vega_lite_version"]

# The PDF writer lists the resources of a page in a random order, which has no meaning.
PDF_RESOURCES = re.compile(
    rb"(?m)^( +/(?:ExtGState|Font|XObject|Pattern|Shading|ColorSpace) <<\n)((?: +/\w+ \d+ 0 R\n?)+?(?=\n +>>))"
)
# The files that drawing a chart has open at once, and some more: with fewer it panics instead of raising an error.
OPEN_FILES = 48


def require_open_files() -> None:
    """Make sure, before any work, that charts can be drawn. Raises OutputError if too few files may be open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        if hard != resource.RLIM_INFINITY and hard < OPEN_FILES:
            raise OutputError(
                f"drawing charts needs {OPEN_FILES} open files, but the limit is {hard}. Try: ulimit -n 256"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, hard))


def vega_lite_version(chart: Mapping[str, Any]) -> str:
    """Return the version of Vega-Lite that a specification is written for, such as "6.1"."""
    return str(chart["$schema"]).rpartition("/v")[2].rpartition(".json")[0].rpartition(".")[0]


def chart_to_svg(chart: dict[str, Any], name: str, alternative: str) -> str:
    """Return a chart, a specification with its data, as a self-contained SVG picture.

    `name` makes its ids differ from those of other pictures on a page, `alternative` says what it shows.
    """
    import vl_convert
    from markupsafe import escape

    svg = _with_own_ids(vl_convert.vegalite_to_svg(chart, vl_version=vega_lite_version(chart)), name)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alternative)}" ', 1)


def svg_to_pdf(svg: str) -> bytes:
    """Return a figure's SVG as a PDF page of the same size, for a paper; the same SVG gives the same bytes."""
    import vl_convert

    pdf: bytes = vl_convert.svg_to_pdf(svg)
    return PDF_RESOURCES.sub(lambda found: found[1] + b"\n".join(sorted(found[2].split(b"\n"))), pdf)


def _with_own_ids(svg: str, name: str) -> str:
    """Name an SVG's gradients and clips after the figure; Vega numbers them across all figures of a process."""
    for number, found in enumerate(re.findall(r' id="([^"]+)"', svg)):
        own = f"{name}-{number}"
        svg = svg.replace(f' id="{found}"', f' id="{own}"').replace(f"url(#{found})", f"url(#{own})")
    return svg
