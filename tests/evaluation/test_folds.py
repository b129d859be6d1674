"""The column `fold`: which of several models a row of predictions is of."""

from __future__ import annotations

import polars as pl
import pytest

from etl.errors import PredictionError
from etl.evaluation.folds import row_folds
from etl.evaluation.tables import read_frame


def folds(*given: float | None, videos: str = "1234") -> list[tuple[int, float]]:
    frame = pl.DataFrame({"video_id": list(videos[: len(given)]), "fold": given}, schema_overrides={"fold": pl.Float64})
    return row_folds(read_frame("frame", frame)).rows()


def test_every_row_has_the_fold_that_it_says_and_all_are_of_one_where_none_says_any():
    assert folds(0.0, 1.0, 1.0) == [(0, 0.0), (1, 1.0), (2, 1.0)]
    without = read_frame("frame", pl.DataFrame({"video_id": ["1", "2"]}))
    assert row_folds(without).rows() == [(0, 0.0), (1, 0.0)]


def test_a_row_without_a_fold_and_a_video_of_two_are_named():
    with pytest.raises(PredictionError) as error:
        folds(0.0, None, 1.0, None)
    assert [str(problem) for problem in error.value.problems] == [
        f"frame row {row}: found no fold, expected a fold in every row, or in none" for row in (2, 4)
    ]
    with pytest.raises(PredictionError) as error:
        folds(0.0, 1.0, 1.0, videos="121")
    assert [str(problem) for problem in error.value.problems] == [
        "frame row 3, column fold: found fold 1, expected fold 0, as in the first row of video 1"
    ]
