"""One clip: a window of frames with its targets and the events in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Clip", "Inside"]


@dataclass(frozen=True, slots=True)
class Inside:
    """A selected event in a window."""

    event_index: int
    """Its index among the events of its video, as in the warehouse."""
    label: int
    """Its class, a position in `EventClips.classes`."""
    frame_number: int
    """Its frame in the video, 0-based."""
    position: int
    """The position in the window of the last shown frame that is not after the event."""
    x: float
    """Where it is in the clip's picture, px from the middle of the leftmost pixel to the right."""
    y: float
    """The same from the top down."""
    is_shown: bool
    """Whether the point is in the picture; a crop may leave it out."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One window of frames, with its targets."""

    video_id: str
    """The video."""
    frames: NDArray[np.uint8]
    """The pictures, RGB, (window, height, width, 3)."""
    mask: NDArray[np.bool_]
    """(window,): False after the end of the video, where its last frame is shown again."""
    frame_numbers: NDArray[np.int64]
    """(window,): the frames that are shown, 0-based."""
    targets: dict[str, NDArray[np.float32]]
    """The targets that were asked for, by name: see `EventClips`."""
    contains: tuple[Inside, ...]
    """All selected events in the window, not only its anchor: by frame, then by index."""
    anchor: int | None
    """The event index of the event around which the window was placed; None if there is no such event."""
