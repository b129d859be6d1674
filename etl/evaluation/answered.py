"""Turn the answers of a file into frames, points and boxes, with the frame base of its questions."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from etl.errors import Problem
from etl.evaluation.answers import parse_box, parse_frame, parse_point
from etl.evaluation.choices import COORDINATES
from etl.evaluation.clips import CLIP_FRAMES
from etl.evaluation.columns import RawTable, raise_problems, stated
from etl.evaluation.findings import Findings, Rule
from etl.evaluation.questions import Questions
from etl.evaluation.rules import BOX_SIDES
from etl.wording import counted

__all__ = ["UNPARSED", "Reading", "how_to_read", "unparsed_answers", "with_answers"]

UNPARSED = {"location": pl.String, "video_id": pl.String, "clip": pl.Int64, "kind": pl.String, "answer": pl.String}


@dataclass(frozen=True)
class Reading:
    """How to read the numbers of a file.

    `frame_base` is the number of the first frame, 0 or 1: of the video, or in answers of the clip. `coordinates` is a
    key of COORDINATES. `is_base_given`: the base was stated; `is_base_of_questions`: the questions stated it.
    """

    frame_base: int
    coordinates: str
    is_base_given: bool
    is_base_of_questions: bool


def how_to_read(
    raw: RawTable, questions: Questions | None, *, frame_base: int | None, coordinates: str | None
) -> Reading:
    """Return how to read a file: as its questions say, else as the options say, else the default.

    The default frame base is 0 for a video and 1 for a clip. Raises PredictionError if two of them disagree.
    """
    base = stated(raw, "frame_base", questions.frame_base if questions else None)
    system = stated(raw, "coordinates", questions.coordinates if questions else None)
    for column, said, allowed in (("frame_base", base, (0, 1)), ("coordinates", system, tuple(COORDINATES))):
        if said is not None and said not in allowed:
            raise_problems([Problem(raw.file, "", f"{column} {said}", " or ".join(map(str, allowed)))])
    for option, said, given in (("--frame-base", base, frame_base), ("--coordinates", system, coordinates)):
        if said is not None and given is not None and said != given:
            problem = Problem(
                raw.file, "", f"{said} in the questions", f"{given}, as {option} says", f"leave {option} out"
            )
            raise_problems([problem])
    default = int("answer" in raw.columns.columns)
    return Reading(
        frame_base=next(value for value in (base, frame_base, default) if value is not None),
        coordinates=system or coordinates or "px",
        is_base_given=base is not None or frame_base is not None,
        is_base_of_questions=base is not None,
    )


def with_answers(table: pl.DataFrame, findings: Findings, reading: Reading) -> pl.DataFrame:
    """Add what the answers say: `frame` (0-based, of the video), x, y and the box; and `near_miss`.

    If an answer was not understood they are null, and `near_miss` says why.
    """
    is_both = pl.col("frame").is_not_null()
    findings.check(table, Rule("frame", is_both, "either a frame or an answer"))
    answers = table["answer"].fill_null("").to_list()
    kinds = table["kind"].to_list()
    frames = [None if kind == "where" else parse_frame(text) for text, kind in zip(answers, kinds, strict=True)]
    points = [parse_point(text) if kind == "where" else None for text, kind in zip(answers, kinds, strict=True)]
    boxes = [parse_box(text) or (None,) * 4 for text in answers]
    read = pl.DataFrame(
        {
            "number": [frame.number if frame else None for frame in frames],
            "near_miss": [
                frame.kind if frame else ("" if point else "no point")
                for frame, point in zip(frames, points, strict=True)
            ],
            "answered_x": [point[0] if point else None for point in points],
            "answered_y": [point[1] if point else None for point in points],
        },
        schema={"number": pl.Float64, "near_miss": pl.String, "answered_x": pl.Float64, "answered_y": pl.Float64},
    )
    sides = [f"answered_{side}" for side in BOX_SIDES]
    parsed = pl.DataFrame(boxes, orient="row", schema=dict.fromkeys(sides, pl.Float64))
    table = table.hstack(read).hstack(parsed)
    _check_base(table, findings.raw, reading)
    is_below = pl.col("number") < reading.frame_base
    number = pl.when(~is_below).then("number")
    return table.with_columns(
        (pl.col("start_frame").fill_null(0) + number - reading.frame_base).alias("frame"),
        pl.when(is_below)
        .then(pl.lit(f"a number below {reading.frame_base}"))
        .otherwise("near_miss")
        .alias("near_miss"),
        *(pl.coalesce(name, f"answered_{name}").alias(name) for name in ("x", "y", *BOX_SIDES)),
    ).drop("number", "answered_x", "answered_y", *sides)


def _check_base(table: pl.DataFrame, raw: RawTable, reading: Reading) -> None:
    """Raise PredictionError if the frame base puts answers outside their clips and the other base would not."""
    numbers = table.filter(pl.col("kind") == "when")["number"].drop_nulls()
    base, other = reading.frame_base, 1 - reading.frame_base
    outside = numbers.filter(~numbers.is_between(base, base + CLIP_FRAMES - 1))
    if reading.is_base_of_questions or not len(outside):
        return
    if numbers.is_between(other, other + CLIP_FRAMES - 1).all():
        found = f"{counted(len(outside), 'answer')} {int(outside[0])}, where clips are numbered from {base}"
        hint = f"if {other} is the first, give --frame-base {other}; if not, name the questions: --questions FILE"
        expected = f"{base} to {base + CLIP_FRAMES - 1}"
        raise_problems([Problem(raw.file, "", found, expected, hint)])


def unparsed_answers(table: pl.DataFrame, raw: RawTable) -> pl.DataFrame:
    """Return the answers in which nothing was found, with their places. `table` has been through `with_answers`."""
    if "near_miss" not in table.columns:
        return pl.DataFrame(schema=UNPARSED)
    unread = table.filter(pl.col("near_miss") != "")
    places = pl.Series("location", [raw.places.of(row) for row in unread["row"]], dtype=pl.String)
    return unread.select(places, "video_id", clip="paper", kind="near_miss", answer="answer").cast(UNPARSED)  # type: ignore[arg-type]
