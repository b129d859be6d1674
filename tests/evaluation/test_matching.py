"""Matching and average precision: against the rules read aloud, and the properties that they must have."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import plain
import pytest
from evaluating import moments
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.evaluation.detection import DIAGONAL_TOLERANCES, FRAME_TOLERANCES, PIXEL_TOLERANCES, detect, detection_scores
from etl.evaluation.matching import match, one_per_frame, pairs_within
from etl.evaluation.moments import Moments, take
from etl.evaluation.precision import average_precision, resampled_average_precisions

SCORES = (0.1, 0.25, 0.5, 1.0)
MOMENT = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 12), st.just(1.0))
PREDICTION = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 12), st.sampled_from(SCORES))
EVENTS = st.lists(MOMENT, min_size=1, max_size=12)
PREDICTIONS = st.lists(PREDICTION, max_size=25)


def scores(events: Moments, predictions: Moments, *, spot: bool = False) -> dict[tuple[str, str, float], float]:
    pairs = pairs_within(events, predictions, max(FRAME_TOLERANCES))
    pairs = one_per_frame(pairs, events) if spot else pairs
    detections = detect(pairs, events, predictions, FRAME_TOLERANCES)
    found = detection_scores("strict", events, predictions, ("contact", "release"), detections)
    return {(score.statistic, score.label, score.frames): score.value for score in found}


def plainly(
    events: list[tuple[int, int, int, float]],
    predictions: list[tuple[int, int, int, float]],
    label: int,
    tolerance: int,
    *,
    spot: bool,
) -> float:
    truth = defaultdict(list)
    for video, kind, frame, _ in events:
        if kind == label:
            truth[str(video)].append(frame)
    mine = [(str(video), frame, score) for video, kind, frame, score in predictions if kind == label]
    return 100 * plain.average_precision(mine, truth, tolerance, for_itself=not spot)


def test_the_tolerances_are_those_that_the_documentation_names():
    assert FRAME_TOLERANCES == (0, 1, 2, 4)
    assert PIXEL_TOLERANCES == (5, 10, 20, 40)
    assert DIAGONAL_TOLERANCES == (1, 2, 4, 8)


@settings(max_examples=300, deadline=None)
@given(EVENTS, PREDICTIONS, st.booleans())
def test_scores_are_those_of_the_rules_read_aloud_to_the_last_digit(events, predictions, spot):
    found = scores(moments(*events), moments(*predictions), spot=spot)
    for label in {kind for _, kind, *_ in events}:
        for tolerance in FRAME_TOLERANCES:
            expected = plainly(events, predictions, label, tolerance, spot=spot)
            assert found["AP", ("contact", "release")[label], tolerance] == expected


@settings(max_examples=100, deadline=None)
@given(EVENTS, PREDICTIONS, st.sampled_from(FRAME_TOLERANCES))
def test_a_match_is_one_to_one_within_the_tolerance_and_within_video_and_class(events, predictions, tolerance):
    truth, given_ones = moments(*events), moments(*predictions)
    hits, matched = match(pairs_within(truth, given_ones, tolerance), len(given_ones), len(truth))
    assert len(set(matched.tolist())) == len(hits)
    assert (np.diff(hits) > 0).all()
    assert (truth.video[matched] == given_ones.video[hits]).all()
    assert (truth.label[matched] == given_ones.label[hits]).all()
    assert (np.abs(truth.frame[matched] - given_ones.frame[hits]) <= tolerance).all()


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_an_oracle_scores_exactly_100_where_each_event_is_matched_for_itself(events):
    truth = moments(*events)
    assert set(scores(truth, truth).values()) == {100.0}


@settings(max_examples=100, deadline=None)
@given(EVENTS, PREDICTIONS, st.tuples(st.integers(0, 2), st.integers(0, 1)))
def test_a_false_positive_at_the_lowest_score_never_raises_ap(events, predictions, place):
    far_away = (*place, 90, 0.01)
    before = scores(moments(*events), moments(*predictions))
    after = scores(moments(*events), moments(*predictions, far_away))
    assert all(after[key] <= value for key, value in before.items())


@settings(max_examples=100, deadline=None)
@given(EVENTS, st.lists(PREDICTION, max_size=20), st.randoms())
def test_the_order_of_the_input_counts_among_equal_scores_alone(events, predictions, random):
    different = [(*prediction[:3], (position + 1) / 100) for position, prediction in enumerate(predictions)]
    shuffled = list(different)
    random.shuffle(shuffled)
    assert scores(moments(*events), moments(*different)) == scores(moments(*events), moments(*shuffled))


@settings(max_examples=50, deadline=None)
@given(EVENTS, PREDICTIONS, st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_a_resample_scores_as_the_list_in_which_every_video_stands_as_often_as_drawn(events, predictions, drawn):
    truth, given_ones = take(moments(*events), np.array([kind == 0 for _, kind, *_ in events])), moments(*predictions)
    given_ones = take(given_ones, given_ones.label == 0)
    rank = np.argsort(-given_ones.score, kind="stable")
    hits, _ = match(pairs_within(truth, given_ones, 2), len(given_ones), len(truth))
    is_hit = np.isin(rank, hits)
    positives = np.bincount(truth.video, minlength=3)
    weights = np.array([drawn, [1, 1, 1]], dtype=np.float32).T

    [found] = resampled_average_precisions([np.flatnonzero(is_hit)], given_ones.video[rank], positives, weights)
    for position, times in enumerate((drawn, [1, 1, 1])):
        copies = np.repeat(is_hit, np.array(times)[given_ones.video[rank]])
        total = int(positives @ times)
        if total:
            assert found[position] == pytest.approx(average_precision(np.flatnonzero(copies), total))
        else:
            assert np.isnan(found[position])


def test_a_resample_that_draws_every_video_once_is_the_score_itself():
    events, predictions = (
        moments((0, 0, 5, 1.0), (1, 1, 9, 1.0)),
        moments((0, 0, 6, 0.5), (0, 0, 5, 0.9), (1, 1, 12, 1.0)),
    )
    pairs = pairs_within(events, predictions, max(FRAME_TOLERANCES))
    detections = detect(pairs, events, predictions, FRAME_TOLERANCES)
    once = np.ones((2, 1), dtype=np.float32)
    found = list(detection_scores("strict", events, predictions, ("contact", "release"), detections, once))
    assert 0 < found[-1].value < 100
    for score in found:
        assert score.resamples == pytest.approx([score.value])


def test_many_hits_are_resampled_alike_by_either_product(monkeypatch):
    rng = np.random.default_rng(1)
    is_hit, video = rng.random(3000) < 0.3, rng.integers(0, 50, 3000)
    every = np.flatnonzero(is_hit)
    positives, weights = np.full(50, 30), rng.integers(0, 4, (50, 20)).astype(np.float32)
    results = []
    for threshold in (0, 10**9):
        monkeypatch.setattr("etl.evaluation.precision.DENSE_IS_CHEAPER", threshold)
        results.append(resampled_average_precisions([every, every[::3]], video, positives, weights))
    one, other = results
    np.testing.assert_allclose(one, other)


def ap(events: Moments, predictions: Moments, tolerance: int, *, spot: bool = False) -> float:
    return round(scores(events, predictions, spot=spot)["AP", "contact", tolerance], 6)


def test_of_two_equal_scores_the_first_in_the_input_ranks_first():
    event = moments((0, 0, 5, 1))
    assert ap(event, moments((0, 0, 9, 0.5), (0, 0, 5, 0.5)), 0) == 50
    assert ap(event, moments((0, 0, 5, 0.5), (0, 0, 9, 0.5)), 0) == 100


def test_two_events_on_one_frame_are_found_both_by_strict_and_once_by_spot():
    events = moments((0, 0, 5, 1), (0, 0, 5, 1))
    assert ap(events, events, 0) == 100
    assert ap(events, events, 0, spot=True) == 50


def test_the_candidate_is_the_nearest_event_that_is_not_matched_yet():
    events = moments((0, 0, 10, 1), (0, 0, 13, 1))
    # 11 takes 10; 10 is then matched, so the nearest left is 13: three frames from 10, two from 11.
    assert ap(events, moments((0, 0, 11, 0.9), (0, 0, 10, 0.8)), 2) == 50
    assert ap(events, moments((0, 0, 11, 0.9), (0, 0, 11, 0.8)), 2) == 100


def test_of_two_events_equally_near_the_first_published_is_taken():
    predictions = moments((0, 0, 10, 0.9), (0, 0, 7, 0.8))
    # 10 lies between 8 and 12. If it takes 12, the prediction 7 can still have 8; if it takes 8, it has none.
    assert ap(moments((0, 0, 12, 1), (0, 0, 8, 1)), predictions, 2) == 100
    assert ap(moments((0, 0, 8, 1), (0, 0, 12, 1)), predictions, 2) == 50


def test_precision_is_raised_to_that_of_any_later_hit():
    # Hits at ranks 2 and 3 of three events: precisions 1/2 and 2/3, of which the first is raised to 2/3.
    events = moments((0, 0, 5, 1), (0, 0, 20, 1), (0, 0, 40, 1))
    predictions = moments((0, 0, 90, 0.9), (0, 0, 5, 0.8), (0, 0, 20, 0.7))
    assert ap(events, predictions, 0) == pytest.approx(100 * (2 / 3 + 2 / 3) / 3, abs=1e-6)


def test_a_class_without_events_is_left_out_and_one_without_predictions_scores_0():
    both = moments((0, 0, 5, 1), (0, 1, 9, 1))
    only_contact = moments((0, 0, 5, 1))
    assert scores(both, only_contact)["mAP", "all", 0] == 50
    assert scores(only_contact, both)["mAP", "all", 0] == 100
    assert ("AP", "release", 0) not in scores(only_contact, both)


def test_a_tolerance_does_not_reach_into_another_video_or_class():
    event = moments((1, 0, 0, 1))
    assert ap(event, moments((0, 0, 12, 1), (1, 1, 0, 1), (2, 0, 0, 1)), 4) == 0


def test_no_predictions_score_0():
    assert set(scores(moments((0, 0, 5, 1)), take(moments((0, 0, 5, 1)), np.array([False]))).values()) == {0.0}
