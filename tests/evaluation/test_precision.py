"""Average precision of a list and of its resamples, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from etl.evaluation.precision import average_precision, precision_recall, resampled_average_precision


@pytest.mark.parametrize(
    ("hits", "positives", "expected"),
    [
        ("+", 1, 1),
        ("-", 1, 0),
        ("++", 4, 1 / 2),
        ("-++", 2, 2 / 3),  # 1/2 at the first hit is raised to the 2/3 of the second
        ("+--++", 3, (1 + 3 / 5 + 3 / 5) / 3),  # 2/4 is raised to 3/5
        ("-+-+++", 4, 4 / 6),
    ],
)
def test_a_list_and_its_resample_that_draws_each_video_once_have_the_precision_of_later_hits(
    hits: str, positives: int, expected: float
):
    is_hit = np.array([sign == "+" for sign in hits])
    assert average_precision(is_hit, positives) == pytest.approx(expected)
    once = resampled_average_precision(
        is_hit, np.zeros(len(hits), dtype=np.int64), np.array([positives]), np.ones((1, 1), dtype=np.float32)
    )
    assert once.tolist() == pytest.approx([expected])


def test_precision_and_recall_stand_at_each_hit():
    precision, recall = precision_recall(np.array([True, False, True]), 4)
    assert precision.tolist() == [1, pytest.approx(2 / 3)]
    assert recall.tolist() == [1 / 4, 2 / 4]


def test_a_video_counts_in_a_resample_as_often_as_it_is_drawn_and_without_events_there_is_no_value():
    # Video 0 has a hit first, video 1 a false alarm and then a hit; video 2 has nothing.
    is_hit, video = np.array([True, False, True]), np.array([0, 1, 1])
    weights = np.array([[1, 2, 0, 0], [1, 0, 1, 0], [0, 0, 0, 2]], dtype=np.float32)
    found = resampled_average_precision(is_hit, video, np.array([1, 1, 0]), weights)
    assert found[:3].tolist() == pytest.approx([(1 + 2 / 3) / 2, 1, 1 / 2])
    assert np.isnan(found[3])
    none = resampled_average_precision(np.array([False]), np.array([0]), np.array([1, 1, 0]), weights)
    assert none[:3].tolist() == [0, 0, 0]
    assert np.isnan(none[3])
