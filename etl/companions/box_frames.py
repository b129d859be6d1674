"""The boxes of one video as they are in a file, and which of them are sound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain

import msgspec
import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray

from etl.schema import MAX_COORDINATE

__all__ = ["HAND", "INSTANCE", "SIDES", "Box2d", "Frame", "Label", "Video", "frame_number", "have_area", "video_of"]

NUMBERS = {f"{number:04}.jpg": number - 1 for number in range(1, 10_000)}
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
    """A box and what is in it."""

    box2d: Box2d
    category: str
    standard_category: str


class Frame(msgspec.Struct, gc=False):
    """The boxes of one frame."""

    name: str
    labels: list[Label]


@dataclass(frozen=True, slots=True)
class Video:
    """One member of a file of boxes: its text, and its frames as they are there.

    `numbers` are those of the frames, see `frame_number`; `labels` and `corners` belong to all frames together.
    """

    video_id: str
    text: bytes
    frames: list[Frame]
    numbers: list[int | None]
    labels: list[Label]
    corners: NDArray[np.float64]
    """The sides of the labels' boxes in the order of `SIDES` (rows x 4, px)."""


def video_of(video_id: str, text: bytes, frames: list[Frame]) -> Video:
    """Return a video with the values of all its frames joined."""
    labels = [label for frame in frames for label in frame.labels]
    sides = chain.from_iterable([astuple(label.box2d) for label in labels])
    corners = np.fromiter(sides, np.float64, len(SIDES) * len(labels)).reshape(-1, len(SIDES))
    return Video(video_id, text, frames, [frame_number(video_id, frame.name) for frame in frames], labels, corners)


def frame_number(video_id: str, name: str) -> int | None:
    """Return the frame number, from 0, in a frame's name; None if it is not the name of a frame of this video."""
    folder = f"{video_id}/"
    return NUMBERS.get(name[len(folder) :]) if name.startswith(folder) else None


def have_area(corners: NDArray[np.float64]) -> bool:
    """Tell whether every box has an area and lies within the coordinates of a picture."""
    return bool((corners[:, :2] < corners[:, 2:]).all() and (np.abs(corners) <= MAX_COORDINATE).all())
