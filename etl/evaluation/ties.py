"""Warn where equal scores make the order of the file decide: their order there is the rule, but says nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.evaluation.detection import FRAME_TOLERANCES, detect, detection_scores
from etl.evaluation.field import Entry
from etl.evaluation.moments import Moments, take

__all__ = ["tie_warnings"]

# Other orders of equal scores that are tried, besides that of the file and its reverse.
SHUFFLES = 4
SEED = 0
# A difference that would be told, in points of mAP.
NOTABLE = 1.0


@dataclass(frozen=True)
class _Range:
    """The lowest and the highest mAP within so many frames, in percent, over orders of equal scores."""

    frames: float
    low: float
    high: float


def tie_warnings(entry: Entry) -> list[str]:
    """Return a warning where other orders of equal scores move the strict mAP by more than a point."""
    given = entry.moments
    if not _has_ties(given):
        return []
    random = np.random.default_rng(SEED)
    orders = [np.arange(len(given))[::-1], *(random.permutation(len(given)) for _ in range(SHUFFLES))]
    maps = [_maps(entry, given), *(_maps(entry, take(given, order)) for order in orders)]
    ranges = [
        _Range(frames, min(found[frames] for found in maps), max(found[frames] for found in maps))
        for frames in FRAME_TOLERANCES
    ]
    widest = max(ranges, key=lambda one: one.high - one.low)
    if widest.high - widest.low <= NOTABLE:
        return []
    return [
        f"{entry.predictions.name}: predictions of equal score rank in the order of the file; in other orders the "
        f"strict mAP within {widest.frames} frames goes from {widest.low:.1f} to {widest.high:.1f}. Give scores that "
        "differ"
    ]


def _has_ties(given: Moments) -> bool:
    """Return whether two predictions of one class have the same score."""
    scores = np.column_stack([given.label.astype(np.float64), given.score])
    return len(np.unique(scores, axis=0)) < len(scores)


def _maps(entry: Entry, given: Moments) -> dict[int, float]:
    """Return the strict mAP within each tolerance."""
    field = entry.field
    detections = detect(field.events, given, FRAME_TOLERANCES)
    return {
        int(score.frames): score.value
        for score in detection_scores("strict", field.events, given, field.labels, detections)
        if score.statistic == "mAP"
    }
