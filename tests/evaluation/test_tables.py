"""Predictions in tables, read in this process: names of columns, blank rows, kinds of values."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from etl.errors import PredictionError
from etl.evaluation.columns import RawTable
from etl.evaluation.tables import read_csv, read_frame

HEADER = "video_id,action,frame"


def read(text: str) -> RawTable:
    return read_csv(Path("p.csv"), text, 100)


def test_a_column_without_a_name_is_passed_over_and_says_nothing():
    raw = read(f",{HEADER}\n0,1,contact,5\n1,2,release,6\n")
    assert raw.columns["frame"].to_list() == [5.0, 6.0]
    assert raw.ignored == ()


def test_values_may_stand_between_spaces():
    raw = read(f"{HEADER}\n 1 , contact , 5 \n")
    assert raw.columns.select("video_id", "action", "frame").rows() == [("1", "contact", 5.0)]


def test_blank_rows_are_passed_over_but_counted():
    raw = read(f"\n \n{HEADER}\n1,contact,5\n,,\n2,contact,six\n")
    assert raw.columns["video_id"].to_list() == ["1", "2"]
    assert [str(found.problem) for found in raw.problems] == [
        'p.csv row 3, column frame: found "six", expected a number'
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty file"),
        (f"{HEADER},frame\n1,contact,5,6\n", r"line 1: found the column frame 2 times \(frame, frame\)"),
        (f"{HEADER},frame_number\n1,contact,5,6\n", r"the column frame 2 times \(frame, frame_number\)"),
        (f"{HEADER},note,note\n1,contact,5,6,7\n", r"the column note 2 times \(note, note\)"),
        (f"{HEADER}\n1,contact,5\n2,contact,6,7\n", "line 3: found 4 values, expected at most 3 values"),
        (f'{HEADER}\n1,"contact,5\n', "expected values separated by commas"),
    ],
)
def test_a_text_that_is_no_table_of_predictions_is_refused(text: str, message: str):
    with pytest.raises(PredictionError, match=message):
        read(text)


def test_integer_scores_keep_what_a_float_cannot_hold_where_all_scores_are_integers():
    scores = [str(2**53 + 1), "1", str(-(2**53) - 1)]
    whole = read("\n".join(["score", *scores, ""]))
    assert whole.columns["score_rest"].to_list() == [1.0, 0.0, -1.0]
    assert whole.columns["score"].to_list() == [float(score) for score in scores]
    parted = read("\n".join(["score", *scores, "0.5", ""]))
    assert parted.columns["score"].to_list() == [*(float(score) for score in scores), 0.5]
    assert "score_rest" not in parted.columns.columns


def test_a_row_may_be_shorter_than_the_header_but_not_longer():
    assert read(f"{HEADER}\n1,contact,5\n2,contact\n").columns["frame"].to_list() == [5.0, None]


def test_a_box_has_four_numbers_as_a_text_or_as_a_list():
    raw = read('video_id,box\n1,"[1, 2, 3, 4]"\n2,"[1, 2, 3]"\n')
    assert raw.columns["box"].to_list() == [[1.0, 2.0, 3.0, 4.0], None]
    assert len(raw.problems) == 1
    frame = pl.DataFrame({"video_id": ["1", "2"], "box": [[1, 2, 3, 4], [1, None, 3, 4]]})
    raw = read_frame("frame 1", frame)
    assert raw.columns["box"].to_list() == [[1.0, 2.0, 3.0, 4.0], None]
    assert len(raw.problems) == 1
