"""Turn sections into the page and Markdown, and figures into SVG. Pure: reads only the package's own files."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from etl.errors import printable
from etl.pages.answers import Answer, Answers
from etl.pages.blocks import Figure, Section, Table
from etl.pages.pictures import chart_to_svg, vega_lite_version
from etl.pages.vega import bundle, vega_bundle
from etl.views import FAMILIES, read_sql_files

if TYPE_CHECKING:
    from jinja2 import Environment

    from etl.pages.chart_style import Specification

__all__ = [
    "figure_to_chart",
    "figure_to_svg",
    "plain_page",
    "sections_to_markdown",
    "sections_to_page",
]

MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$@]|:(?=//))")


def figure_to_chart(figure: Figure, answer: Answer) -> dict[str, Any]:
    """Return a figure's specification with the data that it draws."""
    return figure.specification | {"datasets": {answer.question.name: answer.records()}}


def figure_to_svg(figure: Figure, answer: Answer) -> str:
    """Return a figure as a self-contained SVG picture."""
    return chart_to_svg(figure_to_chart(figure, answer), figure.name, figure.alternative)


def sections_to_page(
    sections: Sequence[Section],
    context: Mapping[str, Any],
    *,
    statistics: str,
    figure: Callable[[str], str],
    on_demand: Mapping[str, Specification],
    answers: Answers,
    template: str = "page.html",
    bundled: Callable[[str | None], bytes] = bundle,
) -> str:
    """Return the page: one HTML file that needs no other file, and may load none.

    `statistics` is the content of statistics.json, `figure` returns the SVG of a figure by its name, `on_demand` has
    the specifications of the charts that the page draws for one template at a time. `template` is page.html, or one
    that extends it. `bundled` bundles Vega where it is not kept.
    """
    specifications = {
        block.name: block.specification for section in sections for block in section.blocks if isinstance(block, Figure)
    }
    style, script, vega = (
        _asset("page.css"),
        _asset("page.js"),
        vega_bundle(_vega_lite(specifications.values()), bundled),
    )
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
            figure=figure,
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


def _vega_lite(specifications: Iterable[Specification]) -> str:
    """Return the version of Vega-Lite that the charts of a page are written for."""
    for specification in specifications:
        return vega_lite_version(specification)
    from etl.pages.chart_style import VEGA_LITE  # without Altair where there is a chart

    return VEGA_LITE


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
    environment.filters["hidden"] = _hidden
    environment.filters["data_url"] = lambda jpeg: f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    return environment


def _markdown(text: str) -> str:
    """Return text that Markdown shows as it is: special and invisible characters escaped, on one line."""
    return printable(MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split())))


def _inline_json(text: str) -> str:
    """Return JSON that cannot end the script element that holds it, whatever its strings are."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _fingerprint(text: str) -> str:
    """Return the hash by which a Content-Security-Policy allows an inline script or style."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _asset(name: str) -> str:
    return (files("etl.pages") / "assets" / name).read_text(encoding="utf-8")


@cache
def _statements() -> Mapping[str, str]:
    return {one.name: one.statement for one in read_sql_files(*FAMILIES, "macros", "evaluation")}
