"""Intervals of scores from their resamples, counted by hand."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from etl.evaluation.intervals import LEVEL, Interval, interval

DRAWN = np.arange(101.0)  # of which the quantile q is 100 q


def quantiles(bias: float) -> tuple[float, float]:
    normal = NormalDist()
    tail = normal.inv_cdf((1 - LEVEL) / 2)
    return 100 * normal.cdf(2 * bias + tail), 100 * normal.cdf(2 * bias - tail)


def test_without_resamples_or_with_none_that_has_a_value_there_is_no_interval():
    assert interval(1.0, None) == Interval(None, None)
    assert interval(1.0, np.array([np.nan, np.nan])) == Interval(None, None)


def test_a_value_in_the_middle_of_its_resamples_has_their_plain_percentiles():
    found = interval(50.0, DRAWN)
    assert (found.low, found.high) == pytest.approx(quantiles(0))
    assert found == interval(50.0, np.append(DRAWN, np.nan))


def test_both_ends_are_moved_by_twice_the_normal_quantile_of_the_share_below_and_of_half_the_equal_ones():
    found = interval(20.0, DRAWN)  # 20 below it and one equal
    assert (found.low, found.high) == pytest.approx(quantiles(NormalDist().inv_cdf(20.5 / 101)))
    assert found.low is not None
    assert found.low < interval(50.0, DRAWN).low  # type: ignore[operator]


@pytest.mark.parametrize(("value", "share"), [(-5.0, 0.5 / 101), (500.0, 1 - 0.5 / 101)])
def test_a_value_beyond_all_resamples_is_taken_for_half_a_resample_from_their_end(value: float, share: float):
    found = interval(value, DRAWN)
    assert (found.low, found.high) == pytest.approx(quantiles(NormalDist().inv_cdf(share)))
