"""Keep boxes on disk until all files are read: a record of fixed size for each box, one video after another."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from etl.companions.box_frames import HAND, SIDES, Video

__all__ = ["Spooled", "VideoBoxes", "read_spooled", "write_spooled"]

BOX = np.dtype(
    [
        ("frame_number", np.int32),  # from 0
        ("box_index", np.int32),
        ("instance", "S4"),
        ("category", np.int32),  # which of the video's categories
        *((side, np.float64) for side in SIDES),  # px
    ]
)
_TEXTS = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Spooled:
    """Where the boxes of a video are in a spool: their number, and the length of the categories' texts after them."""

    offset: int
    boxes: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class VideoBoxes:
    """The boxes of one video, by frame, then by position in the file: `records` as `BOX`, and their `categories`."""

    video_id: str
    records: NDArray[Any]
    categories: list[str]

    @property
    def rows(self) -> list[tuple[int, int, str, bool, str, float, float, float, float]]:
        """The boxes as rows of the table `boxes`, without the video."""
        return [
            (frame, index, instance.decode(), instance == HAND.encode(), self.categories[category], *corners)
            for frame, index, instance, category, *corners in self.records.tolist()
        ]


def write_spooled(video: Video, spool: IO[bytes]) -> Spooled:
    """Append the boxes of a video to a spool. Raises OSError if that fails."""
    labels, counts = video.labels, [len(frame.labels) for frame in video.frames]
    categories = {text: code for code, text in enumerate(dict.fromkeys(label.category for label in labels))}
    records = np.empty(len(labels), BOX)
    records["frame_number"] = np.repeat([number or 0 for number in video.numbers], counts)
    records["box_index"] = np.arange(len(labels)) - np.repeat(np.cumsum([0, *counts])[:-1], counts)
    records["instance"] = np.frombuffer("".join([label.standard_category for label in labels]).encode(), "S4")
    records["category"] = [categories[label.category] for label in labels]
    for side, values in zip(SIDES, video.corners.T, strict=True):
        records[side] = values
    if (records["frame_number"][1:] < records["frame_number"][:-1]).any():
        records = records[np.argsort(records["frame_number"], kind="stable")]
    texts = _TEXTS.encode(list(categories))
    place = Spooled(spool.tell(), len(labels), len(texts))
    spool.write(records.data)
    spool.write(texts)
    return place


def read_spooled(spool: IO[bytes], video_id: str, place: Spooled) -> VideoBoxes:
    """Return the boxes of a video from a spool."""
    length = place.boxes * BOX.itemsize
    read = os.pread(spool.fileno(), length + place.text_bytes, place.offset)
    return VideoBoxes(video_id, np.frombuffer(read, BOX, place.boxes), msgspec.json.decode(read[length:]))
