"""The rules that every row of a file of predictions must keep, column by column."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from itertools import count

import polars as pl

from etl.errors import PredictionError
from etl.evaluation.findings import Rule
from etl.schema import ACTIONS, AGENTS, MAX_FRAME_NUMBER

__all__ = ["BOX_SIDES", "row_rules"]

# No coordinate is larger than this, in any system.
LARGEST = 1e9
BOX_SIDES = ("box_x", "box_y", "box_width", "box_height")


def row_rules(table: pl.DataFrame, known_videos: pl.Series, *, first_frame: int, is_answered: bool) -> list[Rule]:
    """Return the rules for a table of predictions, whose first frame has the number `first_frame`.

    A row that answers a question may lack a frame. Only the paper's clips may be of unknown videos.
    """
    return [
        *_identity_rules(known_videos),
        *_frame_rules(first_frame, is_answered),
        _score_rule(has_scores=bool(table["score"].is_not_null().any())),
        *_place_rules(),
    ]


def _identity_rules(known_videos: pl.Series) -> list[Rule]:
    video, agent = pl.col("video_id"), pl.col("agent")
    is_known = video.is_in(known_videos.implode()).fill_null(False) | pl.col("paper").is_not_null()
    return [
        Rule("video_id", ~is_known, "a video of the warehouse", hint=_nearest_name(known_videos)),
        Rule("action", ~pl.col("action").is_in(ACTIONS).fill_null(False), " or ".join(ACTIONS)),
        Rule("agent", agent.is_not_null() & ~agent.is_in(AGENTS), " or ".join(AGENTS)),
    ]


def _nearest_name(known_videos: pl.Series) -> Callable[[str | None], str]:
    names = known_videos.to_list()
    known = set(names)
    compared = count(1)

    def hint(value: str | None) -> str:
        # Comparing with all names takes time, and only this many problems are ever shown.
        is_shown = next(compared) <= PredictionError.LINES_SHOWN
        if not is_shown:
            return ""
        # Spreadsheets and data frames make 20.0 of 20, file names have an ending.
        stem = (value or "").rpartition(".")[0]
        close = [stem] if stem in known else difflib.get_close_matches(value or "", names, n=1)
        return f"the nearest is {close[0]}" if close else ""

    return hint


def _frame_rules(first_frame: int, is_answered: bool) -> list[Rule]:
    frame, start = pl.col("frame"), pl.col("start_frame")
    is_frame = frame.is_between(first_frame, MAX_FRAME_NUMBER + first_frame) & (frame == frame.floor())
    expected = f"a whole frame number, from {first_frame}"
    if not is_answered:
        return [Rule("frame", ~is_frame.fill_null(False), expected)]
    is_start = start.is_between(0, MAX_FRAME_NUMBER) & (start == start.floor())
    return [
        Rule("start_frame", ~is_start.fill_null(False), "a whole frame number, from 0"),
        Rule("frame", frame.is_not_null() & ~is_frame, expected),
    ]


def _score_rule(*, has_scores: bool) -> Rule:
    score = pl.col("score")
    is_score = score.is_finite() if has_scores else score.is_null()
    return Rule("score", ~is_score.fill_null(False), "a finite number, in every row or in none")


def _place_rules() -> list[Rule]:
    rules = []
    for axis, other in (("x", "y"), ("y", "x")):
        value = pl.col(axis)
        is_half = value.is_null() & pl.col(other).is_not_null()
        is_wrong = is_half | (value.abs() > LARGEST).fill_null(False) | value.is_nan().fill_null(False)
        rules.append(Rule(axis, is_wrong, "a finite number, x and y both or neither"))
    for side in BOX_SIDES:
        value = pl.col(side)
        is_wrong = (value.abs() > LARGEST) | value.is_nan()
        if side in ("box_width", "box_height"):
            is_wrong |= value <= 0
        rules.append(Rule("box", is_wrong, "[x, y, width, height], finite, the last two above 0", value=side))
    return rules
