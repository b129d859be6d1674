"""Check predictions and turn them into events: known videos and classes, frames from 0, points in pixels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import polars as pl

from etl.errors import Problem
from etl.evaluation.answered import Reading, how_to_read, unparsed_answers, with_answers
from etl.evaluation.columns import RawTable, raise_problems
from etl.evaluation.coordinates import box_warnings, coordinate_warnings, frame_warnings, in_pixels
from etl.evaluation.findings import Findings, Rule
from etl.evaluation.identify import identify
from etl.evaluation.questions import Questions
from etl.evaluation.rules import BOX_SIDES, row_rules
from etl.evaluation.truth import Truth
from etl.schema import ACTIONS, AGENTS, HICE_LABELS
from etl.wording import counted

__all__ = ["Predictions", "check_predictions"]

# What two predictions of one moment have in common.
IDENTITY = ("video_id", "action", "agent", "frame_number", "x", "y")
# What two answers to one question have in common.
QUESTION = ("video_id", "start_frame", "action", "agent", "kind", "paper", "asked")
CENTERS = {"x": ("box_x", "box_width"), "y": ("box_y", "box_height")}


@dataclass(frozen=True)
class Predictions:
    """A checked file of predictions.

    `rows`, in the order of the file: row (from 0), video_id, action, agent (null where none is given), frame_number,
    point_x, point_y (null), box_x, box_y, box_width, box_height (null), score, score_rest (the part of an integer score
    that the float `score` cannot hold), paper (the position of one of the paper's clips, null), asked (a position in
    `asked`, null).
    `points` are the answers to questions about the place: row, asked, point_x, point_y, score.
    `asked` are the clips that questions were asked about, in the form of `clips.NO_CLIPS`; `is_by_clip` says that the
    paper's clips were named by their own names.
    `unparsed` are the answers in which no prediction was found: location, video_id, clip, kind, answer.
    `warnings` are lines about input that may mean something else than is assumed.
    """

    name: str
    rows: pl.DataFrame
    points: pl.DataFrame
    asked: pl.DataFrame
    is_by_clip: bool
    unparsed: pl.DataFrame
    warnings: tuple[str, ...]

    def called(self, name: str) -> Predictions:
        """Return the same under another name: a longer one if several files have the same name."""
        return replace(self, name=name)


def check_predictions(
    raw: RawTable,
    truth: Truth,
    questions: Questions | None = None,
    *,
    frame_base: int | None,
    coordinates: str | None,
) -> Predictions:
    """Return checked predictions, which may be answers to `questions`.

    `frame_base` is the number of the first frame, 0 or 1: of the video, or in answers of the clip; `coordinates` is a
    key of COORDINATES. None means what the questions say, else the default: 0 for a video, 1 for a clip; px.

    Raises PredictionError with every problem and its place.
    """
    is_answered = "answer" in raw.columns.columns
    if not is_answered:
        _require_columns(raw)
    reading = how_to_read(raw, questions, frame_base=frame_base, coordinates=coordinates)
    findings = Findings(raw)
    found = identify(findings.sound(_with_all_columns(raw)), findings, truth.known_events, questions)
    table = _with_agents(found.rows, findings)
    if is_answered:
        table = with_answers(table, findings, reading)
    first_frame = 0 if is_answered else reading.frame_base
    known = truth.known_videos["video_id"]
    sound = findings.sound(table)
    findings.check(sound, *row_rules(sound, known, first_frame=first_frame, is_answered=is_answered))
    findings.raise_any()

    unparsed = unparsed_answers(table, raw)
    _require_an_understood_row(table, unparsed, raw)
    table = table.with_columns(
        (pl.col("frame") - first_frame).cast(pl.Int64).alias("frame_number"),
        *(
            pl.coalesce(axis, pl.col(start) + pl.col(extent) / 2).alias(axis)
            for axis, (start, extent) in CENTERS.items()
        ),
    )
    warnings = _warnings(table, raw, reading, truth.known_videos)
    table = in_pixels(table, raw.file, truth.known_videos, reading.coordinates)
    table = table.rename({axis: f"point_{axis}" for axis in CENTERS}).with_columns(pl.col("score").fill_null(1.0))
    is_point = (pl.col("kind") == "where").fill_null(False)
    return Predictions(
        name=raw.file,
        rows=table.filter(~is_point & pl.col("frame_number").is_not_null()).select(
            *("row", "video_id", "action", "agent", "frame_number", "point_x", "point_y"),
            *(*BOX_SIDES, "score", "score_rest", "paper", "asked"),
        ),
        points=table.filter(is_point & pl.col("point_x").is_not_null()).select(
            *("row", "asked", "point_x", "point_y", "score")
        ),
        asked=found.asked,
        is_by_clip=bool(table["clip"].is_not_null().all()),
        unparsed=unparsed,
        warnings=tuple(warnings),
    )


def _require_columns(raw: RawTable) -> None:
    """Raise PredictionError if a file that is not empty lacks a column that every row needs."""
    missing = [name for name in ("video_id", "action", "frame") if name not in raw.columns.columns]
    has_content = len(raw.columns) > len(raw.problems) or raw.ignored
    if missing and "clip" not in raw.columns.columns and has_content:
        hint = f"unknown here: {', '.join(raw.ignored)}" if raw.ignored else ""
        found = f"no column {', '.join(missing)}"
        problem = Problem(raw.file, "", found, "video_id, action and frame", hint)
        raise_problems([*(found.problem for found in raw.problems), problem])


def _with_all_columns(raw: RawTable) -> pl.DataFrame:
    """Return the file's columns and row numbers, with nulls for the columns that it lacks; boxes in four columns."""
    text, number = pl.lit(None, pl.String), pl.lit(None, pl.Float64)
    defaults = {
        **dict.fromkeys(("video_id", "action", "agent", "clip", "answer", "id"), text),
        **dict.fromkeys(("frame", "x", "y", "score", "start_frame"), number),
        "score_rest": pl.lit(0.0),
        "box": pl.lit(None, pl.List(pl.Float64)),
    }
    missing = [value.alias(name) for name, value in defaults.items() if name not in raw.columns.columns]
    table = raw.columns.select(pl.col(name) for name in raw.columns.columns if name in (*defaults, "doc_id"))
    table = table.with_columns(missing).with_row_index("row")
    return table.with_columns(
        pl.col("box").list.get(position, null_on_oob=True).alias(side) for position, side in enumerate(BOX_SIDES)
    )


def _with_agents(table: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Split labels that name action and agent, as in contact_hand-object; the column agent must agree.

    HiCE's words for the actions are understood, too.
    """
    if set(table["action"].unique()) <= {*ACTIONS, None}:
        return table
    for action, word in HICE_LABELS.items():
        table = table.with_columns(pl.col("action").str.replace(rf"^{word}(_|$)", f"{action}${{1}}"))
    parts = pl.col("action").str.extract_groups(rf"^({'|'.join(ACTIONS)})_({'|'.join(AGENTS)})$")
    named = parts.struct.field("2")
    findings.check(table, Rule("agent", pl.col("agent") != named, "the agent that the action names, or none"))
    return table.with_columns(
        pl.coalesce(parts.struct.field("1"), "action").alias("action"),
        pl.coalesce("agent", named).alias("agent"),
    )


def _require_an_understood_row(table: pl.DataFrame, unparsed: pl.DataFrame, raw: RawTable) -> None:
    """Raise PredictionError if no answer of a file was understood, which must not become a score of 0."""
    if len(table) and len(unparsed) == len(table):
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in Counter(unparsed["kind"]).most_common())
        found = f"no answer that could be understood ({kinds})"
        raise_problems([Problem(raw.file, "", found, 'only a number, or "Prediction: 7"')])


def _warnings(table: pl.DataFrame, raw: RawTable, reading: Reading, videos: pl.DataFrame) -> list[str]:
    """Return warnings about input that may mean something else than is assumed."""
    warnings = []
    if raw.ignored:
        warnings.append(f"{raw.file}: ignored the columns {', '.join(raw.ignored)}")
    if not len(table):
        return [*warnings, f"{raw.file}: no predictions"]
    is_answered = "answer" in raw.columns.columns
    if not is_answered and not reading.is_base_given and table["frame_number"].min() >= 1:  # type: ignore[operator]
        warnings.append(
            f"{raw.file}: no prediction is on frame 0; if frames are numbered from 1, give --frame-base 1 (else 0)"
        )
    if not is_answered and "fold" not in raw.columns.columns:
        # Rows that have no hash in common differ, so only the others are compared.
        hashes = table.select(IDENTITY).hash_rows()
        alike = table.select(IDENTITY).filter(hashes.is_duplicated())
        repeated = len(alike) - alike.n_unique()
        if repeated:
            warnings.append(
                f"{raw.file}: {counted(repeated, 'prediction repeats', 'predictions repeat')} another of the same "
                "video, class, frame and point; each is scored on its own"
            )
    if not is_answered:
        warnings += frame_warnings(table, raw.file, videos)
    elif "score" not in raw.columns.columns:  # scores say which of several answers counts
        repeated = table.group_by(QUESTION).len().filter(pl.col("len") > 1).height
        if repeated:
            warnings.append(
                f"{raw.file}: {counted(repeated, 'question has', 'questions have')} several answers, expected one each"
            )
    return warnings + coordinate_warnings(table, raw.file, videos, reading.coordinates) + box_warnings(table, raw.file)
