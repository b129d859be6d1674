"""Compare what was given to an annotation tool with what came back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.corrections.model import Marked, Place
from etl.warehouse.pairing import pair_events

__all__ = ["KINDS", "Difference", "compare", "differences_of"]

KINDS = ("added", "removed", "moved", "relabelled")


@dataclass(frozen=True, slots=True)
class Difference:
    """One event that changed; `before` is None for an added one, `after` for a removed one."""

    video_id: str
    before: Marked | None
    after: Marked | None

    @property
    def kind(self) -> str:
        """One of `KINDS`; a relabelled event may have moved, too."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "moved" if self.before.label == self.after.label else "relabelled"

    @property
    def frames(self) -> int | None:
        """By how many frames the event was moved: later is positive."""
        return self.after.frame_number - self.before.frame_number if self.before and self.after else None

    @property
    def pixels(self) -> float | None:
        """By how many pixels the point was moved."""
        return math.dist(self.before.point, self.after.point) if self.before and self.after else None


def compare(original: Mapping[Place, list[Marked]], corrected: Mapping[Place, list[Marked]]) -> list[Difference]:
    """Return the differences over the places that came back, all of which must be in `original`."""
    return [
        found for place, after in corrected.items() for found in differences_of(place.video_id, original[place], after)
    ]


def differences_of(video_id: str, before: Sequence[Marked], after: Sequence[Marked]) -> list[Difference]:
    """Return the differences between two lists of one video's events.

    Events are paired by their event index; those without one by what they are, as when two releases are compared.
    """
    return [
        Difference(video_id, old, new)
        for old, new in _pairs(before, after)
        if old is None or new is None or old.unnumbered != new.unnumbered
    ]


def _pairs(before: Sequence[Marked], after: Sequence[Marked]) -> list[tuple[Marked | None, Marked | None]]:
    by_index = {event.event_index: event for event in before}
    pairs: list[tuple[Marked | None, Marked | None]] = []
    new = []
    for event in after:
        old = by_index.pop(event.event_index, None) if event.event_index is not None else None
        if old is None:
            new.append(event)  # new, or a copy of an event that is paired already
        else:
            pairs.append((old, event))
    left = list(by_index.values())
    found = pair_events([event.numbered(0) for event in left], [event.numbered(0) for event in new])
    pairs += [(left[one], new[other]) for one, other in found.pairs]
    pairs += [(left[one], None) for one in found.removed]
    return pairs + [(None, new[other]) for other in found.added]
