"""Answers about clips: a base of numbering that cannot be meant is refused."""

from __future__ import annotations

import polars as pl
import pytest

from etl.errors import PredictionError
from etl.evaluation.answered import Reading, _check_base, how_to_read
from etl.evaluation.clips import CLIP_FRAMES
from etl.evaluation.columns import RawTable
from etl.evaluation.tables import read_frame

LAST = CLIP_FRAMES  # the last frame of a clip whose first is 1


def raw(numbers: list[int | None]) -> tuple[pl.DataFrame, RawTable]:
    table = pl.DataFrame({"kind": ["when"] * len(numbers), "number": numbers}, schema_overrides={"number": pl.Float64})
    return table, read_frame("answers", pl.DataFrame({"answer": ["7"]}))


def reading(base: int, *, of_questions: bool = False) -> Reading:
    return Reading(base, "px", is_base_given=False, is_base_of_questions=of_questions)


@pytest.mark.parametrize(("base", "numbers", "found"), [(1, [0, 5], 0), (0, [1, LAST], LAST), (1, [0, LAST - 1], 0)])
def test_a_base_that_puts_answers_outside_is_refused_where_the_other_puts_none_there(
    base: int, numbers: list[int | None], found: int
):
    with pytest.raises(PredictionError) as error:
        _check_base(*raw(numbers), reading(base))
    assert f"found 1 answer {found}, where clips are numbered from {base}" in str(error.value)
    assert f"if {1 - base} is the first, give --frame-base {1 - base}" in str(error.value)
    _check_base(*raw(numbers), reading(base, of_questions=True))


@pytest.mark.parametrize(
    ("base", "numbers"),
    [(1, [1, LAST]), (0, [0, LAST - 1]), (0, [5, LAST + 1]), (1, [0, LAST]), (0, [0, LAST]), (1, [None])],
)
def test_answers_that_the_other_base_does_not_explain_either_are_only_wrong(base: int, numbers: list[int | None]):
    _check_base(*raw(numbers), reading(base))


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [("frame_base", 2, "found frame_base 2, expected 0 or 1"), ("coordinates", "pixels", "found coordinates pixels")],
)
def test_a_base_and_coordinates_that_there_are_not_are_refused(column: str, value: int | str, found: str):
    given = read_frame("answers", pl.DataFrame({"answer": ["7"], column: [value]}))
    with pytest.raises(PredictionError, match=found):
        how_to_read(given, None, frame_base=None, coordinates=None)
