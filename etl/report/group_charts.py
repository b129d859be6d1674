"""The charts of splits and templates, as Vega-Lite specifications without data: see `etl.report.charts`."""

from __future__ import annotations

import altair as alt

from etl.pages.chart_style import (
    AXIS,
    EVENTS,
    INK,
    KIND,
    KIND_AXIS,
    LEGEND,
    SHARE,
    SPLIT_NAMES,
    WHOLE,
    Specification,
    action_color,
    chart_of,
    legend_choice,
    picked,
    split_color,
    wide,
)

__all__ = [
    "split_mix",
    "split_templates",
    "template_mix",
    "template_timing",
]


def split_mix(data: str) -> Specification:
    """Bars: share of each kind among each split's events. A click on the legend picks a split."""
    return wide(
        chart_of(data)
        .transform_calculate(kind=KIND)
        .mark_bar()
        .encode(
            y=alt.Y("kind:N", title=None, axis=KIND_AXIS),
            yOffset=alt.YOffset("split:N", sort=list(SPLIT_NAMES)),
            x=alt.X("share:Q", title="share of the split's events", axis=alt.Axis(format="%")),
            color=split_color(),
            opacity=picked("chosen_split"),
            tooltip=["split:N", "action:N", "agent:N", EVENTS, SHARE],
        )
        .add_params(legend_choice("chosen_split", "split")),
        height=300,
    )


def split_templates(data: str) -> Specification:
    """Points: a template's share of a split's videos against its share of all videos; equal on the diagonal."""
    scale = alt.Scale(type="sqrt", nice=True)
    points = (
        chart_of(data)
        .transform_filter("datum.videos > 0")
        .mark_point(filled=True, size=45)
        .encode(
            x=alt.X(
                "share_of_all:Q",
                title="share of all videos",
                scale=scale,
                axis=alt.Axis(format=".1%", labelFlush=True),
            ),
            y=alt.Y("share_of_split:Q", title="share of the split's videos", scale=scale, axis=alt.Axis(format=".1%")),
            color=split_color(),
            shape=alt.Shape("split:N", title="split", scale=alt.Scale(domain=list(SPLIT_NAMES)), legend=LEGEND),
            opacity=picked("chosen_split"),
            tooltip=["template:N", "split:N", alt.Tooltip("videos:Q", format=","), "share_of_split:Q"],
        )
        .add_params(legend_choice("chosen_split", "split"))
    )
    diagonal = (
        chart_of(data)
        .mark_line(color=AXIS, strokeDash=[4, 4])
        .encode(x=alt.X("share_of_all:Q", scale=scale), y=alt.Y("share_of_all:Q", scale=scale))
    )
    return wide(diagonal + points, height=360)


def template_mix(data: str) -> Specification:
    """Bars: share of each kind among the events of one template, with a tick for its share among all events."""
    base = (
        chart_of(data)
        .transform_calculate(kind=KIND)
        .encode(
            y=alt.Y("kind:N", title=None, axis=KIND_AXIS),
            tooltip=["action:N", "agent:N", EVENTS, SHARE, alt.Tooltip("overall_share:Q", format=".1%")],
        )
    )
    bars = base.mark_bar(height=14).encode(
        x=alt.X("share:Q", title="share of events", axis=alt.Axis(format="%", tickCount=5)),
        color=action_color(legend=None),
    )
    ticks = base.mark_tick(color=INK, thickness=3, height=20).encode(x="overall_share:Q")
    return wide(bars + ticks, height=180, width=400)


def template_timing(data: str) -> Specification:
    """Bars: events of one template on each frame number, by action."""
    return wide(
        chart_of(data)
        .mark_bar()
        .encode(
            x=alt.X("frame_number:Q", title="frame", scale=alt.Scale(nice=False, padding=8), axis=WHOLE),
            y=alt.Y("sum(events):Q", title="events", axis=WHOLE),
            color=action_color(),
            tooltip=["frame_number:Q", "action:N", alt.Tooltip("sum(events):Q", title="events", format=",")],
        ),
        height=200,
        width=400,
    )
