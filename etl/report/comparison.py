"""Two warehouses side by side: counts, mix and timing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import altair as alt

from etl.pages.answers import Answer, Answers, Question
from etl.pages.blocks import Block, Column, Facts, Figure, Section, Text, table
from etl.pages.chart_style import BLUE, EVENTS, KIND, KIND_AXIS, SHARE, VERMILION, Specification, chart_of, panels, wide
from etl.wording import counted

__all__ = ["compare"]

Label = tuple[str, str]

TOTALS = ("events", "contacts", "releases", "videos", "unassigned_videos", "templates_with_videos", "intervals")


def compare(these: Answers, others: Answers, labels: Label, datasets: tuple[str, str]) -> tuple[Section, Answers]:
    """Return the section that compares two warehouses, and its answers: both sides and their difference.

    `labels` name the two warehouses; `datasets` say what each was built from.
    """
    kinds = ("action", "agent")
    answers = {
        answer.question.name: answer
        for answer in (
            _totals(these["totals"], others["totals"]),
            _joined(these["event_mix"], others["event_mix"], kinds, {"events": 0, "share": 0.0}),
            _joined(
                these["hold_times"], others["hold_times"], ("agent",), {"intervals": 0, "hold_frames_median": None}
            ),
            _joined(
                _by_kind(these["timing_quantiles"]),
                _by_kind(others["timing_quantiles"]),
                kinds,
                dict.fromkeys(("frame_p25", "frame_median", "frame_p75")),
            ),
            _stacked(these["event_mix"], others["event_mix"], labels, "compared_mix"),
            _stacked(these["timing_by_five_frames"], others["timing_by_five_frames"], labels, "compared_timing"),
        )
    }
    events = [answer["totals"].first("events") for answer in (these, others)]
    last_frame = max(answer["totals"].first("last_frame") or 0 for answer in (these, others))
    n = f"n = {events[0]:,} and {counted(events[1], 'event')}."
    blocks: list[Block] = [
        Facts(tuple(zip(labels, datasets, strict=True))),
        Text(f"Each difference is {labels[1]} − {labels[0]}; those of shares are in percentage points."),
        _table(answers["compared_totals"], "Counts", ["measure"], [("count", "count")], labels),
        _figure(answers["compared_mix"], "Mix of actions and agents", n, _mix_chart, labels),
        _table(
            answers["compared_event_mix"],
            "Events by action and agent",
            list(kinds),
            [("events", "count"), ("share", "share")],
            labels,
        ),
        _figure(
            answers["compared_timing"],
            "When events happen, in steps of five frames",
            f"{n} Shares are of each warehouse's events of the panel.",
            partial(_timing_chart, last_frame=last_frame),
            labels,
        ),
        _table(
            answers["compared_timing_quantiles"],
            "Quartiles of the frame number",
            list(kinds),
            [("frame_p25", "number"), ("frame_median", "number"), ("frame_p75", "number")],
            labels,
        ),
        _table(
            answers["compared_hold_times"],
            "Hold times by agent",
            ["agent"],
            [("intervals", "count"), ("hold_frames_median", "number")],
            labels,
        ),
    ]
    return Section("comparison", "Comparison", blocks), answers


def _totals(this: Answer, other: Answer) -> Answer:
    rows = tuple((name.replace("_", " "), *_sides(this.first(name), other.first(name))) for name in TOTALS)
    return Answer(_question("compared_totals", this), ("measure", *_columns("count")), rows)


def _joined(this: Answer, other: Answer, keys: Sequence[str], values: Mapping[str, Any]) -> Answer:
    """Join two answers on their keys; `values` has each value's substitute if one side lacks the row: 0, or unknown."""
    sides = [{tuple(row[key] for key in keys): row for row in answer.records()} for answer in (this, other)]
    rows = []
    for key in sorted(sides[0].keys() | sides[1].keys()):
        row: list[Any] = list(key)
        for value, absent in values.items():
            row += _sides(*(side[key][value] if key in side else absent for side in sides))
        rows.append(tuple(row))
    columns = (*keys, *(column for value in values for column in _columns(value)))
    return Answer(_question(f"compared_{this.question.name}", this), columns, tuple(rows))


def _stacked(this: Answer, other: Answer, labels: Label, name: str) -> Answer:
    """Put one answer below the other, with a first column that says which side a row is from."""
    rows = tuple((label, *row) for label, answer in zip(labels, (this, other), strict=True) for row in answer.rows)
    return Answer(_question(name, this), ("warehouse", *this.columns), rows)


def _by_kind(answer: Answer) -> Answer:
    position = answer.columns.index("grouped_by")
    rows = tuple(row for row in answer.rows if row[position] == "action and agent")
    return Answer(answer.question, answer.columns, rows)


def _columns(value: str) -> tuple[str, str, str]:
    return f"{value}_this", f"{value}_other", f"{value}_difference"


def _sides(this: Any, other: Any) -> tuple[Any, Any, Any]:
    return this, other, None if this is None or other is None else round(other - this, 9) + 0


def _question(name: str, answer: Answer) -> Question:
    return replace(answer.question, name=name)


def _table(answer: Answer, title: str, keys: list[str], values: list[tuple[str, str]], labels: Label) -> Block:
    columns = [Column(key, key) for key in keys]
    for value, form in values:
        name = value.replace("_", " ")
        heads = (f"{name}: {labels[0]}", f"{name}: {labels[1]}", "difference")
        forms = (form, form, "points" if form == "share" else form)
        columns += [Column(*column) for column in zip(_columns(value), heads, forms, strict=True)]
    return table(answer, title, columns)


def _figure(answer: Answer, title: str, note: str, chart: Any, labels: Label) -> Figure:
    name = answer.question.name
    return Figure(name, title, note, chart(name, labels), answer.question)


def _mix_chart(data: str, labels: tuple[str, str]) -> Specification:
    """Bars: share of each kind of event, one bar for each warehouse."""
    return wide(
        chart_of(data)
        .transform_calculate(kind=KIND)
        .mark_bar()
        .encode(
            y=alt.Y("kind:N", title=None, axis=KIND_AXIS),
            yOffset=alt.YOffset("warehouse:N", sort=list(labels)),
            x=alt.X("share:Q", title="share of the warehouse's events", axis=alt.Axis(format="%")),
            color=_warehouse_color(labels),
            tooltip=["warehouse:N", "action:N", "agent:N", EVENTS, SHARE],
        ),
        height=240,
    )


def _timing_chart(data: str, labels: tuple[str, str], last_frame: int) -> Specification:
    """Panels by action and agent: share of the kind's events in every five frames, one bar for each warehouse."""
    steps = list(range(0, last_frame + 1, 5))
    bars = (
        chart_of(data)
        .mark_bar()
        .encode(
            x=alt.X(
                "frame_number:O",
                title="frame, in steps of 5",
                scale=alt.Scale(domain=steps),
                axis=alt.Axis(labelAngle=0, format="d"),
            ),
            xOffset=alt.XOffset("warehouse:N", sort=list(labels)),
            y=alt.Y("share:Q", title="share of events", axis=alt.Axis(format="%", tickCount=4)),
            color=_warehouse_color(labels),
            tooltip=["warehouse:N", "action:N", "agent:N", alt.Tooltip("frame_number:Q", title="from"), EVENTS, SHARE],
        )
    )
    return panels(bars, KIND, counted=False)


def _warehouse_color(labels: tuple[str, str]) -> alt.Color:
    scale = alt.Scale(domain=list(labels), range=[BLUE, VERMILION])
    return alt.Color("warehouse:N", title=None, scale=scale, legend=alt.Legend(orient="top", columns=1))
