"""What all predictions are scored against: events as moments, their classes, facts about the videos, the resamples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.baselines import Setting, make_setting
from etl.evaluation.checking import Predictions
from etl.evaluation.choices import CLASSES
from etl.evaluation.detection import FRAME_TOLERANCES, Detection, detect
from etl.evaluation.matching import Pairs, pairs_within
from etl.evaluation.moments import Moments, frame_to_moments
from etl.evaluation.score import Numbers, Weights
from etl.evaluation.times import FrameTimes, frame_times
from etl.evaluation.truth import Truth

__all__ = ["Entry", "Field", "draw_weights", "make_field"]

SEED = 0


@dataclass(frozen=True)
class Field:
    """What all predictions are scored against.

    `events` are those to find, `labels` the names of their classes. `is_single` marks the events that are the only one
    of their video; `diagonal` is that of each video's picture, NaN if its size is unknown. `resamples` is the number of
    resamples, `weights` how often each of them draws each video (videos × resamples), None for no resamples.
    """

    truth: Truth
    events: Moments
    labels: tuple[str, ...]
    setting: Setting
    is_single: NDArray[np.bool_]
    times: FrameTimes
    diagonal: Numbers
    resamples: int
    weights: Weights | None


@dataclass(frozen=True)
class Entry:
    """One file's predictions.

    `rows` are those for scored videos, in the order of the file; `moments` are the same in the order of their rank, and
    `rank` is the position of each among the rows.
    """

    field: Field
    predictions: Predictions
    rows: pl.DataFrame
    moments: Moments
    rank: NDArray[np.int64]

    @cached_property
    def pairs(self) -> Pairs:
        """The predictions and events of one class within the widest tolerance."""
        return pairs_within(self.field.events, self.moments, max(FRAME_TOLERANCES))

    @cached_property
    def strict(self) -> tuple[Detection, ...]:
        """The strict matches at every tolerance."""
        return tuple(detect(self.pairs, self.field.events, self.moments, FRAME_TOLERANCES))


def make_field(truth: Truth, classes: str, resamples: int) -> Field:
    """Return the field of the selected events, in classes by a key of CLASSES."""
    videos, training = truth.videos, truth.training
    # The videos of the training events are not scored, so they are counted separately.
    training_moments = frame_to_moments(training, training["video_id"].unique(maintain_order=True), classes)
    events = frame_to_moments(truth.events, videos["video_id"], classes)
    width, height = (videos[side].cast(pl.Float64).fill_null(float("nan")).to_numpy() for side in ("width", "height"))
    return Field(
        truth=truth,
        events=events,
        labels=CLASSES[classes],
        setting=make_setting(truth, training, training_moments),
        is_single=(videos["events"].to_numpy() == 1)[events.video],
        times=frame_times(truth.frame_times, videos["video_id"]),
        diagonal=np.hypot(width, height),
        resamples=resamples,
        weights=draw_weights(len(videos), resamples),
    )


def draw_weights(videos: int, resamples: int) -> Weights | None:
    """Return how often each resample draws each video: videos × resamples; None for no resamples."""
    if not resamples:
        return None
    draw = np.random.default_rng(SEED).integers(0, videos, size=(resamples, videos))
    return np.stack([np.bincount(row, minlength=videos) for row in draw], axis=1).astype(np.float32)
