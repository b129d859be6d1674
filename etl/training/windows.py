"""The places of windows: which video, from which frame on, around which event. Pure arithmetic over arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from etl.errors import OptionError
from etl.training.draws import START, uniform
from etl.training.footage import Footage

__all__ = ["NO_EVENT", "Placed", "Window", "Windows", "frames_of", "too_short"]

NO_EVENT = -1

Integers = NDArray[np.int64]


class Placed(NamedTuple):
    """Windows: the position of the video, the first frame (0-based), the position of the anchor event or -1."""

    video: Integers
    start: Integers
    event: Integers


class Window(NamedTuple):
    """One window: the position of its video, its frames as in `frames_of`, and the index of its anchor event."""

    video: int
    numbers: Integers
    mask: NDArray[np.bool_]
    anchor: int | None


@dataclass(frozen=True)
class _Gaps:
    """Runs of first frames whose windows hold no event: `ending[g]` counts all first frames up to the end of run g."""

    video: Integers
    first: Integers
    ending: Integers


class Windows:
    """All windows over some footage: `window` frames, each `stride` after the one before.

    With `anchor` "event" there is one for every selected event, which is at a random position in it, and after these
    `negatives` times as many without any event; with "uniform" one random window for every video; with "all" they cover
    every video from its first frame to its last. A window stays within its video if it fits.
    """

    def __init__(self, footage: Footage, *, window: int, stride: int, anchor: str, negatives: float) -> None:
        self._footage, self._window, self._stride = footage, window, stride
        self._span = window * stride
        self._last_start = np.maximum(footage.frame_count - 1 - (window - 1) * stride, 0)
        self._anchor = anchor
        videos = footage.labelled  # the others have only negatives
        tiles = -(-footage.frame_count[:videos] // self._span)
        self._video = np.repeat(np.arange(videos), tiles)
        number = np.arange(len(self._video)) - np.repeat(np.cumsum(tiles) - tiles, tiles)
        self._start = number * self._span
        self.positives = {"event": len(footage.events.frame), "uniform": videos, "all": len(self._video)}[anchor]
        self.negatives = round(negatives * self.positives) if anchor == "event" else 0
        if self.negatives:
            self._gaps = self._find_gaps()

    def __len__(self) -> int:
        return self.positives + self.negatives

    def place(self, index: Integers, seed: int, epoch: int) -> Placed:
        """Return the places of the windows at these positions; they depend only on `seed` and `epoch`."""
        drawn = uniform(seed, epoch, index, START)
        if self._anchor == "all":
            return Placed(self._video[index], self._start[index], np.full(len(index), NO_EVENT))
        if self._anchor == "uniform":
            start = np.floor(drawn * (self._last_start[index] + 1)).astype(np.int64)
            return Placed(index, start, np.full(len(index), NO_EVENT))
        is_negative = index >= self.positives
        event = np.where(is_negative, 0, index)
        video, frame = self._footage.events.video[event], self._footage.events.frame[event]
        low, high = np.maximum(frame - self._span + 1, 0), np.minimum(frame, self._last_start[video])
        start = low + np.floor(drawn * (high - low + 1)).astype(np.int64)
        if is_negative.any():
            rank = np.floor(drawn * self._gaps.ending[-1]).astype(np.int64)
            gap = np.searchsorted(self._gaps.ending, rank, side="right")
            before = np.concatenate([[0], self._gaps.ending])[gap]
            video = np.where(is_negative, self._gaps.video[gap], video)
            start = np.where(is_negative, self._gaps.first[gap] + rank - before, start)
        return Placed(video, start, np.where(is_negative, NO_EVENT, event))

    def window(self, index: int, seed: int, epoch: int) -> Window:
        """Return the window of one position, where `place` puts it."""
        placed, footage = self.place(np.array([index]), seed, epoch), self._footage
        video, event = int(placed.video[0]), int(placed.event[0])
        numbers, mask = frames_of(int(placed.start[0]), self._window, self._stride, int(footage.frame_count[video]))
        return Window(video, numbers, mask, None if event == NO_EVENT else int(footage.events.event_index[event]))

    def _find_gaps(self) -> _Gaps:
        rows = []
        footage = self._footage
        for video, last_start in enumerate(self._last_start):
            events = footage.annotated[footage.first_annotated[video] : footage.first_annotated[video + 1]]
            first = 0
            for frame in events:
                if first <= min(frame - self._span, last_start):
                    rows.append((video, first, min(frame - self._span, last_start) - first + 1))
                first = max(first, frame + 1)
            if first <= last_start:
                rows.append((video, first, last_start - first + 1))
        if not rows:
            raise OptionError(
                f"found no window of {self._span} frames without an event, so there are no negatives; expected a "
                "smaller window or stride"
            )
        video_of, first_of, counts = np.array(rows, np.int64).T
        return _Gaps(video_of, first_of, np.cumsum(counts))


def frames_of(start: int, window: int, stride: int, frame_count: int) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the frames that a window shows, int64 (window,), and whether each is not a repeat, bool (window,).

    After the last frame of the video that frame is repeated, which the mask marks.
    """
    asked = start + stride * np.arange(window)
    return np.minimum(asked, frame_count - 1), asked < frame_count


def too_short(placed: Placed, footage: Footage, window: int, stride: int) -> NDArray[np.int64]:
    """Return the positions of the videos that end before one of these windows does, int64, each once."""
    last = placed.start + (window - 1) * stride
    return np.unique(placed.video[last >= footage.frame_count[placed.video]])
