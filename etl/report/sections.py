"""The sections of a report, in order: which answers they show, and how they are introduced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from etl.report import charts
from etl.report.answers import Answer, Answers
from etl.report.charts import CELL_PX
from etl.report.model import Block, Column, Figure, Section, Text, table
from etl.report.questions import quality_questions
from etl.views import load_views

__all__ = ["SECTIONS", "build_section", "picture_reach"]

QUALITY_READING = "A row is worth a look, not by itself a mistake."
MEASURES = (
    ("timing_by_second", "When events happen, by second", "time_s", "time in seconds", "seconds"),
    (
        "timing_by_position",
        "When events happen, by relative position in the video",
        "relative_position",
        "relative position",
        "first frame 0, last frame 1",
    ),
)
QUARTILES = (
    Column("events", "events", "count"),
    Column("frame_p25", "frame, 25 %", "number"),
    Column("frame_median", "median", "number"),
    Column("frame_p75", "75 %", "number"),
    Column("time_s_p25", "seconds, 25 %", "ratio"),
    Column("time_s_median", "median", "ratio"),
    Column("time_s_p75", "75 %", "ratio"),
    Column("position_p25", "position, 25 %", "ratio"),
    Column("position_median", "median", "ratio"),
    Column("position_p75", "75 %", "ratio"),
)
LEGEND_HINT = "A click on a split in the legend shows it alone."


def overview(answers: Answers) -> list[Block]:
    """Counts: in all, by action and agent, by split, events per video."""
    totals = answers["totals"]
    events, videos = totals.first("events"), totals.first("videos")
    return [
        table(
            totals,
            "What there is",
            [
                Column("videos", "videos", "count"),
                Column("unassigned_videos", "in no split", "count"),
                Column("templates_with_videos", "templates", "count"),
                Column("events", "events", "count"),
                Column("contacts", "contacts", "count"),
                Column("releases", "releases", "count"),
                Column("intervals", "contact → release intervals", "count"),
            ],
        ),
        _figure(
            answers["event_mix"], "Events by agent and action", f"n = {events:,} events.", charts.event_mix("event_mix")
        ),
        table(
            answers["event_mix"],
            "Events by action and agent",
            [
                Column("action", "action"),
                Column("agent", "agent"),
                Column("events", "events", "count"),
                Column("share", "share", "share"),
                Column("videos", "videos with such an event", "count"),
            ],
        ),
        table(
            answers["split_distribution"],
            "Splits side by side",
            [
                Column("split", "split"),
                Column("videos", "videos", "count"),
                Column("video_share", "share of videos", "share"),
                Column("templates", "templates", "count"),
                Column("events", "events", "count"),
                Column("event_share", "share of events", "share"),
                Column("events_per_video", "events per video", "ratio"),
                Column("contacts", "contacts", "count"),
                Column("releases", "releases", "count"),
            ],
        ),
        _figure(
            answers["events_per_video"],
            "Events per video, in each split",
            f"n = {videos:,} videos. {_split_sizes(answers)}",
            charts.events_per_video("events_per_video"),
            hint=LEGEND_HINT,
        ),
    ]


def timing(answers: Answers) -> list[Block]:
    """When events happen, and how long something is held."""
    events = answers["totals"].first("events")
    blocks: list[Block] = [
        _figure(
            answers["timing_by_frame"],
            "When events happen, by frame",
            f"n = {events:,} events; shares are of each panel's.",
            charts.kind_histogram("timing_by_frame", "frame_number", "frame"),
        )
    ]
    for name, title, column, known, axis in MEASURES:
        if answers[name].rows:
            note = f"n = {answers[name].first('total'):,} events whose {known} is known; shares are of each panel's."
            blocks.append(_figure(answers[name], title, note, charts.kind_histogram(name, column, axis)))
        else:
            blocks.append(Text(f"No event's {known} is known: that takes decoded videos."))
    quantiles = answers["timing_quantiles"]
    blocks += [
        table(
            _grouped(quantiles, "action and agent"),
            "Quartiles of frame, time and relative position by action and agent",
            [Column("action", "action"), Column("agent", "agent"), *QUARTILES],
            name="timing_by_kind",
        ),
        table(
            _grouped(quantiles, "all", "split"),
            "Quartiles of frame, time and relative position in all and by split",
            [Column("grouped_by", "of"), Column("split", "split"), *QUARTILES],
            name="timing_by_split",
        ),
    ]
    intervals = answers["totals"].first("intervals")
    if intervals:
        blocks.append(
            _figure(
                answers["hold_distribution"],
                "How long something is held: frames from a contact to the release that follows",
                f"n = {intervals:,} contact → release intervals; shares are of each panel's.",
                charts.hold_times("hold_distribution"),
            )
        )
    blocks.append(
        table(
            answers["hold_times"],
            "Hold times by agent",
            [
                Column("agent", "agent"),
                Column("contacts", "contacts", "count"),
                Column("releases", "releases", "count"),
                Column("intervals", "intervals", "count"),
                Column("released_share", "contacts released", "share"),
                Column("hold_frames_p25", "frames held, 25 %", "number"),
                Column("hold_frames_median", "median", "number"),
                Column("hold_frames_p75", "75 %", "number"),
                Column("hold_s_p25", "seconds held, 25 %", "ratio"),
                Column("hold_s_median", "median", "ratio"),
                Column("hold_s_p75", "75 %", "ratio"),
            ],
        )
    )
    return blocks


def coordinates(answers: Answers) -> list[Block]:
    """Where in the picture events happen, and where points go."""
    events = answers["totals"].first("events")
    width, height = picture_reach(answers["coordinate_heat_map"])
    blocks: list[Block] = [
        Text(
            "Pixels of the original picture, in squares of 20 × 20. The origin is at the top left, as in the picture: "
            "x grows to the right, y downwards. Pictures differ in width; the axes reach as far as the events do."
        ),
        _figure(
            answers["coordinate_heat_map"],
            "Where in the picture events happen",
            f"n = {events:,} events; shares are of each panel's.",
            charts.heat_map("coordinate_heat_map", width_px=width, height_px=height),
        ),
        _figure(
            answers["coordinate_columns"],
            "Marginal distribution of x, from the left edge to the right",
            f"n = {events:,} events; shares are of each panel's.",
            charts.kind_histogram("coordinate_columns", "x_px", "x (px)"),
        ),
        _figure(
            answers["coordinate_rows"],
            "Marginal distribution of y, from the top edge down",
            f"n = {events:,} events; shares are of each panel's.",
            charts.kind_histogram("coordinate_rows", "y_px", "y (px)"),
        ),
    ]
    displacements = answers["displacement_grid"]
    if displacements.rows:
        cells = [abs(record[axis]) for record in displacements.records() for axis in ("cell_dx", "cell_dy")]
        blocks.append(
            _figure(
                displacements,
                "Where the point goes from a contact to its release",
                f"n = {displacements.first('total'):,} contact → release intervals; in the middle the point stays.",
                charts.displacement_map("displacement_grid", reach_px=max(cells) * CELL_PX + CELL_PX // 2),
            )
        )
    return blocks


def templates(answers: Answers) -> list[Block]:
    """All templates in one table; the page shows more of each on demand."""
    return [
        table(
            answers["templates"],
            "All templates",
            [
                Column("template", "template", "long"),
                Column("videos", "videos", "count"),
                Column("video_share", "share of videos", "share"),
                Column("events", "events", "count"),
                Column("event_share", "share of events", "share"),
                Column("events_per_video", "events per video", "ratio"),
                Column("frame_median", "median frame", "number"),
                Column("divergence_bits", "divergence (bit)", "bits"),
                Column("commonest_sequence", "commonest sequence", "long"),
            ],
            note="Divergence is that of the template's mix of actions and agents from the mix of all events "
            "(Jensen–Shannon, 0 to 1); with few events it is large by chance alone.",
        )
    ]


def sequences(answers: Answers) -> list[Block]:
    """In which order events happen, and which follows which."""
    blocks: list[Block] = [
        table(
            answers["signature_counts"],
            "The commonest sequences of events",
            [
                Column("signature", "sequence", "long"),
                Column("events", "events", "count"),
                Column("videos", "videos", "count"),
                Column("video_share", "share of videos", "share"),
                Column("templates", "templates", "count"),
            ],
            note=f"n = {answers['totals'].first('videos_with_events'):,} videos.",
        )
    ]
    followed = answers["transition_counts"]
    if followed.rows:
        blocks.append(
            _figure(
                followed,
                "Which event follows which",
                f"n = {followed.first('total'):,} pairs of events that follow each other in a video.",
                charts.transitions("transition_counts"),
            )
        )
    return blocks


def splits(answers: Answers) -> list[Block]:
    """How alike the splits are."""
    return [
        _figure(
            answers["split_mix"],
            "Mix of actions and agents in each split",
            f"n = {answers['totals'].first('events'):,} events.",
            charts.split_mix("split_mix"),
            hint=LEGEND_HINT,
        ),
        _figure(
            answers["split_templates"],
            "Share of each template in each split, over its share of all videos",
            f"n = {answers['totals'].first('videos'):,} videos. {_split_sizes(answers)} Each point is a template that "
            "has a video in the split; on the dashed line the split has as much of it as the whole.",
            charts.split_templates("split_templates"),
            hint=LEGEND_HINT,
        ),
        table(
            answers["split_balance"],
            "How far apart the splits are",
            [
                Column("dimension", "of"),
                Column("split", "split"),
                Column("other_split", "other split"),
                Column("sample_size", "n", "count"),
                Column("other_sample_size", "other n", "count"),
                Column("divergence_bits", "divergence (bit)", "bits"),
                Column("chance_bits", "by chance (bit)", "bits"),
            ],
            note="Jensen–Shannon divergence, 0 (alike) to 1, beside what two random samples of these sizes would have.",
        ),
        table(
            answers["templates_without_split"],
            "Templates that occur in no split",
            [
                Column("template", "template", "long"),
                Column("videos", "videos", "count"),
                Column("events", "events", "count"),
            ],
        ),
    ]


def quality(answers: Answers) -> list[Block]:
    """Every view of the family quality: how many rows it finds, and some of them."""
    blocks: list[Block] = [Text(QUALITY_READING)]
    by_name = {view.name: view for view in load_views()}
    for question in quality_questions():
        answer, view = answers[question.name], by_name[question.name]
        found = answer.first("found")
        columns = [Column(name, name.replace("_", " "), _format(answer, name)) for name in answer.columns[1:]]
        shown = len(answer.rows)
        first = f" The first {shown}:" if found > shown else ""
        title = f"{view.question} {found:,} row{'' if found == 1 else 's'}"
        blocks.append(table(answer, title, columns, note=f"{view.grain} {view.reading}{first}"))
    return blocks


SECTIONS: dict[str, tuple[str, Callable[[Answers], list[Block]]]] = {
    "overview": ("Overview", overview),
    "timing": ("Timing", timing),
    "coordinates": ("Coordinates", coordinates),
    "templates": ("Templates", templates),
    "sequences": ("Sequences and transitions", sequences),
    "splits": ("Splits", splits),
    "quality": ("Quality", quality),
}


def build_section(name: str, answers: Answers) -> Section:
    """Return a section of `SECTIONS` over the answers."""
    title, blocks = SECTIONS[name]
    return Section(name, title, blocks(answers))


def picture_reach(cells: Answer) -> tuple[int, int]:
    """Return width and height in pixels of the smallest picture of whole squares that holds every event."""
    records = cells.records()
    width, height = (max(record[axis] for record in records) + 1 for axis in ("cell_x", "cell_y"))
    return width * CELL_PX, height * CELL_PX


def _figure(answer: Answer, title: str, note: str, specification: charts.Specification, *, hint: str = "") -> Figure:
    return Figure(answer.question.name, title, note, specification, answer.question, hint)


def _grouped(quantiles: Answer, *groups: str) -> Answer:
    """Return the rows of timing_quantiles that are of these groups."""
    position = quantiles.columns.index("grouped_by")
    return replace(quantiles, rows=tuple(row for row in quantiles.rows if row[position] in groups))


def _split_sizes(answers: Answers) -> str:
    sizes = [f"{record['split']} {record['videos']:,}" for record in answers["split_distribution"].records()]
    return f"Videos: {', '.join(sizes)}."


def _format(answer: Answer, column: str) -> str:
    if column == "template":
        return "long"
    kinds = {type(record[column]) for record in answer.records()}
    return "number" if float in kinds else "count" if int in kinds else "text"
