"""Targets of a window by another way than the package's: row by row, in plain Python, straight from the tables."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from etl.training.clip import Clip


class Row(NamedTuple):
    """One event, as a query gives it."""

    event_index: int
    name: str
    frame: int
    x: int
    y: int


def shown_frames(start: int, window: int, stride: int, frame_count: int) -> tuple[list[int], list[bool]]:
    numbers, mask = [], []
    for position in range(window):
        number = start + position * stride
        mask.append(number <= frame_count - 1)
        numbers.append(number if mask[-1] else frame_count - 1)
    return numbers, mask


def moved(x: float, y: float, geometry: Any) -> tuple[float, float]:
    """Where a point goes: by the edges of pixels, from 0 to the size, instead of their middles."""
    left, top = geometry.crop_corner
    right, bottom = (x + 0.5 - left) / geometry.crop[0], (y + 0.5 - top) / geometry.crop[1]
    new_x = geometry.corner[0] + right * geometry.inner[0]
    new_y = geometry.corner[1] + bottom * geometry.inner[1]
    if geometry.is_mirrored:
        new_x = geometry.outer[0] - new_x
    return new_x - 0.5, new_y - 0.5


def inside(rows: list[Row], start: int, window: int, stride: int) -> list[tuple[int, int, str, int]]:
    """Event index, frame, class and position of the events in a window."""
    found = []
    for row in sorted(rows, key=lambda row: (row.frame, row.event_index)):
        for position in range(window):
            if start + position * stride <= row.frame <= start + position * stride + stride - 1:
                found.append((row.event_index, row.frame, row.name, position))
    return found


def soft(rows: list[Row], numbers: list[int], mask: list[bool], classes: tuple[str, ...], sigma: float) -> list[Any]:
    target = []
    for number, is_own in zip(numbers, mask, strict=True):
        values = []
        for name in classes:
            distances = [abs(row.frame - number) for row in rows if row.name == name]
            values.append(math.exp(-(min(distances) ** 2) / 2 / sigma**2) if distances and is_own else 0.0)
        target.append(values)
    return target


def signature(clip: Clip) -> tuple[Any, ...]:
    """All bytes of a clip, to compare it with another."""
    targets = {name: target.tobytes() for name, target in clip.targets.items()}
    return clip.video_id, clip.frame_numbers.tobytes(), clip.mask.tobytes(), clip.frames.tobytes(), targets
