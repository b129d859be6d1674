"""Intervals from resamples: bias-corrected percentiles (BC; Efron, 1981), at a calibrated level."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from etl.evaluation.score import Numbers

__all__ = ["Interval", "interval"]

# The level of the percentiles. With a few hundred videos the bootstrap is a little too narrow: at 0.95 it covered the
# population's AP in 92 to 96 % of the data sets of `make coverage-study`, so the level is raised by what is missing.
LEVEL = 0.97
NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """A 95 % interval; None if there is none."""

    low: float | None
    high: float | None


def interval(value: float, resamples: Numbers | None) -> Interval:
    """Return the bias-corrected interval of a value from its resamples, in which NaN means no value.

    The percentiles are moved by twice the normal quantile of the share of resamples below the value (equal ones count
    half): if resampling raises a value, both ends are lower than the plain percentiles.
    """
    drawn = resamples[~np.isnan(resamples)] if resamples is not None else np.array([])
    if not len(drawn):
        return Interval(None, None)
    below = (np.sum(drawn < value) + np.sum(drawn == value) / 2) / len(drawn)
    # If all are on one side, the bias is only known to be large: limit it to what the resamples can show.
    below = min(max(below, 0.5 / len(drawn)), 1 - 0.5 / len(drawn))
    bias = NORMAL.inv_cdf(below)
    tail = NORMAL.inv_cdf((1 - LEVEL) / 2)
    low, high = np.quantile(drawn, [NORMAL.cdf(2 * bias + tail), NORMAL.cdf(2 * bias - tail)])
    return Interval(float(low), float(high))
