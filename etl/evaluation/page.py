"""The page of an evaluation, in the style of the statistics report: every number comes from evaluation.duckdb."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import altair as alt

from etl.dataset.provenance import Provenance
from etl.evaluation.choices import BASELINE_NAMES
from etl.pages.answers import Answers, Question
from etl.pages.answers import ask as ask_views
from etl.pages.blocks import Block, Column, Figure, Section, Text, table
from etl.pages.chart_style import LEGEND, chart_of, panels
from etl.pages.render import figure_to_svg, sections_to_page
from etl.pages.statistics import answer_to_json, statistics_to_json

if TYPE_CHECKING:
    import duckdb

__all__ = ["evaluation_page"]

BASELINES = [name.replace("_", " ") for name in BASELINE_NAMES]
QUESTIONS = {
    "scores": "select * from scores where class = 'all' and tolerance_px is null",
    "by_tolerance": "from score_by_tolerance",
    "place_scores": "select * from scores where class = 'all' and tolerance_px is not null",
    "breakdown": "select * from breakdown where tolerance_frames = 2 and grouped_by != 'template' order by all",
    "unparsed": """
select predictions, location, answer from unparsed_answers
qualify row_number() over (partition by predictions) <= 100""",
    "differences": "select * from score_differences where class = 'all' and tolerance_px is null",
    "precision_recall": """
select * from precision_recall
where found % greatest(1, (found / recall)::integer) = 0 or found = 1
order by all""",
    "frame_errors": "select * from frame_error_counts order by all",
    "pixel_errors": "select * from pixel_error_counts order by all",
    "templates_by_recall": "from template_failures where tolerance_frames = 2",
    "worst_videos": """
from video_failures
qualify row_number() over (partition by predictions order by missed desc, false_alarms desc, video_id) <= 30
order by predictions, missed desc, false_alarms desc, video_id""",
}
LOOK = "To see the labels and predictions there: contact-release suspects --predictions FILE --video ID --sheet DIR"
VIEWS = {
    "by_tolerance": ("score_by_tolerance",),
    "precision_recall": ("precision_recall",),
    "frame_errors": ("frame_error_counts",),
    "pixel_errors": ("pixel_error_counts",),
    "templates_by_recall": ("template_failures",),
    "worst_videos": ("video_failures",),
}
NAME_COLUMNS = (
    *(Column("predictions", "file"), Column("measure", "measure"), Column("statistic", "score")),
    Column("tolerance_frames", "frames", "number"),
)
VALUE_COLUMNS = (
    *(Column(name, name.replace("_", " "), "ratio") for name in ("value", "low", "high", "standard_error")),
    Column("events", "events", "count"),
    *(Column(name, name.replace("_", " "), "ratio") for name in BASELINE_NAMES),
)


def evaluation_page(
    database: duckdb.DuckDBPyConnection,
    origin: Provenance,
    selection: list[tuple[str, str]],
    warnings: tuple[str, ...],
    sheet: str = "",
) -> str:
    """Return the page of the evaluation in `database`, one HTML file that needs no other file.

    `sheet` is the address of the page of suspects, to which the worst videos link.
    """
    questions = [Question(name, VIEWS.get(name, ()), sql.strip()) for name, sql in QUESTIONS.items()]
    there = {row[0] for row in database.execute("select view_name from duckdb_views()").fetchall()}
    tables = {row[0] for row in database.execute("select table_name from duckdb_tables()").fetchall()}
    answerable = [q for q in questions if set(q.views) <= there and (q.name != "breakdown" or "breakdown" in tables)]
    answers = ask_views(_Source(database), answerable)
    sections = [_scores(answers, warnings)]
    if "precision_recall" in answers:
        sections += [_curves(answers), _errors(answers), _failures(answers, sheet)]
    blocks = [block for section in sections for block in section.blocks]
    figures = {
        block.name: figure_to_svg(block, answers[block.question.name]) for block in blocks if isinstance(block, Figure)
    }
    names = sorted({str(row["predictions"]) for row in answers["scores"].records()})
    statistics = {"answers": {name: answer_to_json(answer) for name, answer in answers.items()}}
    return sections_to_page(
        sections,
        {"origin": origin, "selection": selection, "predictions": ", ".join(names)},
        statistics=statistics_to_json(statistics),
        figure=figures.__getitem__,
        on_demand={},
        answers=answers,
        template="evaluation.html",
    )


class _Source:
    """A database that can be asked the questions of a report."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self.database = database

    def query(self, sql: str, params: Any = None, /) -> duckdb.DuckDBPyRelation:
        """Return the answer to a query."""
        return self.database.sql(sql, params=params)


def _scores(answers: Answers, warnings: tuple[str, ...]) -> Section:
    blocks: list[Block] = [Text(warning, is_loud=True) for warning in warnings]
    if answers["by_tolerance"].rows:
        specification = panels(_lines("by_tolerance"), "datum.measure", height=170, counted=False)
        blocks.append(
            Figure(
                "score-by-tolerance",
                "mAP by tolerance, with the ceiling and the baselines as lines",
                "In percent, by tolerance in frames.",
                specification,
                answers["by_tolerance"].question,
            )
        )
    blocks.append(table(answers["scores"], "All scores without a tolerance in pixels", [*NAME_COLUMNS, *VALUE_COLUMNS]))
    if answers["place_scores"].rows:
        columns = [*NAME_COLUMNS, Column("tolerance_px", "px or %", "number"), *VALUE_COLUMNS]
        note = "For the paper's clips, px is the side of the square around the point; otherwise the distance from it."
        blocks.append(table(answers["place_scores"], "Scores with a tolerance in pixels", columns, note=note))
    if answers["differences"].rows:
        columns = [
            *(Column("predictions", "file"), Column("compared_with", "compared with"), Column("measure", "measure")),
            *(Column("statistic", "score"), Column("tolerance_frames", "frames", "number")),
            *(Column(name, name, "ratio") for name in ("difference", "low", "high")),
        ]
        note = "The interval is that of the differences in the same resamples of the videos."
        blocks.append(table(answers["differences"], "Differences", columns, note=note))
    if answers["unparsed"].rows:
        note = "At most 100 per file; the table unparsed_answers has all."
        columns = [Column("predictions", "file"), Column("location", "place"), Column("answer", "answer", "long")]
        blocks.append(table(answers["unparsed"], "Answers without a prediction, counted as wrong", columns, note=note))
    return Section("scores", "Scores", blocks)


def _curves(answers: Answers) -> Section:
    chart = (
        chart_of("precision_recall")
        .mark_line(interpolate="step-before")
        .encode(
            x=alt.X("recall:Q", title="recall, %", scale=alt.Scale(domain=[0, 100])),
            y=alt.Y("precision:Q", title="precision, %", scale=alt.Scale(domain=[0, 100])),
            color=alt.Color("tolerance_frames:O", title="frames", scale=alt.Scale(scheme="viridis"), legend=LEGEND),
            tooltip=["predictions:N", "action:N", "tolerance_frames:O", "recall:Q", "precision:Q"],
        )
    )
    label = "datum.action + ' · ' + datum.predictions"
    figure = Figure(
        "precision-recall",
        "Precision by recall",
        "For each action, within 0, 1, 2 and 4 frames; about a hundred points per curve.",
        panels(chart, label, height=200, counted=False),
        answers["precision_recall"].question,
    )
    return Section("curves", "Precision and recall", [figure])


def _errors(answers: Answers) -> Section:
    figures = []
    for name, column, title, axis in (
        ("frame_errors", "frame_error", "Too early or too late", "predicted minus annotated frame"),
        ("pixel_errors", "from_px", "How far from the point", "px, in steps of 10"),
    ):
        bars = (
            chart_of(name)
            .mark_bar()
            .encode(
                x=alt.X(f"{column}:O", title=axis),
                y=alt.Y("share:Q", title="share of found events", axis=alt.Axis(format="%", tickCount=4)),
                tooltip=["predictions:N", "action:N", f"{column}:O", "events:Q", "share:Q"],
            )
        )
        if answers[name].rows:
            label = "datum.action + ' · ' + datum.predictions"
            note = "Events found within 4 frames."
            specification = panels(bars, label, counted=False)
            figures.append(Figure(name.replace("_", "-"), title, note, specification, answers[name].question))
    return Section("errors", "Errors", figures or [Text("No event is found within 4 frames.")])


def _failures(answers: Answers, sheet: str) -> Section:
    link = (sheet, "The sheet of suspects, with labels and predictions frame by frame") if sheet else None
    templates = [
        *(Column("predictions", "file"), Column("template", "template", "long"), Column("events", "events", "count")),
        *(Column("found", "found", "count"), Column("recall", "recall, %", "ratio")),
        Column("median_error_frames", "median error, frames", "number"),
    ]
    groups = [
        *(Column("predictions", "file"), Column("grouped_by", "by"), Column("group", "group")),
        *(Column("events", "events", "count"), Column("found", "found", "count")),
        *(Column("recall", "recall, %", "ratio"), Column("map", "mAP, %", "ratio")),
        Column("median_frames", "median error, frames", "number"),
    ]
    videos = [
        *(Column("predictions", "file"), Column("video_id", "video"), Column("template", "template", "long")),
        *(Column("split", "split"), Column("events", "events", "count"), Column("missed", "missed", "count")),
        Column("false_alarms", "false alarms", "count"),
    ]
    return Section(
        "failures",
        "Failures",
        [
            table(answers["breakdown"], "By action, agent and split, within 2 frames", groups),
            table(answers["templates_by_recall"], "Templates, lowest recall within 2 frames first", templates),
            table(
                answers["worst_videos"],
                "The 30 worst videos of each file, within 4 frames",
                videos,
                note=LOOK,
                link=link,
            ),
        ],
    )


def _lines(data: str) -> alt.Chart:
    is_baseline = f"indexof({json.dumps(BASELINES)}, datum.series) >= 0"
    lines = chart_of(data).mark_line(point=True)
    chart: alt.Chart = lines.encode(
        x=alt.X("tolerance_frames:O", title="frames", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("map:Q", title="mAP, %", scale=alt.Scale(domain=[0, 100])),
        color=alt.Color("series:N", title=None, legend=LEGEND),
        strokeDash=alt.condition(is_baseline, alt.value([4, 3]), alt.value([1, 0])),
        tooltip=["series:N", "measure:N", "tolerance_frames:O", alt.Tooltip("map:Q", format=".2f")],
    )
    return chart
