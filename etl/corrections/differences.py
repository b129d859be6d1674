"""Compare what was handed out to an annotation tool with what came back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from etl.corrections.model import Marked, Place

__all__ = ["KINDS", "Difference", "compare"]

KINDS = ("added", "removed", "moved", "relabelled")


@dataclass(frozen=True, slots=True)
class Difference:
    """One event that is not as it was; `before` is None for an added one, `after` for a removed one."""

    video_id: str
    before: Marked | None
    after: Marked | None

    @property
    def kind(self) -> str:
        """One of `KINDS`; what was relabelled may have been moved, too."""
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
    """Return the differences over the places that came back, all of which must be in `original`.

    Events are paired by their event index; then those of the same action and agent by the least distance, first in
    frames, then in pixels.
    """
    differences = []
    for place, after in corrected.items():
        for old, new in _pairs(original[place], after):
            if old is None or new is None or old[1:] != new[1:]:
                differences.append(Difference(place.video_id, old, new))
    return differences


def _pairs(before: Iterable[Marked], after: Iterable[Marked]) -> list[tuple[Marked | None, Marked | None]]:
    by_index = {event.event_index: event for event in before}
    pairs: list[tuple[Marked | None, Marked | None]] = []
    unpaired = []
    for event in after:
        old = by_index.pop(event.event_index, None) if event.event_index is not None else None
        if old is None:
            unpaired.append(event)  # new, or a copy of an event that is paired already
        else:
            pairs.append((old, event))
    candidates = sorted(
        (abs(new.frame_number - old.frame_number), math.dist(new.point, old.point), index, position)
        for index, old in by_index.items()
        for position, new in enumerate(unpaired)
        if index is not None and old.label == new.label
    )
    taken = set()
    for *_, index, position in candidates:
        if index in by_index and position not in taken:
            pairs.append((by_index.pop(index), unpaired[position]))
            taken.add(position)
    pairs += [(old, None) for old in by_index.values()]
    pairs += [(None, new) for position, new in enumerate(unpaired) if position not in taken]
    return pairs
