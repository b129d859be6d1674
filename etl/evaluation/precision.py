"""Average precision: of a ranked list, and of the same list over many resamples of the videos."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["average_precision", "precision_recall", "resampled_average_precision"]

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

# One multiplication of a dense product costs about so much less than one step of a gather.
DENSE_IS_CHEAPER = 400
BLOCK = 1 << 21


def average_precision(is_hit: NDArray[np.bool_], positives: int) -> float:
    """Return the average precision, from 0 to 1, of predictions in the order of their rank.

    The precision at each hit is raised to the highest at any later hit; their sum is divided by `positives`, the
    number of events (Hong et al., E2E-Spot, ECCV 2022). 0 where nothing is hit.
    """
    # Summed as Python sums, so that the last digit is the published code's.
    return float(sum(precision_recall(is_hit, positives)[0].tolist()) / positives)


def precision_recall(is_hit: NDArray[np.bool_], positives: int) -> tuple[Numbers, Numbers]:
    """Return the interpolated precision and the recall at each hit, from 0 to 1."""
    ranks = np.flatnonzero(is_hit) + 1
    hits = np.arange(1, len(ranks) + 1)
    precision = np.maximum.accumulate((hits / ranks)[::-1])[::-1]
    return precision, hits / positives


def resampled_average_precision(
    is_hit: NDArray[np.bool_], video: Integers, positives: Integers, weights: NDArray[np.float32]
) -> Numbers:
    """Return the average precision in every resample, as if each video stood in the list as often as it was drawn.

    `is_hit` and `video` are in the order of the rank, `positives` is the number of events of each video, `weights`
    (videos × resamples) how often a resample draws each. NaN for a resample without events.

    Copies of a prediction stand together. Over the copies of a hit precision rises, so the last copy's holds for all.
    """
    hits = np.flatnonzero(is_hit)
    total = positives @ weights.astype(np.float64)
    if not len(hits):
        return np.where(total > 0, 0.0, np.nan)
    until_last = slice(0, int(hits[-1]) + 1)
    # The hits cut the list into as many pieces; what counts is how often each video stands in each piece.
    piece: Integers = np.cumsum(is_hit[until_last]) - is_hit[until_last]
    sums = _weighted_sums(piece, video[until_last], len(hits), weights)
    drawn = weights[video[hits]]
    found, listed = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
    precision = np.zeros((len(hits), weights.shape[1]))
    # Row by row: the resamples of one hit fit the processor's cache, so this takes a third of what cumsum takes.
    for at, (more_found, more_listed) in enumerate(zip(drawn, sums, strict=True)):
        found += more_found
        listed += more_listed
        np.divide(found, listed, out=precision[at], where=listed > 0)
    for at in range(len(hits) - 1, 0, -1):
        np.maximum(precision[at - 1], precision[at], out=precision[at - 1])
    precision *= drawn
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(precision.sum(axis=0) / total)


def _weighted_sums(piece: Integers, video: Integers, pieces: int, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return, for each piece and resample, the sum of the weights of the videos that stand in the piece.

    `piece`, in rising order, has every number below `pieces`. Counts stay below 2^24, so they are exact.
    """
    videos = len(weights)
    result = np.empty((pieces, weights.shape[1]), dtype=np.float32)
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
