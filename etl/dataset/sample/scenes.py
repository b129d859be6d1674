"""Synthetic scenes: a box, a table, sometimes a block, and one or two hands; the events follow from the geometry.

A scene says where everything is on every frame. Two things touch on a frame when no pixel is between them; the first
frame of a touch is a contact, the last one a release, and the point is the pixel where they meet. So the labels are
true by construction, and a clip rendered from the same scene shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

__all__ = ["AFTER", "BEFORE", "HEIGHT", "Event", "Hand", "Keyframe", "Rectangle", "Scene"]

HEIGHT = 240  # pixels, as in Something-Something V2

# A touch that begins before the first frame or ends after the last one has no label at that end.
BEFORE = -1_000
AFTER = 1_000

MIRRORED = {"left": "right", "right": "left", "top": "top"}


class Event(NamedTuple):
    """One event: columns as in the table `events`, points in pixels, frames from 0."""

    action: str
    agent: str
    frame_number: int
    point_x: int
    point_y: int


class Rectangle(NamedTuple):
    """The pixels of a box or block; right and bottom are the last ones inside."""

    left: int
    top: int
    right: int
    bottom: int


class Keyframe(NamedTuple):
    """Where the box stands on a frame: the middle of its lowest row of pixels."""

    frame: int
    x: int
    y: int


@dataclass(frozen=True)
class Hand:
    """A hand that reaches for the box from one side; `touches` are first and last frames, both touching."""

    side: str
    touches: tuple[tuple[int, int], ...]

    def is_touching(self, frame: int) -> bool:
        """Whether the hand touches the box on that frame."""
        return any(first <= frame <= last for first, last in self.touches)


@dataclass(frozen=True)
class Scene:
    """Everything that can be seen, frame by frame, in pixels. Box and block are odd in width: mirroring is exact."""

    width: int
    frame_count: int
    table_row: int  # the table's topmost row of pixels
    box_width: int
    box_height: int
    path: tuple[Keyframe, ...]
    hands: tuple[Hand, ...]
    block: Rectangle | None = None

    def box(self, frame: int) -> Rectangle:
        """The box on a frame: between keyframes it moves evenly, before and after them it stands still."""
        x, y = self._position(frame)
        left = x - self.box_width // 2
        return Rectangle(left, y - self.box_height + 1, left + self.box_width - 1, y)

    def grip(self, side: str, frame: int) -> tuple[int, int]:
        """The pixel of the box where a hand from that side touches it."""
        box = self.box(frame)
        if side == "top":
            return (box.left + box.right) // 2, box.top
        return (box.left if side == "left" else box.right), (box.top + box.bottom) // 2

    def touches(self, frame: int) -> dict[tuple[str, int], tuple[int, int]]:
        """What touches on a frame: (agent, which of them) → the pixel where they meet."""
        found = {
            ("hand-object", number): self.grip(hand.side, frame)
            for number, hand in enumerate(self.hands)
            if hand.is_touching(frame)
        }
        box = self.box(frame)
        if box.bottom == self.table_row - 1:
            found["object-surface", 0] = ((box.left + box.right) // 2, self.table_row)
        point = _meeting(box, self.block)
        if point:
            found["object-object", 0] = point
        return found

    def events(self) -> list[Event]:
        """All contacts and releases, in the order of time."""
        events = []
        for frame in range(self.frame_count):
            before, now, after = self.touches(frame - 1), self.touches(frame), self.touches(frame + 1)
            for touch, point in now.items():
                if touch not in before:
                    events.append(Event("contact", touch[0], frame, *point))
                if touch not in after:
                    events.append(Event("release", touch[0], frame, *point))
        return events

    def mirrored(self) -> Scene:
        """The same scene with left and right exchanged."""
        last = self.width - 1
        block = self.block
        return replace(
            self,
            path=tuple(Keyframe(key.frame, last - key.x, key.y) for key in self.path),
            hands=tuple(replace(hand, side=MIRRORED[hand.side]) for hand in self.hands),
            block=block and Rectangle(last - block.right, block.top, last - block.left, block.bottom),
        )

    def _position(self, frame: int) -> tuple[int, int]:
        before = max((key for key in self.path if key.frame <= frame), default=self.path[0])
        after = min((key for key in self.path if key.frame >= frame), default=self.path[-1])
        if before.frame == after.frame or frame < before.frame:
            return before.x, before.y
        passed, span = frame - before.frame, after.frame - before.frame
        return before.x + (after.x - before.x) * passed // span, before.y + (after.y - before.y) * passed // span


def _meeting(box: Rectangle, block: Rectangle | None) -> tuple[int, int] | None:
    """The pixel of the block where the box stands on it or leans against its side."""
    if block is None:
        return None
    left, right = max(box.left, block.left), min(box.right, block.right)
    top, bottom = max(box.top, block.top), min(box.bottom, block.bottom)
    if box.bottom == block.top - 1 and left <= right:
        return (left + right) // 2, block.top
    if box.right == block.left - 1 and top <= bottom:
        return block.left, (top + bottom) // 2
    if box.left == block.right + 1 and top <= bottom:
        return block.right, (top + bottom) // 2
    return None
