"""Warn if equal scores let the order of the file decide the result: that order is the rule, but is arbitrary."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from etl.evaluation.detection import FRAME_TOLERANCES
from etl.evaluation.field import Entry
from etl.evaluation.matching import Pairs, match
from etl.evaluation.precision import average_precision

__all__ = ["tie_warnings"]

Integers = NDArray[np.int64]

# How many other orders of equal scores are tried, besides that of the file and its reverse.
SHUFFLES = 4
SEED = 0
# A difference that is worth a warning, in points of mAP.
NOTABLE = 1.0


@dataclass(frozen=True)
class _Ranked:
    """The predictions of a file, class by class, each class in the order of its rank.

    `slot` is the position of each prediction in that list, `start` that of its class's first; `run` counts the runs of
    equal scores in a class, by slot; `pairs` are the predictions near events, `tie` tells apart those of one video and
    class whose scores differ.
    """

    slot: Integers
    run: Integers
    start: Integers
    pairs: Pairs
    tie: Integers


@dataclass(frozen=True)
class _Range:
    """The lowest and the highest mAP within this many frames, in percent, over orders of equal scores."""

    frames: float
    low: float
    high: float


def tie_warnings(entry: Entry) -> list[str]:
    """Return a warning if other orders of equal scores change the strict mAP by more than a point."""
    ranked = _ranked(entry)
    count = len(ranked.run)
    if not count or ranked.run[-1] == count - 1:  # no two predictions of one class have the same score
        return []
    random = np.random.default_rng(SEED)
    in_file = np.arange(count)
    shuffled = (random.permutation(count) for _ in range(SHUFFLES))
    maps = [_maps(entry, ranked, order) for order in chain([in_file, in_file[::-1]], shuffled)]
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


def _ranked(entry: Entry) -> _Ranked:
    predictions, pairs = entry.moments, entry.pairs
    by_class = np.argsort(predictions.label.astype(np.uint8), kind="stable")
    slot = np.empty(len(by_class), dtype=np.int64)
    slot[by_class] = np.arange(len(by_class))
    label, score = predictions.label[by_class], predictions.score[by_class]
    run = np.cumsum((np.diff(label, prepend=label[:1]) != 0) | (np.diff(score, prepend=score[:1]) != 0))
    start = np.searchsorted(label, np.arange(len(entry.field.labels)))
    tie = np.cumsum((np.diff(pairs.group, prepend=-1) != 0) | (np.diff(run[slot[pairs.prediction]], prepend=-1) != 0))
    return _Ranked(slot, run, start, pairs, tie)


def _maps(entry: Entry, ranked: _Ranked, order: Integers) -> dict[int, float]:
    """Return the strict mAP within each tolerance when equal scores rank in `order`.

    Predictions and pairs move only within equal scores, so they are nearly sorted.
    """
    events, predictions, count = entry.field.events, entry.moments, len(order)
    position = np.empty(count, dtype=np.int64)
    position[order] = np.arange(count)
    pairs = ranked.pairs
    moved = pairs.where(np.argsort(ranked.tie * count + position[pairs.prediction], kind="stable"))
    hits = [match(moved.where(moved.frames <= frames), count, len(events))[0] for frames in FRAME_TOLERANCES]
    slot = _moved_slots(ranked, position, np.concatenate(hits))
    return {
        frames: float(
            np.mean(
                [
                    100
                    * average_precision(
                        np.sort(slot[found[predictions.label[found] == which]] - ranked.start[which]), int(positives)
                    )
                    for which, positives in enumerate(np.bincount(events.label))
                    if positives
                ]
            )
        )
        for frames, found in zip(FRAME_TOLERANCES, hits, strict=True)
    }


def _moved_slots(ranked: _Ranked, position: Integers, hits: Integers) -> Integers:
    """Return the slots of predictions when equal scores rank by `position`; only those of hits are moved."""
    is_asked = np.zeros(len(ranked.run), dtype=np.bool_)
    is_asked[ranked.run[ranked.slot[hits]]] = True
    asked = np.flatnonzero(is_asked[ranked.run[ranked.slot]])
    slots = ranked.slot[asked]
    slot = ranked.slot.copy()
    slot[asked[np.argsort(ranked.run[slots] * len(position) + position[asked])]] = np.sort(slots)
    return slot
