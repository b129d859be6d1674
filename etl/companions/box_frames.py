"""The boxes of one video as they stand in a file, and what is sound of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import lt

import msgspec

from etl.schema import MAX_COORDINATE

__all__ = ["HAND", "INSTANCE", "SIDES", "Box2d", "Frame", "Label", "Video", "frame_number", "have_area"]

FRAME_NAME = re.compile(r"([^/]+)/([0-9]{4})\.jpg")
HAND = "hand"
INSTANCE = re.compile(f"[0-9]{{4}}|{HAND}")
SIDES = ("x1", "y1", "x2", "y2")


class Box2d(msgspec.Struct, gc=False):
    """A box: its edges in pixels."""

    x1: float
    y1: float
    x2: float
    y2: float


class Label(msgspec.Struct, gc=False):
    """A box with what is in it."""

    box2d: Box2d
    category: str
    standard_category: str


class Frame(msgspec.Struct, gc=False):
    """The boxes of one frame."""

    name: str
    labels: list[Label]


@dataclass(frozen=True, slots=True)
class Video:
    """One member of a file of boxes: its text, and its sound frames."""

    video_id: str
    text: bytes
    frames: list[Frame]


def frame_number(video_id: str, name: str) -> int | None:
    """Return the frame, from 0, that a frame's name says; None where it is no name of this video's frames."""
    match = FRAME_NAME.fullmatch(name)
    return int(match[2]) - 1 if match and match[1] == video_id and match[2] != "0000" else None


def have_area(boxes: Sequence[Box2d]) -> bool:
    """Tell whether every box has an area, and lies where a picture can be."""
    x1, x2 = [box.x1 for box in boxes], [box.x2 for box in boxes]
    y1, y2 = [box.y1 for box in boxes], [box.y2 for box in boxes]
    return (
        all(map(lt, x1, x2))
        and all(map(lt, y1, y2))
        and min(chain(x1, y1), default=0) >= -MAX_COORDINATE
        and max(chain(x2, y2), default=0) <= MAX_COORDINATE
    )
