"""Match predictions with events, one to one, the highest score first.

The rule, for the predictions of a class by falling score (those of equal score in the order of the input): the
candidate is the event of the same video and class, not yet matched, that is nearest in frames (of equally near ones
the first published); it is matched if it is within the tolerance.

A prediction changes something only when it is matched, and it can only be matched with an event within its tolerance.
So the pairs within the tolerance are sorted in the order of the rule; in each group of a video and class the first pair
is then the first match, and removing all pairs of its prediction and its event leaves the same problem, one event
smaller. As many passes as the largest group has events solve all groups at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.evaluation.moments import Moments, by_rank, first_of_frames

__all__ = ["Pairs", "distances", "match", "one_per_frame", "pairs_within"]

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Predictions paired with events of the same video and class, in the order in which they are considered.

    `prediction` and `event` are positions in the two lists, `group` identifies video and class, `frames` is the
    distance in frames.
    """

    prediction: Integers
    event: Integers
    group: Integers
    frames: Integers

    def where(self, chosen: NDArray[np.bool_] | Integers) -> Pairs:
        """Return the chosen pairs: those marked, in the same order, or those at the given positions, in that order."""
        return Pairs(self.prediction[chosen], self.event[chosen], self.group[chosen], self.frames[chosen])


def pairs_within(events: Moments, predictions: Moments, frames: int) -> Pairs:
    """Return all pairs that are at most `frames` apart."""
    classes = 1 + max(events.label.max(initial=0), predictions.label.max(initial=0))
    # Frames of different groups are farther apart than the tolerance, so one sorted list works for all groups.
    stride = 1 + frames + max(events.frame.max(initial=0), predictions.frame.max(initial=0))
    event_group = events.video * classes + events.label
    event_place = event_group * stride + events.frame
    by_place = np.argsort(event_place, kind="stable")
    places = event_place[by_place]

    group = predictions.video * classes + predictions.label
    place = group * stride + predictions.frame
    first = np.searchsorted(places, place - frames, side="left")
    near = np.flatnonzero(np.append(places, np.iinfo(np.int64).max)[first] <= place + frames)
    near = near[by_rank(predictions.score[near])]
    # Numbers of one or two bytes are counted instead of compared.
    near = near[np.argsort(group[near].astype(np.min_scalar_type(group.max(initial=0))), kind="stable")]
    counts = np.searchsorted(places, place[near] + frames, side="right") - first[near]
    which = np.repeat(np.arange(len(near)), counts)
    offsets = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    event = by_place[first[near[which]] + offsets]
    apart = np.abs(events.frame[event] - predictions.frame[near[which]])
    # One number for the three that count, and nearly in order already.
    order = np.argsort((which * (1 + frames) + apart) * len(events) + event, kind="stable")
    which, event, apart = which[order], event[order], apart[order]
    return Pairs(near[which], event, group[near[which]], apart)


def one_per_frame(pairs: Pairs, events: Moments) -> Pairs:
    """Return the pairs with the first of several events of one class on one frame of a video.

    The published code of E2E-Spot has only these, because it identifies an event by its video and frame.
    """
    is_first = np.zeros(len(events), dtype=np.bool_)
    is_first[first_of_frames(events)] = True
    return pairs.where(is_first[pairs.event])


def match(pairs: Pairs, predictions: int, events: int) -> tuple[Integers, Integers]:
    """Return which of the predictions are matched, by their rising positions, and the event of each."""
    is_free, is_left = np.ones(predictions, dtype=np.bool_), np.ones(events, dtype=np.bool_)
    matched: list[tuple[Integers, Integers]] = [(pairs.prediction[:0], pairs.event[:0])]
    while len(pairs.group):
        # The pairs of a group are adjacent.
        first = np.flatnonzero(np.diff(pairs.group, prepend=-1))
        matched.append((pairs.prediction[first], pairs.event[first]))
        is_free[pairs.prediction[first]] = False
        is_left[pairs.event[first]] = False
        pairs = pairs.where(is_free[pairs.prediction] & is_left[pairs.event])
    prediction, event = map(np.concatenate, zip(*matched, strict=True))
    order = np.argsort(prediction)
    return prediction[order], event[order]


def distances(events: Moments, predictions: Moments, event: Integers, prediction: Integers) -> NDArray[np.float64]:
    """Return the distance in pixels of the given pairs; NaN if either has no point."""
    return np.hypot(events.x[event] - predictions.x[prediction], events.y[event] - predictions.y[prediction])
