"""What the charts of all reports share: colours, scales, axes, sizes, and the frame of a specification.

Readers with any colour vision can tell the colours apart; each has a contrast of 3 to 1 on white and on the page's dark
background. In dark mode the page's style replaces the greys, so no others may be used.
"""

from __future__ import annotations

from typing import Any, Literal

import altair as alt

from etl.look import ACTION_COLORS, web_color
from etl.schema import ACTIONS, SPLITS, UNASSIGNED

__all__ = [
    "AXIS",
    "BLUE",
    "EVENTS",
    "GREEN",
    "INK",
    "KIND",
    "KIND_AXIS",
    "LEGEND",
    "PANEL_WIDTH",
    "SHARE",
    "SPLIT_NAMES",
    "VEGA_LITE",
    "VERMILION",
    "WHOLE",
    "Specification",
    "action_color",
    "chart_of",
    "few_ticks",
    "heat_color",
    "legend_choice",
    "panels",
    "picked",
    "split_color",
    "wide",
]

VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]  # such as 6.1

BLUE, VERMILION = (web_color(ACTION_COLORS[action]) for action in ACTIONS)
GREEN, PINK, VIOLET = "#009e73", "#b8618f", "#7a6fdb"
INK, AXIS, GRID = "#1a1a1a", "#767676", "#d9d9d9"
PICTURE = "#f7f7f7"  # the background of heat maps; in dark mode the page inverts it and the scale

SPLIT_NAMES = (*SPLITS, UNASSIGNED)
WIDTH = 720
PANEL_WIDTH = 205

LEGEND = alt.Legend(orient="top", columns=2)
WHOLE = alt.Axis(format="d", tickMinStep=1)
KIND = "datum.action + ' · ' + datum.agent"
# Space for labels in fonts that are wider than the one with which a still picture was measured.
KIND_AXIS = alt.Axis(labelLimit=200, minExtent=140)
EVENTS = alt.Tooltip("events:Q", format=",")
SHARE = alt.Tooltip("share:Q", format=".1%")

Specification = dict[str, Any]
Chart = alt.Chart | alt.LayerChart | alt.FacetChart


def chart_of(data: str) -> alt.Chart:
    """Return a chart over the answer of that name."""
    return alt.Chart(alt.NamedData(name=data))


def wide(chart: Chart, *, height: int, width: int = WIDTH, is_picture: bool = False) -> Specification:
    """Return the specification of one chart that is as wide as the page."""
    chart = chart.properties(
        width=width,
        height=height,
        padding={"left": 5, "right": 12, "top": 5, "bottom": 5},  # half of the last label of an axis sticks out
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return _specification(chart, is_picture=is_picture)


def panels(
    chart: alt.Chart | alt.LayerChart, label: str, *, height: int = 120, counted: bool = True, is_picture: bool = False
) -> Specification:
    """Return the specification of small panels, one for each value of the expression `label`."""
    calculated = f"{label} + ', n = ' + format(datum.n, ',')" if counted else label
    facet = alt.Facet("panel:N", title=None, header=alt.Header(labelFontSize=11, labelLimit=PANEL_WIDTH + 20))
    faceted = chart.properties(width=PANEL_WIDTH, height=height).facet(facet, columns=3, spacing=28)
    return _specification(faceted.transform_calculate(panel=calculated), is_picture=is_picture)


def _specification(chart: Chart, *, is_picture: bool) -> Specification:
    configured = chart.configure(
        background="white",
        font="Liberation Sans, Arial, Helvetica, sans-serif",
        aria=False,
        view=alt.ViewConfig(stroke=None, fill=PICTURE if is_picture else None),
        axis=alt.AxisConfig(
            labelColor=INK,
            titleColor=INK,
            titleFontWeight="normal",
            titleFontSize=12,
            labelFontSize=11,
            domainColor=AXIS,
            tickColor=AXIS,
            gridColor=GRID,
            gridOpacity=0.6,
            labelFlush=False,
            labelOverlap="parity",
            labelSeparation=6,
        ),
        header=alt.HeaderConfig(labelColor=INK),
        range=alt.RangeConfig(heatmap={"scheme": "blues"}),
        legend=alt.LegendConfig(
            labelColor=INK, titleColor=INK, labelFontSize=11, titleFontWeight="normal", labelLimit=600
        ),
    )
    specification: Specification = configured.to_dict(validate=True)
    return specification


def action_color(legend: alt.Legend | None = LEGEND) -> alt.Color:
    """Return the colours of the actions, with a legend unless it is null."""
    scale = alt.Scale(domain=list(ACTIONS), range=[BLUE, VERMILION])
    return alt.Color("action:N", title="action", scale=scale, legend=legend)


def split_color() -> alt.Color:
    """Return the colours of the splits."""
    scale = alt.Scale(domain=list(SPLIT_NAMES), range=[BLUE, VERMILION, GREEN, VIOLET])
    return alt.Color("split:N", title="split", scale=scale, legend=LEGEND)


def legend_choice(name: str, field: str) -> alt.Parameter:
    """Return a selection among the values of `field` by a click on the legend."""
    return alt.selection_point(name=name, fields=[field], bind="legend")


def picked(name: str) -> Any:
    """Return an opacity that fades what the selection `name` leaves out."""
    return alt.condition(alt.param(name), alt.value(1), alt.value(0.15), empty=True)


def heat_color(
    field: str, title: str, scale: Literal["linear", "sqrt"] = "linear", *, is_count: bool = False
) -> alt.Color:
    """Return a blue that gets darker with `field`, from 0; a share unless `is_count`."""
    form = {"format": ",d", "tickMinStep": 1} if is_count else {"format": ".1~%"}
    legend = alt.Legend(orient="top", gradientLength=200, titleLimit=300, **form)
    colors = alt.Scale(range="heatmap", type=scale, domainMin=0)
    return alt.Color(field, title=title, scale=colors, legend=legend)


def few_ticks() -> alt.Axis:
    """Return an axis for a picture: few ticks, no grid."""
    return alt.Axis(tickCount=5, grid=False)
