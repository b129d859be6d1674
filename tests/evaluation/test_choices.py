"""What can be chosen of an evaluation, and what is refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from evaluating import TWO, opened, rows, value

import etl
from etl.errors import PredictionError


@pytest.mark.parametrize(("name", "content"), [("a.jsonl", ""), ("a.csv", "video_id,action,frame\n"), ("a.json", "[]")])
def test_a_file_without_a_row_is_no_score(tmp_path: Path, name: str, content: str):
    (tmp_path / name).write_text(content)
    with opened(tmp_path, TWO) as warehouse, pytest.raises(PredictionError, match="no rows"):
        etl.evaluate(warehouse, tmp_path / name)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measures": ["best"]}, "measures: found 'best'"),
        ({"classes": "agent"}, "classes: found 'agent'"),
        ({"coordinates": "cm"}, "coordinates: found 'cm'"),
        ({"frame_base": 2}, "frame_base: found 2"),
        ({"resamples": -1}, "resamples: found -1"),
    ],
)
def test_an_option_that_is_none_is_refused(tmp_path: Path, options: dict, message: str):
    with opened(tmp_path, TWO) as warehouse, pytest.raises(ValueError, match=message):
        etl.evaluate(warehouse, rows(("1", "contact", 5)), **options)


def test_the_least_values_of_options_are_taken(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        for base, frame in ((0, 5), (1, 6)):
            given = rows(("1", "contact", frame))
            found = etl.evaluate(warehouse, given, frame_base=base, measures="strict", resamples=0, max_rows=1)
            assert value(found, "strict", "mAP", 0) == 25
            assert value(found, "strict", "mAP", 0, column="low") is None


def test_one_measure_need_not_be_in_a_list(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(warehouse, rows(("1", "contact", 5)), measures="strict")
    assert set(found.scores["measure"]) == {"strict"}


@pytest.mark.parametrize("make", [pl.DataFrame.to_pandas, pl.DataFrame.to_arrow, pl.DataFrame.lazy, lambda t: t.rows()])
def test_predictions_of_another_type_are_refused_by_name(tmp_path: Path, make):
    with opened(tmp_path, TWO) as warehouse, pytest.raises(TypeError, match="expected a path or a polars frame"):
        etl.evaluate(warehouse, make(rows(("1", "contact", 5))))


def test_coordinates_on_a_grid_need_the_size_of_the_pictures(tmp_path: Path):
    with (
        opened(tmp_path, TWO) as warehouse,
        pytest.raises(PredictionError, match="1 video of unknown size, such as 1"),
    ):
        etl.evaluate(warehouse, rows(("1", "contact", 5, 1.0, 0.5, 0.5)), coordinates="norm01")
