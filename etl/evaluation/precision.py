"""Average precision: of a ranked list, and of the same list over many resamples of the videos."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["average_precision", "precision_recall", "resampled_average_precisions"]

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]
Weights = NDArray[np.float32]

# How much less one multiplication of a dense product costs, roughly, than one step of a gather.
DENSE_IS_CHEAPER = 400
BLOCK = 1 << 19


def average_precision(hits: Integers, positives: int) -> float:
    """Return the average precision, from 0 to 1, of ranked predictions; those at the places `hits` are right.

    The precision at each hit is raised to the highest at any later hit; their sum is divided by `positives`, the
    number of events (Hong et al., E2E-Spot, ECCV 2022). 0 if there is no hit.
    """
    # Summed in Python's way, so that the last digit equals that of the published code.
    return float(sum(precision_recall(hits, positives)[0].tolist()) / positives)


def precision_recall(hits: Integers, positives: int) -> tuple[Numbers, Numbers]:
    """Return the interpolated precision and the recall at each hit, from 0 to 1; `hits` are places from 0, rising."""
    found = np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate((found / (hits + 1))[::-1])[::-1]
    return precision, found / positives


def resampled_average_precisions(
    hits: Sequence[Integers], video: Integers, positives: Integers, weights: Weights
) -> list[Numbers]:
    """Return the average precision in every resample, as if each video were in the list as often as it was drawn.

    `video` is in the order of the rank; there may be several sets of `hits`, which are rising places from 0.
    `positives` is the number of events of each video, `weights` (videos × resamples) how often a resample draws each.
    NaN for a resample without events.

    Copies of a prediction are adjacent. Precision rises over the copies of a hit, so the last copy's holds for all.
    """
    total = positives @ weights.astype(np.float64)
    ends = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *hits]))
    listed = _listed(ends, video, weights)
    precision = np.empty((max(map(len, hits), default=0), len(total)))  # the memory for each of them in turn
    with np.errstate(invalid="ignore", divide="ignore"):
        return [
            _precision_sums(video[one], listed, np.searchsorted(ends, one), weights, precision[: len(one)]) / total
            for one in hits
        ]


def _listed(ends: Integers, video: Integers, weights: Weights) -> Numbers:
    """Return how many copies are in the list up to each of the places `ends`, at least 1: ends × resamples."""
    if not len(ends):
        return np.empty((0, weights.shape[1]))
    # The ends cut the list into as many pieces; what counts is how often each video is in each piece.
    piece = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=-1))
    listed = _weighted_sums(piece, video[: len(piece)], len(ends), weights)
    for before, row in pairwise(listed):
        row += before
    return np.maximum(listed, 1, out=listed)


def _precision_sums(video: Integers, listed: Numbers, at: Integers, weights: Weights, precision: Numbers) -> Numbers:
    """Return the sum of the precisions at the hits in every resample.

    `video` is that of each hit, `at` its row of `listed`; `precision` (hits × resamples) is written to.

    Row by row: the resamples of one hit fit the processor's cache, so this takes a third of the time of cumsum.
    """
    found, highest = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
    for which, end, row in zip(video.tolist(), at.tolist(), precision, strict=True):
        found += weights[which]
        np.divide(found, listed[end], out=row)
    for which, row in zip(video[::-1].tolist(), precision[::-1], strict=True):
        np.maximum(highest, row, out=highest)
        np.multiply(highest, weights[which], out=row)
    return np.asarray(precision.sum(axis=0))


def _weighted_sums(piece: Integers, video: Integers, pieces: int, weights: Weights) -> Numbers:
    """Return, for each piece and resample, the sum of the weights of the videos in the piece.

    `piece`, in rising order, has every number below `pieces`. Counts stay below 2^24, so they are exact.
    """
    videos = len(weights)
    result = np.empty((pieces, weights.shape[1]))
    is_dense = pieces * videos < DENSE_IS_CHEAPER * len(piece)
    step = max(1, BLOCK // (videos if is_dense else weights.shape[1] * (1 + len(piece) // pieces)))
    for start in range(0, pieces, step):
        end = min(start + step, pieces)
        low, high = np.searchsorted(piece, [start, end])
        place = (piece[low:high] - start) * videos + video[low:high]
        if is_dense:
            counts = np.bincount(place, minlength=(end - start) * videos).astype(np.float32)
            result[start:end] = counts.reshape(-1, videos) @ weights
        else:
            place, counts = np.unique(place, return_counts=True)
            starts = np.flatnonzero(np.diff(place // videos, prepend=-1))
            listed = weights[place % videos] * counts.astype(np.float32)[:, None]
            result[start:end] = np.add.reduceat(listed, starts, axis=0)
    return result
