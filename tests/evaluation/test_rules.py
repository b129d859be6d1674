"""The rules of every row, at their limits: the last value that is right, and the first that is not."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from etl.evaluation.rules import LARGEST, row_rules
from etl.schema import MAX_FRAME_NUMBER

SCHEMA = {
    "video_id": pl.String,
    "action": pl.String,
    "agent": pl.String,
    "paper": pl.Int64,
    **dict.fromkeys(("frame", "start_frame", "score", "x", "y"), pl.Float64),
    **dict.fromkeys(("box_x", "box_y", "box_width", "box_height"), pl.Float64),
}
RIGHT: dict[str, Any] = {"video_id": "1", "action": "contact", "frame": 5.0}


def broken(*rows: dict[str, Any], first_frame: int = 0, is_answered: bool = False) -> list[str]:
    """The columns, or the side of a box, whose rule any of the rows breaks."""
    table = pl.DataFrame([RIGHT | row for row in rows], schema=SCHEMA)
    rules = row_rules(table, pl.Series(["1", "2"]), first_frame=first_frame, is_answered=is_answered)
    return [rule.value or rule.column for rule in rules if table.select(rule.is_wrong.any()).item()]


@pytest.mark.parametrize(
    "row",
    [
        {"frame": 0},
        {"frame": MAX_FRAME_NUMBER},
        {"agent": "hand-object"},
        {"video_id": "3", "paper": 0},
        {"score": -1e300},
        {"x": -LARGEST, "y": LARGEST},
        {"box_x": -LARGEST, "box_y": LARGEST, "box_width": 1e-9, "box_height": LARGEST},
    ],
)
def test_what_is_within_the_limits_breaks_no_rule(row: dict[str, Any]):
    assert broken(row) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"video_id": "3"}, "video_id"),
        ({"video_id": None}, "video_id"),
        ({"action": "grab"}, "action"),
        ({"action": None}, "action"),
        ({"agent": "foot"}, "agent"),
        ({"frame": -1}, "frame"),
        ({"frame": 4.5}, "frame"),
        ({"frame": None}, "frame"),
        ({"frame": MAX_FRAME_NUMBER + 1}, "frame"),
        ({"score": float("inf")}, "score"),
        ({"score": float("nan")}, "score"),
        ({"x": 1.0}, "y"),
        ({"y": 1.0}, "x"),
        ({"x": LARGEST * 1.01, "y": 1.0}, "x"),
        ({"x": 1.0, "y": -LARGEST * 1.01}, "y"),
        ({"x": float("nan"), "y": 1.0}, "x"),
        ({"box_x": LARGEST * 1.01}, "box_x"),
        ({"box_y": float("nan")}, "box_y"),
        ({"box_width": 0.0}, "box_width"),
        ({"box_height": -1.0}, "box_height"),
    ],
)
def test_what_lies_beyond_a_limit_breaks_that_rule_and_no_other(row: dict[str, Any], column: str):
    assert broken(row) == [column]


def test_scores_stand_in_every_row_or_in_none():
    assert broken({}, {}) == []
    assert broken({"score": 0.5}, {"score": 0.0}) == []
    assert broken({"score": 0.5}, {}) == ["score"]


def test_frames_that_count_from_one_begin_at_one_and_end_one_later():
    assert broken({"frame": 1}, {"frame": MAX_FRAME_NUMBER + 1}, first_frame=1) == []
    assert broken({"frame": 0}, first_frame=1) == ["frame"]
    assert broken({"frame": MAX_FRAME_NUMBER + 2}, first_frame=1) == ["frame"]


def test_an_answer_needs_the_start_of_its_clip_and_may_lack_a_frame():
    right = {"start_frame": 0, "frame": None}
    assert broken(right, {"start_frame": MAX_FRAME_NUMBER}, is_answered=True) == []
    for start in (-1, 0.5, MAX_FRAME_NUMBER + 1, None):
        assert broken({"start_frame": start}, is_answered=True) == ["start_frame"]
    assert broken(right | {"frame": 0.5}, is_answered=True) == ["frame"]


def test_an_unknown_video_is_told_the_nearest_name():
    rule, *_ = row_rules(pl.DataFrame(schema=SCHEMA), pl.Series(["900001"]), first_frame=0, is_answered=False)
    assert callable(rule.hint)
    assert rule.hint("90001") == "the nearest is 900001"
    assert rule.hint("x") == rule.hint(None) == ""


@pytest.mark.parametrize("given", ["900001.0", "900001.webm"])
def test_the_nearest_video_of_a_name_with_a_dot_is_the_one_before_the_dot(given: str):
    rule = row_rules(
        pl.DataFrame([RIGHT], schema=SCHEMA), pl.Series(["900010", "900001"]), first_frame=0, is_answered=False
    )[0]
    assert rule.hint is not None
    assert rule.hint(given) == "the nearest is 900001"
