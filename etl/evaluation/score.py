"""One score, and means of scores and of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NONE", "Numbers", "Score", "ScoreKey", "Weights", "mean_of", "mean_score"]

Numbers = NDArray[np.float64]
# How often each resample draws each video or clip: videos × resamples.
Weights = NDArray[np.float32]
# A tolerance that a score does not have.
NONE = float("nan")


@dataclass(frozen=True, order=True)
class ScoreKey:
    """The key of a score within an evaluation; a missing tolerance is -1, because NaN equals nothing."""

    measure: str
    statistic: str
    label: str
    frames: float
    pixels: float


@dataclass(frozen=True)
class Score:
    """One number: what was measured, of which class ("all": the mean over classes), at which tolerance.

    `frames` and `pixels` are NONE if time or place does not count. `value` is in percent or in the unit that
    `statistic` names. `events` is the number of events behind it. `resamples` has the value in every resample of the
    videos; `standard_error` is NaN unless the score is a mean over clips.
    """

    measure: str
    statistic: str
    label: str
    frames: float
    pixels: float
    value: float
    events: int
    resamples: Numbers | None = None
    standard_error: float = float("nan")

    @property
    def key(self) -> ScoreKey:
        """The score's key."""
        frames, pixels = np.nan_to_num([self.frames, self.pixels], nan=-1.0).tolist()
        return ScoreKey(self.measure, self.statistic, self.label, frames, pixels)


def mean_of(scores: Sequence[Score], statistic: str, frames: float = NONE, pixels: float = NONE) -> Score:
    """Return the mean of scores; in each resample, the mean of those that have a value there."""
    resamples = None
    drawn = [score.resamples for score in scores if score.resamples is not None]
    if drawn:
        stacked = np.stack(drawn)
        has_value = ~np.isnan(stacked)
        with np.errstate(invalid="ignore"):
            resamples = np.where(has_value, stacked, 0).sum(axis=0) / has_value.sum(axis=0)
    events = scores[0].events if statistic == "mean mAP" else sum(score.events for score in scores)
    value = float(np.mean([score.value for score in scores]))
    return Score(scores[0].measure, statistic, "all", frames, pixels, value, events, resamples)


def mean_score(
    measure: str,
    statistic: str,
    values: Numbers | NDArray[np.bool_],
    weights: Weights | None = None,
    *,
    frames: float = NONE,
    pixels: float = NONE,
) -> Score:
    """Return the mean over clips of values from 0 to 1 in percent, with its standard error.

    `weights` (clips × resamples) asks for the resamples, too.
    """
    values = values.astype(np.float64)
    count = len(values)
    error = 100 * float(np.std(values, ddof=1)) / count**0.5 if count > 1 else float("nan")
    resamples = None
    if weights is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            resamples = 100 * (values @ weights) / weights.sum(axis=0)
    return Score(measure, statistic, "all", frames, pixels, 100 * float(np.mean(values)), count, resamples, error)
