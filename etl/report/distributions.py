"""The sections that show distributions: when events happen, and where in the picture."""

from __future__ import annotations

from dataclasses import replace

from etl.pages.answers import Answer, Answers
from etl.pages.blocks import Block, Column, Text, figure, shown, table
from etl.report.kept_charts import charts
from etl.schema import CELL_PX
from etl.wording import counted

__all__ = ["coordinates", "picture_reach", "timing"]

MEASURES = (
    (
        "timing_by_second",
        "When events happen, by second",
        "time_s",
        "time in seconds",
        "seconds",
        "no video was decoded and no frame rate assumed",
    ),
    (
        "timing_by_position",
        "When events happen, by relative position in the video",
        "relative_position",
        "relative position",
        "first frame 0, last frame 1",
        "no video was decoded",
    ),
)
QUARTILES = (
    Column("events", "events", "count"),
    Column("frame_p25", "frame: 25%", "number"),
    Column("frame_median", "frame: median", "number"),
    Column("frame_p75", "frame: 75%", "number"),
    Column("time_s_p25", "seconds: 25%", "ratio"),
    Column("time_s_median", "seconds: median", "ratio"),
    Column("time_s_p75", "seconds: 75%", "ratio"),
    Column("position_p25", "position: 25%", "ratio"),
    Column("position_median", "position: median", "ratio"),
    Column("position_p75", "position: 75%", "ratio"),
)


def timing(answers: Answers) -> list[Block]:
    """When events happen, and how long contact lasts."""
    events = answers["totals"].first("events")
    quantiles = answers["timing_quantiles"]
    assumed = _assumed(quantiles)
    blocks: list[Block] = [
        figure(
            answers["timing_by_frame"],
            "When events happen, by frame",
            f"n = {counted(events, 'event')}; shares are of each panel's events.",
            charts.kind_histogram("timing_by_frame", "frame_number", "frame"),
        )
    ]
    for name, title, column, known, axis, missing in MEASURES:
        if answers[name].rows:
            n = counted(answers[name].first("total"), "event")
            note = f"n = {n} whose {known} is known; shares are of each panel's events."
            if column == "time_s" and assumed:
                note += f" {assumed}"
            blocks.append(figure(answers[name], title, note, charts.kind_histogram(name, column, axis)))
        else:
            blocks.append(Text(f"No event's {known} is known: {missing}."))
    blocks += [
        table(
            _grouped(quantiles, "action and agent"),
            "Quartiles of when events happen, by action and agent",
            [Column("action", "action"), Column("agent", "agent"), *QUARTILES],
            name="timing_by_kind",
            note=assumed,
        ),
        table(
            _grouped(quantiles, "all", "split"),
            "Quartiles of when events happen, in all and by split",
            [Column("grouped_by", "of"), Column("split", "split"), *QUARTILES],
            name="timing_by_split",
            note=assumed,
        ),
    ]
    intervals = answers["totals"].first("intervals")
    if intervals:
        blocks.append(
            figure(
                answers["hold_distribution"],
                "How long contact lasts if the labels show its end: frames from a contact to the release",
                f"n = {counted(intervals, 'contact')} whose next event by the same agent is a release; "
                "shares are of each panel's contacts. A hand holds, an object rests on a surface, two objects touch.",
                charts.hold_times("hold_distribution"),
            )
        )
    blocks += _survival(answers)
    blocks.append(
        table(
            answers["hold_times"],
            "From contact to release, by agent",
            [
                Column("agent", "agent"),
                Column("contacts", "contacts", "count"),
                Column("releases", "releases", "count"),
                Column("intervals", "released next", "count"),
                Column("next_release_share", "share released next", "share"),
                Column("later_releases", "released later or next", "count"),
                Column("later_release_share", "share released later or next", "share"),
                Column("unambiguous_intervals", "the agent's only two events", "count"),
                Column("hold_frames_p25", "frames: 25%", "number"),
                Column("hold_frames_median", "frames: median", "number"),
                Column("hold_frames_p75", "frames: 75%", "number"),
                Column("hold_s_p25", "seconds: 25%", "ratio"),
                Column("hold_s_median", "seconds: median", "ratio"),
                Column("hold_s_p75", "seconds: 75%", "ratio"),
            ],
            note="Released next: the agent's next event in the video is a release; the frames and seconds are those "
            "of these contacts. Released later or next: the agent has any later release in the video, which several "
            f"contacts may share. {assumed}".strip(),
        )
    )
    return blocks


def _survival(answers: Answers) -> list[Block]:
    """How long contact lasts, including contacts that outlast their labels."""
    curves = answers["contact_survival"]
    if not curves.rows:
        return []
    medians = {row["agent"]: (row["median_frames"], row["n"]) for row in curves.records()}
    held = {row["agent"]: row["hold_frames_median"] for row in answers["hold_times"].records()}
    told = [
        f"{agent} {shown(median, 'count') if median is not None else 'more than the labels show'}"
        f" (of released contacts only: {shown(held.get(agent), 'number')})"
        for agent, (median, _) in medians.items()
    ]
    return [
        figure(
            curves,
            "How long contact lasts, including contacts that outlast their labels",
            f"n = {counted(sum(n for _, n in medians.values()), 'contact')}. "
            "The Kaplan–Meier estimate of the share that still lasts, with intervals of 95 %: a contact ends with the "
            "agent's next event if that is a release, and is censored at the agent's next contact or at the last "
            f"annotated or decoded frame. Median in frames: {'; '.join(told)}.",
            charts.survival("contact_survival"),
        )
    ]


def coordinates(answers: Answers) -> list[Block]:
    """Where in the picture events happen, and where points go."""
    events = answers["totals"].first("events")
    width, height = picture_reach(answers["coordinate_heat_map"])
    blocks: list[Block] = [
        Text(
            f"Pixels of the original picture, in squares of {CELL_PX} × {CELL_PX}. "
            "The origin is at the top left, as in the picture: x grows to the right, y downwards. "
            "Pictures differ in width; the axes reach as far as the events."
        ),
        figure(
            answers["coordinate_heat_map"],
            "Where in the picture events happen",
            f"n = {counted(events, 'event')}; shares are of each panel's events.",
            charts.heat_map("coordinate_heat_map", width_px=width, height_px=height),
        ),
        figure(
            answers["coordinate_columns"],
            "Marginal distribution of x, from the left edge to the right",
            f"n = {counted(events, 'event')}; shares are of each panel's events.",
            charts.kind_histogram("coordinate_columns", "x_px", "x (px)"),
        ),
        figure(
            answers["coordinate_rows"],
            "Marginal distribution of y, from the top edge down",
            f"n = {counted(events, 'event')}; shares are of each panel's events.",
            charts.kind_histogram("coordinate_rows", "y_px", "y (px)"),
        ),
    ]
    if answers["relative_heat_map"].rows:
        blocks.append(
            figure(
                answers["relative_heat_map"],
                "Where in the picture events happen, in tenths of its width and height",
                f"n = {counted(answers['relative_heat_map'].first('total'), 'event')} in decoded videos; "
                "shares are of each panel's.",
                charts.relative_heat_map("relative_heat_map"),
            )
        )
    blocks.append(
        table(
            answers["coordinate_quantiles"],
            "Centre, spread and quartiles of the points, in pixels",
            [
                Column("grouped_by", "of"),
                Column("action", "action"),
                Column("agent", "agent"),
                Column("split", "split"),
                Column("events", "events", "count"),
                Column("centre_x", "mean x", "number"),
                Column("centre_y", "mean y", "number"),
                Column("spread_px", "spread", "number"),
                Column("x_p25", "x: 25%", "number"),
                Column("x_median", "x: median", "number"),
                Column("x_p75", "x: 75%", "number"),
                Column("y_p25", "y: 25%", "number"),
                Column("y_median", "y: median", "number"),
                Column("y_p75", "y: 75%", "number"),
            ],
            note="Spread is the root of the mean squared distance to the centre. Quantiles are interpolated.",
        )
    )
    displacements = answers["displacement_grid"]
    if displacements.rows:
        cells = [abs(record[axis]) for record in displacements.records() for axis in ("cell_dx", "cell_dy")]
        blocks.append(
            figure(
                displacements,
                "Where the point goes from a contact to its release",
                f"n = {counted(displacements.first('total'), 'contact → release interval')}; "
                "in the middle the point does not move. The colours follow the square root of the share, so that rare "
                "squares are visible.",
                charts.displacement_map("displacement_grid", reach_px=max(cells) * CELL_PX + CELL_PX // 2),
            )
        )
    return blocks


def picture_reach(cells: Answer) -> tuple[int, int]:
    """Return width and height in pixels of the smallest picture of whole squares that holds every event."""
    records = cells.records()
    width, height = (max(record[axis] for record in records) + 1 for axis in ("cell_x", "cell_y"))
    return width * CELL_PX, height * CELL_PX


def _assumed(quantiles: Answer) -> str:
    """Say for how many events the seconds are assumed, not measured; empty if there are none."""
    (whole,) = _grouped(quantiles, "all").records()
    if not whole["assumed_events"]:
        return ""
    return (
        f"The seconds of {whole['assumed_events']:,} of {whole['timed_events']:,} events are assumed: their videos "
        "were not decoded, and are timed with the frame rate given under “What was built”."
    )


def _grouped(quantiles: Answer, *groups: str) -> Answer:
    """Return the rows of timing_quantiles for these groups."""
    position = quantiles.columns.index("grouped_by")
    return replace(quantiles, rows=tuple(row for row in quantiles.rows if row[position] in groups))
