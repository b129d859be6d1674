"""Average precision of a list and of its resamples, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from etl.evaluation.precision import average_precision, precision_recall, resampled_average_precisions


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
    places = np.array([place for place, sign in enumerate(hits) if sign == "+"], dtype=np.int64)
    assert average_precision(places, positives) == pytest.approx(expected)
    [once] = resampled_average_precisions(
        [places], np.zeros(len(hits), dtype=np.int64), np.array([positives]), np.ones((1, 1), dtype=np.float32)
    )
    assert once.tolist() == pytest.approx([expected])


def test_precision_and_recall_stand_at_each_hit():
    precision, recall = precision_recall(np.array([0, 2]), 4)
    assert precision.tolist() == [1, pytest.approx(2 / 3)]
    assert recall.tolist() == [1 / 4, 2 / 4]


def test_a_video_counts_in_a_resample_as_often_as_it_is_drawn_and_without_events_there_is_no_value():
    # Video 0 has a hit first, video 1 a false alarm and then a hit; video 2 has nothing.
    hits, video = np.array([0, 2]), np.array([0, 1, 1])
    weights = np.array([[1, 2, 0, 0], [1, 0, 1, 0], [0, 0, 0, 2]], dtype=np.float32)
    [found, first, none] = resampled_average_precisions([hits, hits[:1], hits[:0]], video, np.array([1, 1, 0]), weights)
    assert found[:3].tolist() == pytest.approx([(1 + 2 / 3) / 2, 1, 1 / 2])
    assert np.isnan(found[3])
    assert first[:3].tolist() == pytest.approx([1 / 2, 1, 0])  # without the second hit
    assert none[:3].tolist() == [0, 0, 0]
    assert np.isnan(none[3])
