"""The charts of a report, as Vega-Lite specifications without data: each names the answer that it draws."""

from __future__ import annotations

import altair as alt

from etl.pages.chart_style import (
    EVENTS,
    GREEN,
    INK,
    KIND,
    KIND_AXIS,
    PANEL_WIDTH,
    SHARE,
    SPLIT_NAMES,
    WHOLE,
    Specification,
    action_color,
    chart_of,
    few_ticks,
    heat_color,
    legend_choice,
    panels,
    picked,
    split_color,
    wide,
)
from etl.schema import ACTIONS, AGENTS, CELL_PX

__all__ = [
    "displacement_map",
    "event_mix",
    "events_per_video",
    "heat_map",
    "hold_times",
    "kind_histogram",
    "relative_heat_map",
    "survival",
    "transitions",
]


def event_mix(data: str) -> Specification:
    """Bars: events of each agent, one bar for each action."""
    base = chart_of(data).encode(
        y=alt.Y("agent:N", title=None, scale=alt.Scale(domain=list(AGENTS)), axis=alt.Axis(minExtent=90)),
        yOffset=alt.YOffset("action:N", sort=list(ACTIONS)),
        x=alt.X("events:Q", title="events", scale=alt.Scale(nice=True), axis=alt.Axis(format=",d", tickMinStep=1)),
        tooltip=["action:N", "agent:N", EVENTS, SHARE, alt.Tooltip("videos:Q", format=",")],
    )
    bars = base.mark_bar().encode(color=action_color())
    labels = base.mark_text(align="left", dx=4, color=INK).encode(text=alt.Text("events:Q", format=","))
    return wide(bars + labels, height=150)


def events_per_video(data: str, *, most: int) -> Specification:
    """Bars: share of each split's videos by their number of events, up to `most`; the legend picks a split."""
    return wide(
        chart_of(data)
        .mark_bar()
        .encode(
            x=alt.X(
                "events:O",
                title="events in the video",
                scale=alt.Scale(domain=list(range(most + 1))),
                axis=alt.Axis(labelAngle=0),
            ),
            xOffset=alt.XOffset("split:N", sort=list(SPLIT_NAMES)),
            y=alt.Y("share:Q", title="share of the split's videos", axis=alt.Axis(format="%")),
            color=split_color(),
            opacity=picked("chosen_split"),
            tooltip=["split:N", alt.Tooltip("events:O"), alt.Tooltip("videos:Q", format=","), SHARE],
        )
        .add_params(legend_choice("chosen_split", "split")),
        height=260,
    )


def kind_histogram(data: str, column: str, title: str) -> Specification:
    """Panels by action and agent: share of the kind's events in each bin from `column` to `<column>_end`."""
    bars = (
        chart_of(data)
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X(f"{column}:Q", title=title, bin="binned", scale=alt.Scale(zero=True)),
            x2=f"{column}_end",
            y=alt.Y("share:Q", title="share of events", axis=alt.Axis(format="%", tickCount=4)),
            color=action_color(legend=None),
            tooltip=["action:N", "agent:N", alt.Tooltip(f"{column}:Q", title="from"), EVENTS, SHARE],
        )
    )
    return panels(bars, KIND)


def hold_times(data: str) -> Specification:
    """Panels by agent: share of the agent's intervals by their length in frames."""
    bars = (
        chart_of(data)
        .mark_bar(color=GREEN)
        .encode(
            x=alt.X(
                "hold_frames:Q",
                title="frames from contact to release",
                scale=alt.Scale(nice=False, padding=6),
                axis=WHOLE,
            ),
            y=alt.Y("share:Q", title="share of intervals", axis=alt.Axis(format="%", tickCount=4)),
            tooltip=["agent:N", "hold_frames:Q", alt.Tooltip("intervals:Q", format=","), SHARE],
        )
    )
    return panels(bars, "datum.agent")


def survival(data: str) -> Specification:
    """Panels by agent: the share of contacts that still last after each number of frames, with its interval."""
    base = chart_of(data).encode(
        x=alt.X("frames:Q", title="frames since the contact", scale=alt.Scale(nice=False, domainMin=0), axis=WHOLE),
    )
    share = alt.Scale(domain=[0, 1])
    band = base.mark_area(color=GREEN, opacity=0.25, interpolate="step-after").encode(
        y=alt.Y("lasting_share_low:Q", title="share that still lasts", scale=share), y2="lasting_share_high:Q"
    )
    curve = base.mark_line(color=GREEN, interpolate="step-after").encode(
        y=alt.Y("lasting_share:Q", axis=alt.Axis(format="%", tickCount=4), scale=share),
        tooltip=[
            "agent:N",
            "frames:Q",
            alt.Tooltip("lasting_share:Q", format=".1%"),
            alt.Tooltip("at_risk:Q", format=","),
            alt.Tooltip("released:Q", format=","),
            alt.Tooltip("censored:Q", format=","),
        ],
    )
    return panels(band + curve, "datum.agent")


def relative_heat_map(data: str) -> Specification:
    """Tenths of the width and height of the picture, origin top left; panels by action and agent."""
    squares = (
        chart_of(data)
        .transform_calculate(left="datum.cell_x / 10", top="datum.cell_y / 10")
        .transform_calculate(right="datum.left + 0.1", bottom="datum.top + 0.1")
        .mark_rect()
        .encode(
            x=alt.X("left:Q", title="part of the width", scale=alt.Scale(nice=False), axis=few_ticks()),
            x2="right:Q",
            y=alt.Y("top:Q", title="part of the height", scale=alt.Scale(nice=False, reverse=True), axis=few_ticks()),
            y2="bottom:Q",
            color=heat_color("share:Q", "share of the panel's events"),
            tooltip=["action:N", "agent:N", SHARE, "left:Q", "top:Q", alt.Tooltip("events:Q", format=",")],
        )
    )
    return panels(squares, KIND, is_picture=True)


def heat_map(data: str, *, width_px: int, height_px: int, by_kind: bool = True) -> Specification:
    """Squares of CELL_PX pixels over the picture, origin top left; panels by action and agent unless not `by_kind`."""
    squares = (
        chart_of(data)
        .transform_calculate(
            left=f"datum.cell_x * {CELL_PX}",
            right=f"(datum.cell_x + 1) * {CELL_PX}",
            top=f"datum.cell_y * {CELL_PX}",
            bottom=f"(datum.cell_y + 1) * {CELL_PX}",
        )
        .mark_rect()
        .encode(
            x=alt.X("left:Q", title="x (px)", scale=alt.Scale(domain=[0, width_px], nice=False), axis=few_ticks()),
            x2="right:Q",
            y=alt.Y(
                "top:Q",
                title="y (px)",
                scale=alt.Scale(domain=[0, height_px], nice=False, reverse=True),
                axis=few_ticks(),
            ),
            y2="bottom:Q",
            color=heat_color("share:Q", "share of the panel's events")
            if by_kind
            else heat_color("sum(events):Q", "events", is_count=True),
            tooltip=[
                *(["action:N", "agent:N", SHARE] if by_kind else []),
                alt.Tooltip("left:Q", title="x from"),
                alt.Tooltip("top:Q", title="y from"),
                alt.Tooltip("sum(events):Q", title="events", format=","),
            ],
        )
    )
    if by_kind:
        return panels(squares, KIND, height=round(PANEL_WIDTH * height_px / width_px), is_picture=True)
    return wide(squares, height=round(360 * height_px / width_px), width=400, is_picture=True)


def displacement_map(data: str, *, reach_px: int) -> Specification:
    """Panels by agent: where the point goes from contact to release; no movement is the middle, up is up."""
    domain = [-reach_px, reach_px]
    half = CELL_PX // 2
    squares = (
        chart_of(data)
        .transform_calculate(
            left=f"datum.cell_dx * {CELL_PX} - {half}",
            right=f"datum.cell_dx * {CELL_PX} + {half}",
            top=f"datum.cell_dy * {CELL_PX} - {half}",
            bottom=f"datum.cell_dy * {CELL_PX} + {half}",
        )
        .mark_rect()
        .encode(
            x=alt.X("left:Q", title="to the right (px)", scale=alt.Scale(domain=domain, nice=False), axis=few_ticks()),
            x2="right:Q",
            y=alt.Y(
                "top:Q", title="down (px)", scale=alt.Scale(domain=domain, nice=False, reverse=True), axis=few_ticks()
            ),
            y2="bottom:Q",
            color=heat_color("share:Q", "share of the panel's intervals", scale="sqrt"),
            tooltip=["agent:N", "cell_dx:Q", "cell_dy:Q", alt.Tooltip("intervals:Q", format=","), SHARE],
        )
    )
    return panels(squares, "datum.agent", height=PANEL_WIDTH, is_picture=True)


def transitions(data: str) -> Specification:
    """A matrix: share of the transitions from each kind of event (rows) to each kind (columns)."""
    base = (
        chart_of(data)
        .transform_calculate(earlier=KIND, later="datum.next_action + ' · ' + datum.next_agent")
        .transform_joinaggregate(largest="max(share)")
        .encode(
            x=alt.X(
                "later:N",
                title="the event after it",
                axis=alt.Axis(labelAngle=-40, labelLimit=200, labelOverlap=False, minExtent=105),
            ),
            y=alt.Y("earlier:N", title="the event", axis=KIND_AXIS),
            tooltip=[
                alt.Tooltip("earlier:N", title="event"),
                alt.Tooltip("later:N", title="then"),
                alt.Tooltip("transitions:Q", format=","),
                SHARE,
                alt.Tooltip("gap_frames_median:Q", title="median frames between"),
            ],
        )
    )
    squares = base.mark_rect().encode(color=heat_color("share:Q", "share of the row"))
    shares = base.mark_text(fontSize=11).encode(
        text=alt.Text("share:Q", format=".0%"),
        color=alt.condition("datum.share > 0.65 * datum.largest", alt.value("white"), alt.value("black")),
    )
    return wide(squares + shares, height=230, width=560, is_picture=True)
