"""Warn where equal scores make the order of the file decide: their order there is the rule, but says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from etl.evaluation.detection import FRAME_TOLERANCES
from etl.evaluation.field import Entry
from etl.evaluation.matching import NO_EVENT, Pairs, match, pairs_within
from etl.evaluation.moments import Moments
from etl.evaluation.precision import average_precision

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
    in_file = np.arange(len(given))
    shuffled = (random.permutation(len(given)) for _ in range(SHUFFLES))
    pairs = pairs_within(entry.field.events, given, max(FRAME_TOLERANCES))
    maps = [_maps(entry, pairs, order) for order in chain([in_file, in_file[::-1]], shuffled)]
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


def _has_ties(ranked: Moments) -> bool:
    """Return whether two predictions of one class have the same score."""
    scores = (ranked.score[ranked.label == label] for label in np.unique(ranked.label))
    return any((score[1:] == score[:-1]).any() for score in scores)


def _maps(entry: Entry, pairs: Pairs, order: NDArray[np.int64]) -> dict[int, float]:
    """Return the strict mAP within each tolerance when equal scores rank in `order`.

    The predictions and `pairs` are in the order of the rank, and are moved only within equal scores: so what sorts
    them finds them nearly in order.
    """
    events, ranked, count = entry.field.events, entry.moments, len(order)
    position = np.empty(count, dtype=np.int64)
    position[order] = np.arange(count)
    score = np.cumsum(np.diff(ranked.score, prepend=ranked.score[0]) != 0)
    rank = np.empty(count, dtype=np.int64)
    by_rank = np.argsort(score * count + position, kind="stable")
    rank[by_rank] = np.arange(count)
    moved = pairs.where(np.argsort(pairs.group * count + rank[pairs.prediction], kind="stable"))
    label = ranked.label[by_rank]
    before = {which: np.cumsum(label == which) for which in np.unique(events.label)}  # of the class, up to each rank
    maps = {}
    for frames in FRAME_TOLERANCES:
        matched = match(moved.where(moved.frames <= frames), count, len(events))
        hits = np.flatnonzero(matched != NO_EVENT)
        values = []
        for which, listed in before.items():
            is_hit = np.zeros(listed[-1], dtype=np.bool_)
            is_hit[listed[rank[hits[ranked.label[hits] == which]]] - 1] = True
            values.append(100 * average_precision(is_hit, int(np.sum(events.label == which))))
        maps[frames] = float(np.mean(values))
    return maps
