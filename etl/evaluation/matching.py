"""Match predictions with events, one to one, the highest score first.

The rule, for the predictions of a class by falling score (those of equal score in the order of the input): the
candidate is the event of the same video and class, not yet matched, that is nearest in frames (of equally near ones
the first published); it is matched when it lies within the tolerance.

A prediction changes something only when it is matched, and it can only be matched with an event within its tolerance.
So the pairs within the tolerance are sorted as the rule walks; in each group of a video and class the first pair is
then the first match, and striking out all pairs of its prediction and its event leaves the same problem, one event
smaller. As many passes as the fullest group has events settle all groups at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.evaluation.moments import Moments

__all__ = ["NO_EVENT", "Pairs", "distances", "match", "pairs_within"]

NO_EVENT = -1
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Predictions paired with events of the same video and class, in the order in which they are considered.

    `prediction` and `event` are positions in the two lists, `group` tells videos and classes apart, `frames` is the
    distance in frames.
    """

    prediction: Integers
    event: Integers
    group: Integers
    frames: Integers

    def where(self, chosen: NDArray[np.bool_] | Integers) -> Pairs:
        """Return the chosen pairs: those marked, in the same order, or those at some positions, in theirs."""
        return Pairs(self.prediction[chosen], self.event[chosen], self.group[chosen], self.frames[chosen])


def pairs_within(events: Moments, predictions: Moments, frames: int, *, one_per_frame: bool = False) -> Pairs:
    """Return all pairs that are at most `frames` apart.

    With `one_per_frame`, of several events of one class on one frame of a video only the first can be paired, as in
    the published code of E2E-Spot, which knows an event by its video and frame.
    """
    classes = 1 + max(events.label.max(initial=0), predictions.label.max(initial=0))
    # Frames of different groups are further apart than the tolerance, so one sorted list serves all groups.
    stride = 1 + frames + max(events.frame.max(initial=0), predictions.frame.max(initial=0))
    event_group = events.video * classes + events.label
    event_place = event_group * stride + events.frame
    by_place = np.argsort(event_place, kind="stable")
    if one_per_frame:
        ordered = event_place[by_place]
        by_place = by_place[np.diff(ordered, prepend=-1) != 0]
    places = event_place[by_place]

    group = predictions.video * classes + predictions.label
    place = group * stride + predictions.frame
    first = np.searchsorted(places, place - frames, side="left")
    near = np.flatnonzero(np.append(places, np.iinfo(np.int64).max)[first] <= place + frames)
    near = near[np.lexsort((-predictions.score[near], group[near]))]
    counts = np.searchsorted(places, place[near] + frames, side="right") - first[near]
    which = np.repeat(np.arange(len(near)), counts)
    offsets = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    event = by_place[first[near[which]] + offsets]
    apart = np.abs(events.frame[event] - predictions.frame[near[which]])
    order = np.lexsort((event, apart, which))
    which, event, apart = which[order], event[order], apart[order]
    return Pairs(near[which], event, group[near[which]], apart)


def match(pairs: Pairs, predictions: int, events: int) -> Integers:
    """Return, for each of so many predictions, the position of the event it is matched with, or NO_EVENT."""
    matched = np.full(predictions, NO_EVENT, dtype=np.int64)
    is_free = np.ones(events, dtype=np.bool_)
    while len(pairs.group):
        # The pairs of a group stand together.
        first = np.flatnonzero(np.diff(pairs.group, prepend=-1))
        matched[pairs.prediction[first]] = pairs.event[first]
        is_free[pairs.event[first]] = False
        pairs = pairs.where((matched[pairs.prediction] == NO_EVENT) & is_free[pairs.event])
    return matched


def distances(events: Moments, predictions: Moments, event: Integers, prediction: Integers) -> NDArray[np.float64]:
    """Return the distance in pixels of the given pairs; NaN where either has no point."""
    return np.hypot(events.x[event] - predictions.x[prediction], events.y[event] - predictions.y[prediction])
