"""The paper's clips: answers about them, beside ceilings and floors."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from datasets import event
from evaluating import opened, rows, value

import etl
from etl.dataset.paper_clips import paper_clips
from etl.errors import PredictionError


def paper_warehouse() -> dict[str, list]:
    videos: dict[str, list] = {}
    for clip in paper_clips():
        videos.setdefault(clip.video_id, []).append(event(clip.action, frame=clip.event_frame, x=100, y=100))
    return videos


def answers(text: str = "Prediction: {n}") -> pl.DataFrame:
    """The right answer for every clip, as far as a clip can be answered."""
    return pl.DataFrame(
        {
            "clip": [f"{clip.video_id}_{clip.clip}" for clip in paper_clips()],
            "answer": [text.format(n=max(clip.event_frame - clip.start_frame + 1, 1)) for clip in paper_clips()],
        }
    )


def test_right_answers_reach_the_ceiling_of_the_papers_clips_beside_its_floors(tmp_path: Path):
    with opened(tmp_path, paper_warehouse()) as warehouse:
        found = etl.evaluate(warehouse, answers())
    assert set(found.scores["measure"]) == {"paper"}
    for tolerance, expected in {0: 100 * 97 / 99, 2: 100 * 98 / 99}.items():
        for column in ("value", "ceiling"):
            assert value(found, "paper", "accuracy", tolerance, column=column) == pytest.approx(expected)
    floors = {(t, c): value(found, "paper", "accuracy", t, column=c) for t in (0, 2) for c in ("uniform", "constant")}
    assert {key: round(floor, 1) for key, floor in floors.items()} == {
        (0, "uniform"): 9.8, (2, "uniform"): 48.3, (0, "constant"): 21.2, (2, "constant"): 80.8,
    }  # fmt: skip


def test_answers_that_cannot_be_parsed_are_wrong_counted_and_listed(tmp_path: Path):
    given = answers()
    given[5, "answer"] = "I cannot see it."
    with opened(tmp_path, paper_warehouse()) as warehouse:
        found = etl.evaluate(warehouse, given)
    assert value(found, "paper", "coverage") == pytest.approx(100 * 98 / 99)
    assert value(found, "paper", "accuracy", 0) == pytest.approx(100 * 96 / 99)
    assert found.unparsed.select("location", "clip", "answer").rows() == [("row 6", 5, "I cannot see it.")]


def test_predicted_boxes_are_held_against_squares_around_the_point(tmp_path: Path):
    exact = "Prediction: {n}\nPredicted BBox: [40, 40, 120, 120]"
    with opened(tmp_path, paper_warehouse()) as warehouse:
        found = etl.evaluate(warehouse, answers(exact))
        given = answers(exact)
        given[0, "answer"] = "Prediction: 3"
        without_one = etl.evaluate(warehouse, given)
    assert value(found, "paper", "mean IoU", None, 120) == 100
    assert value(found, "paper", "mean IoU", None, 20) == pytest.approx(100 * 20**2 / 120**2)
    assert value(found, "paper", "IoU >= 0.5", None, 60) == 0
    assert value(found, "paper", "point in box") == 100
    for column in ("ceiling", "constant"):  # all points of this warehouse are the same
        assert value(found, "paper", "mean IoU", None, 60, column=column) == 100
        assert value(found, "paper", "point in box", column=column) == 100
    assert 0 < value(found, "paper", "mean IoU", None, 60, column="uniform") < 100
    low, high = (value(without_one, "paper", "mean IoU", None, 120, column=column) for column in ("low", "high"))
    assert 90 < low < value(without_one, "paper", "mean IoU", None, 120) < high == 100
    assert value(without_one, "paper", "mean IoU", None, 120) == pytest.approx(100 * 98 / 99)


def test_absolute_frames_answer_every_clip_that_they_lie_in(tmp_path: Path):
    clip = paper_clips()[0]
    predictions = rows((clip.video_id, clip.action, clip.event_frame, 0.9), (clip.video_id, clip.action, 90, 1.0))
    with opened(tmp_path, paper_warehouse()) as warehouse:
        found = etl.evaluate(warehouse, predictions, measures=["paper"])
    assert value(found, "paper", "coverage") == pytest.approx(100 / 99)
    assert value(found, "paper", "accuracy", 0) == pytest.approx(100 / 99)


def test_exported_questions_are_answered_by_their_ids(tmp_path: Path):
    clip = paper_clips()[0]
    ids = [f"{clip.video_id}/{clip.start_frame}/{kind}" for kind in ("when", "where")]
    given = pl.DataFrame({"id": ids, "answer": [f"{clip.event_frame - clip.start_frame}.", "12, 30"]})
    with opened(tmp_path, paper_warehouse()) as warehouse:
        found = etl.evaluate(warehouse, given, frame_base=0)
    assert value(found, "paper", "accuracy", 0) == pytest.approx(100 / 99)


def test_a_file_of_which_no_answer_is_understood_is_no_score(tmp_path: Path):
    given = pl.DataFrame({"clip": ["1979_1", "1979_2"], "answer": ["3-4", "no idea"]})
    with opened(tmp_path, paper_warehouse()) as warehouse, pytest.raises(PredictionError, match="1 a range of frames"):
        etl.evaluate(warehouse, given)
