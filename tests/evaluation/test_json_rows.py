"""Predictions in JSON, read in this process: which values count, and what is said of those that do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.errors import PredictionError
from etl.evaluation.columns import RawTable
from etl.evaluation.json_rows import read_json

ROW = {"video_id": "1", "action": "contact", "frame": 5}


def read(content: Any) -> RawTable:
    return read_json(Path("p.json"), content if isinstance(content, str) else json.dumps(content), 100)


def said(content: Any) -> list[str]:
    """What is wrong: of the whole file, else of its rows."""
    try:
        return [str(found.problem) for found in read(content).problems]
    except PredictionError as error:
        return [str(problem) for problem in error.problems]


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ({"video_id": "1"}, ['found {"video_id": "1"}, expected a list of predictions']),
        ('{"frame": 1, "frame": 2}', ['found the key "frame" twice, expected a list of predictions']),
        ('[{"frame": 1, "frame": 2}]', ['/0: found the key "frame" twice, expected every key once']),
        ([ROW, 7], ["/1: found 7, expected an object"]),
        ([{"video": "1", "events": 7}], ["/0/events: found 7, expected a list of events"]),
        ([{"video": "1", "events": [ROW, 7]}], ["/0/events/1: found 7, expected an object"]),
        ([ROW | {"frame": "5"}], ['/0/frame: found "5"']),
        ([ROW | {"frame_number": 5}], ["/0: found the columns frame_number and frame, expected one of them"]),
        ([ROW | {"frame": True}], ["/0/frame: found true"]),
        ([ROW | {"action": 3.5}], ["/0/action: found 3.5"]),
        ([ROW | {"box": [1, 2, 3]}], ["/0/box: found [1, 2, 3]"]),
        ([ROW | {"box": [1, 2, 3, True]}], ["/0/box: found [1, 2, 3, true]"]),
        ([ROW | {"box": 4}], ["/0/box: found 4"]),
        ('[{"video_id": "\\ud800", "action": "contact", "frame": 1}]', ["/0/video_id: found"]),
    ],
)
def test_what_is_no_prediction_is_told_with_its_place_what_was_found_and_what_was_expected(
    content: Any, parts: list[str]
):
    lines = said(content)
    assert len(lines) == len(parts)
    for line, part in zip(lines, parts, strict=True):
        assert part in line


def test_events_of_a_video_take_its_name_and_a_box_may_be_null_or_of_any_numbers():
    raw = read([{"video": "1", "events": [{"label": "contact", "frame": 5, "box": [1, 2.5, 3, 4]}, {"box": None}]}])
    assert raw.problems == ()
    assert raw.columns["video_id"].to_list() == ["1", "1"]
    assert raw.columns["box"].to_list() == [[1.0, 2.5, 3.0, 4.0], None]


def test_an_integer_score_keeps_what_a_float_cannot_hold_of_it():
    scores = [2**53, 2**53 + 1, -(2**53) - 1, 0.5, 10**300]
    raw = read([ROW | {"score": score} for score in scores])
    assert raw.columns["score_rest"].to_list() == [0.0, 1.0, -1.0, 0.0, 0.0]
    assert raw.columns["score"].to_list() == [float(score) for score in scores]


def test_digits_without_end_are_infinite_and_no_fault_of_form():
    assert read(f'[{{"video_id": "1", "action": "contact", "frame": {"9" * 400}}}]').columns["frame"].to_list() == [
        float("inf")
    ]


def test_rows_without_a_known_column_are_rows_all_the_same():
    raw = read([{"note": 1}, {"note": 2}])
    assert (len(raw.columns), raw.ignored) == (2, ("note",))
