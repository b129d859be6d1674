"""Score predictions as detections: average precision at a tolerance in frames and, if asked for, in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.evaluation.matching import Pairs, distances, match
from etl.evaluation.moments import Moments, by_rank
from etl.evaluation.precision import average_precision, resampled_average_precisions
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
# Roughly the same in percent of the diagonal of a picture of 427 × 240 px.
DIAGONAL_TOLERANCES = (1, 2, 4, 8)


@dataclass(frozen=True)
class Detection:
    """Predictions matched with events at one tolerance: their positions, rising, and those of their events."""

    frames: int
    pixels: float
    hits: Integers
    events: Integers


def detect(
    pairs: Pairs,
    events: Moments,
    predictions: Moments,
    frames: tuple[int, ...],
    pixels: tuple[float, ...] = (),
    *,
    scale: Numbers | None = None,
) -> Iterator[Detection]:
    """Yield the matches at every tolerance in frames and, if any are given, in pixels.

    `pairs` are those within the widest tolerance in frames, or a wider one. `scale` is the unit of the pixels in each
    video, if it is not the pixel.
    """
    apart = distances(events, predictions, pairs.event, pairs.prediction) if pixels else None
    if apart is not None and scale is not None:
        apart /= scale[events.video[pairs.event]]
    for tolerance in frames:
        is_near = pairs.frames <= tolerance
        if apart is None:
            yield Detection(tolerance, NONE, *match(pairs.where(is_near), len(predictions), len(events)))
            continue
        for radius in pixels:
            is_close = is_near & (apart <= radius)
            yield Detection(tolerance, radius, *match(pairs.where(is_close), len(predictions), len(events)))


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
    detections = tuple(detections)
    rank = by_rank(predictions.score)
    by_class = [
        _class_scores(measure, label, labels[label], (events, predictions), rank, detections, weights)
        for label in np.flatnonzero(np.bincount(events.label, minlength=len(labels))).tolist()
    ]
    means: list[Score] = []
    for detection, *scores in zip(detections, *by_class, strict=True):
        yield from scores
        means.append(mean_of(scores, "mAP", detection.frames, detection.pixels))
        yield means[-1]
    yield mean_of(means, "mean mAP")


def _class_scores(
    measure: str,
    label: int,
    name: str,
    moments: tuple[Moments, Moments],
    rank: Integers,
    detections: Sequence[Detection],
    weights: Weights | None,
) -> list[Score]:
    """Return the AP of one class for each detection; `moments` are events and predictions."""
    events, predictions = moments
    positives = events.video[events.label == label]
    members = rank[predictions.label[rank] == label]
    place = np.empty(len(predictions), dtype=np.int64)
    place[members] = np.arange(len(members))
    hits = [np.sort(place[one.hits[predictions.label[one.hits] == label]]) for one in detections]
    drawn: Sequence[Numbers | None] = [None] * len(hits)
    if weights is not None:
        per_video = np.bincount(positives, minlength=len(weights))
        drawn = resampled_average_precisions(hits, predictions.video[members], per_video, weights)
    return [
        Score(
            measure,
            "AP",
            name,
            detection.frames,
            detection.pixels,
            100 * average_precision(found, len(positives)),
            len(positives),
            None if resamples is None else 100 * resamples,
        )
        for detection, found, resamples in zip(detections, hits, drawn, strict=True)
    ]
