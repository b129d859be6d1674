"""Score predictions as detections: average precision at a tolerance in frames, and in pixels where it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.evaluation.matching import NO_EVENT, Pairs, distances, match, pairs_within
from etl.evaluation.moments import Moments
from etl.evaluation.precision import average_precision, resampled_average_precision
from etl.evaluation.score import NONE, Numbers, Score, Weights, mean_of

__all__ = [
    "DIAGONAL_TOLERANCES",
    "FRAME_TOLERANCES",
    "PIXEL_TOLERANCES",
    "Detection",
    "detect",
    "detection_scores",
]

Integers = NDArray[np.int64]

# E2E-Spot's tolerances, and ours for the point.
FRAME_TOLERANCES = (0, 1, 2, 4)
PIXEL_TOLERANCES = (5, 10, 20, 40)
# The same in percent of the diagonal of a picture of 427 × 240 px, roughly.
DIAGONAL_TOLERANCES = (1, 2, 4, 8)


@dataclass(frozen=True)
class Detection:
    """Predictions matched with events at one tolerance: `matched` is a position in the events, or NO_EVENT."""

    frames: int
    pixels: float
    matched: Integers


def detect(
    events: Moments,
    predictions: Moments,
    frames: tuple[int, ...],
    pixels: tuple[float, ...] = (),
    *,
    scale: Numbers | None = None,
    one_per_frame: bool = False,
) -> Iterator[Detection]:
    """Yield the matches at every tolerance in frames and, where any are given, in pixels.

    `scale` is the unit of the latter in each video, where it is not the pixel.
    """
    pairs = pairs_within(events, predictions, max(frames), one_per_frame=one_per_frame)
    apart = distances(events, predictions, pairs.event, pairs.prediction) if pixels else None
    if apart is not None and scale is not None:
        apart /= scale[events.video[pairs.event]]
    for tolerance in frames:
        is_near = pairs.frames <= tolerance
        if apart is None:
            yield Detection(tolerance, NONE, _matched(pairs, is_near, events, predictions))
            continue
        for radius in pixels:
            is_close = is_near & (apart <= radius)
            yield Detection(tolerance, radius, _matched(pairs, is_close, events, predictions))


def _matched(pairs: Pairs, chosen: NDArray[np.bool_], events: Moments, predictions: Moments) -> Integers:
    return match(pairs.where(chosen), len(predictions), len(events))


def detection_scores(
    measure: str,
    events: Moments,
    predictions: Moments,
    labels: tuple[str, ...],
    detections: Iterable[Detection],
    weights: Weights | None = None,
) -> Iterator[Score]:
    """Yield the AP of every class and their mean, in percent, for each detection; then the mean over tolerances.

    Classes without an event are left out. `weights` (videos × resamples) asks for the resamples, too.
    """
    present = np.flatnonzero(np.bincount(events.label, minlength=len(labels))).tolist()
    rank = np.argsort(-predictions.score, kind="stable")
    members = {label: rank[predictions.label[rank] == label] for label in present}
    positives = {label: events.video[events.label == label] for label in present}
    means: list[Score] = []
    for detection in detections:
        scores = []
        for label in present:
            is_hit = detection.matched[members[label]] != NO_EVENT
            value = average_precision(is_hit, len(positives[label]))
            resamples = None
            if weights is not None:
                per_video = np.bincount(positives[label], minlength=len(weights))
                video = predictions.video[members[label]]
                resamples = 100 * resampled_average_precision(is_hit, video, per_video, weights)
            scores.append(
                Score(
                    measure,
                    "AP",
                    labels[label],
                    detection.frames,
                    detection.pixels,
                    100 * value,
                    len(positives[label]),
                    resamples,
                )
            )
        yield from scores
        means.append(mean_of(scores, "mAP", detection.frames, detection.pixels))
        yield means[-1]
    yield mean_of(means, "mean mAP")
