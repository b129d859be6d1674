"""Logs of samples as lm-evaluation-harness and lmms-eval write them: where the answer stands."""

from __future__ import annotations

from typing import Any

import pytest

from etl.evaluation.sample_log import unpacked


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"doc_id": 0, "resps": [["7", "8"]]}, "7"),
        ({"doc_id": 0, "filtered_resps": ["7", "8"]}, "7"),
        ({"doc_id": 0, "filtered_resps": ["7"], "resps": [["Prediction: 8"]]}, "7"),
        ({"doc_id": 0, "filtered_resps": "7"}, "7"),
        ({"doc_id": 0, "resps": []}, None),
    ],
)
def test_the_first_answer_counts_the_filtered_one_before_the_raw_one(row: dict[str, Any], answer: str | None):
    assert unpacked([row])[0]["answer"] == answer


@pytest.mark.parametrize("row", [{"doc_id": 0, "answer": "7"}, {"resps": [["7"]]}, {"filtered_resps": ["7"]}])
def test_a_row_of_no_sample_log_stays_as_it_is(row: dict[str, Any]):
    assert unpacked([row]) == [row]


def test_of_the_question_that_a_row_carries_its_id_and_how_to_read_the_answer_are_told():
    doc = {"id": "q1", "frame_base": 0, "coordinates": "px", "conversations": []}
    row = {"doc_id": 0, "resps": ["7"], "doc": doc}
    assert unpacked([row]) == [row | {"id": "q1", "frame_base": 0, "coordinates": "px", "answer": "7"}]
    assert unpacked([{"doc_id": 0, "resps": ["7"], "doc": "q1"}])[0]["answer"] == "7"
