"""Turn sections into the page and Markdown, and charts into SVG and PDF. Pure: reads only the package's own files."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import resource
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from etl.errors import OutputError
from etl.pages.answers import Answer, Answers
from etl.pages.blocks import Figure, Section, Table
from etl.pages.chart_style import VEGA_LITE, Specification
from etl.pages.vega import vega_bundle
from etl.views import load_evaluation_views, load_macros, load_views

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = [
    "figure_to_svg",
    "plain_page",
    "require_open_files",
    "sections_to_markdown",
    "sections_to_page",
    "svg_to_pdf",
]

# The PDF writer lists the resources of a page in a random order, which has no meaning.
PDF_RESOURCES = re.compile(
    rb"(?m)^( +/(?:ExtGState|Font|XObject|Pattern|Shading|ColorSpace) <<\n)((?: +/\w+ \d+ 0 R\n?)+?(?=\n +>>))"
)
# The files that drawing a chart has open at once, and some more: with fewer it panics instead of raising an error.
OPEN_FILES = 48
MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$@]|:(?=//))")


def require_open_files() -> None:
    """Make sure, before any work, that charts can be drawn. Raises OutputError if too few files may be open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        if hard != resource.RLIM_INFINITY and hard < OPEN_FILES:
            raise OutputError(
                f"drawing charts needs {OPEN_FILES} open files, but the limit is {hard}. Try: ulimit -n 256"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, hard))


def figure_to_svg(figure: Figure, answer: Answer) -> str:
    """Return a figure as a self-contained SVG picture."""
    import vl_convert

    drawn = figure.specification | {"datasets": {answer.question.name: answer.records()}}
    svg = _with_own_ids(vl_convert.vegalite_to_svg(drawn, vl_version=VEGA_LITE), figure.name)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{_escaped(figure.alternative)}" ', 1)


def svg_to_pdf(svg: str) -> bytes:
    """Return a figure's SVG as a PDF page of the same size, for a paper; the same SVG gives the same bytes."""
    import vl_convert

    pdf: bytes = vl_convert.svg_to_pdf(svg)
    return PDF_RESOURCES.sub(lambda found: found[1] + b"\n".join(sorted(found[2].split(b"\n"))), pdf)


def sections_to_page(
    sections: Sequence[Section],
    context: Mapping[str, Any],
    *,
    statistics: str,
    figures: Mapping[str, str],
    on_demand: Mapping[str, Specification],
    answers: Answers,
    template: str = "page.html",
) -> str:
    """Return the page: one HTML file that needs no other file, and may load none.

    `statistics` is the content of statistics.json, `figures` has the SVG of every figure by name, `on_demand` the
    specifications of the charts that the page draws for one template at a time. `template` is page.html, or one that
    extends it.
    """
    specifications = {
        block.name: block.specification for section in sections for block in section.blocks if isinstance(block, Figure)
    }
    style, script, vega = _asset("page.css"), _asset("page.js"), vega_bundle(VEGA_LITE)
    policy = (
        f"default-src 'none'; img-src data:; style-src {_fingerprint(style)}; "
        f"script-src {_fingerprint(vega)} {_fingerprint(script)}; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template(template)
        .render(
            context,
            sections=sections,
            figures={name: _hidden(svg) for name, svg in figures.items()},
            answers=answers,
            sql=_statements(),
            policy=policy,
            style=style,
            vega=vega,
            script=script,
            statistics=_inline_json(statistics),
            specifications=_inline_json(
                json.dumps({"figures": specifications, "onDemand": on_demand}, separators=(",", ":"))
            ),
        )
    )


def plain_page(template: str, context: Mapping[str, Any]) -> str:
    """Return a page without scripts, in the style of the others, from a template of its own."""
    style = _asset("page.css")
    return _environment().get_template(template).render(context, style=style, fingerprint=_fingerprint(style))


def sections_to_markdown(sections: Sequence[Section], context: Mapping[str, Any], *, folder: str) -> str:
    """Return the report as Markdown; its figures are the SVG files in `folder`, relative to it."""
    questions = [
        block.question for section in sections for block in section.blocks if isinstance(block, Figure | Table)
    ]
    named = sorted({name for question in questions for name in (*question.views, *question.macros)})
    text = (
        _environment()
        .get_template("report.md")
        .render(context, sections=sections, folder=folder, named=named, sql=_statements())
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _with_own_ids(svg: str, name: str) -> str:
    """Name an SVG's gradients and clips after the figure; Vega numbers them across all figures of a process."""
    for number, found in enumerate(re.findall(r' id="([^"]+)"', svg)):
        own = f"{name}-{number}"
        svg = svg.replace(f' id="{found}"', f' id="{own}"').replace(f"url(#{found})", f"url(#{own})")
    return svg


def _hidden(svg: str) -> str:
    """Hide an SVG from screen readers: on the page, the element around it has a label."""
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("etl.pages"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["markdown"] = _markdown
    environment.filters["data_url"] = lambda jpeg: f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    return environment


def _markdown(text: str) -> str:
    """Return text that Markdown shows as it is: special characters escaped, on one line."""
    return MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


def _inline_json(text: str) -> str:
    """Return JSON that cannot end the script element that holds it, whatever its strings are."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _fingerprint(text: str) -> str:
    """Return the hash by which a Content-Security-Policy allows an inline script or style."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _asset(name: str) -> str:
    return (files("etl.pages") / "assets" / name).read_text(encoding="utf-8")


def _statements() -> dict[str, str]:
    return {one.name: one.statement for one in [*load_views(), *load_macros(), *load_evaluation_views()]}
