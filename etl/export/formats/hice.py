"""What HiCE (arXiv:2604.12343) needs besides E2E-Spot's files: its words for the actions, and the hands on every frame.

It reads `hand_anno.json`: for every frame a left and a right hand, each a box with scores of eight grasps, or null.
The Something-Else boxes say that a box is a hand, but not which one, nor how it grasps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from etl.export.companions import boxes_in_step, with_companions
from etl.export.format import Account, Options
from etl.warehouse.events import Source, Video

__all__ = ["FRAMES", "HAND_FILE", "HandFile", "hands_of_frame", "spot_frame"]

FRAMES = "Frames"  # HiCE looks for the hands next to this folder
HAND_FILE = "hand_anno.json"
WITHOUT_BOXES = (
    f"{HAND_FILE} has no hand on any frame, which HiCE takes for none in the picture. Give the Something-Else "
    "boxes with --with-boxes, or replace the file by that of a hand detector, as HiCE's own documentation describes."
)
WITH_BOXES = (
    f"{HAND_FILE} has the hands of the Something-Else boxes. These do not tell the left hand from the right one: of "
    "several on a frame the leftmost is called left and the rightmost right, a single one by the half of the picture "
    "in which its middle lies. Nor do they tell the grasp, which is null: HiCE's inference runs so, its training needs "
    "the scores of a hand detector. A frame without a box has two nulls, which HiCE takes for no hand in the picture."
)


def spot_frame(number: int) -> str:
    """Return the name that E2E-Spot and HiCE give to a frame's file (0-based)."""
    return f"{number:06d}.jpg"


class HandFile:
    """`hand_anno.json`, written video by video, in the order of `Source.videos`."""

    def __init__(self, source: Source, folder: Path, options: Options, account: Account) -> None:
        has_boxes = bool(with_companions(source, options, account))
        self._boxes_of = boxes_in_step(source, on_all_frames=True) if has_boxes else None
        self._file = (folder / HAND_FILE).open("w", encoding="utf-8")
        self._separator = "{\n"
        self._counts = {"frames": 0, "frames_with_a_hand": 0, "hands_left_out": 0}
        account.facts["hands"] = self._counts
        account.notes.append(WITH_BOXES if has_boxes else WITHOUT_BOXES)

    def add(self, video: Video) -> None:
        """Write the hands on every frame of the next video."""
        boxes = self._boxes_of(video.video_id) if self._boxes_of else {}
        frames = {}
        for number in range(video.frame_count or 0):
            hands = [box for box in boxes.get(number, ()) if box["is_hand"]]
            frames[spot_frame(number)] = hands_of_frame(hands, video.width or 0)
            self._counts["frames"] += 1
            self._counts["frames_with_a_hand"] += bool(hands)
            self._counts["hands_left_out"] += max(0, len(hands) - 2)
        self._file.write(f"{self._separator}{json.dumps(video.video_id)}: {json.dumps(frames)}")
        self._separator = ",\n"

    def __enter__(self) -> HandFile:
        return self

    def __exit__(self, *error: object) -> None:
        with self._file:
            self._file.write("\n}\n")


def hands_of_frame(hands: Sequence[Mapping[str, Any]], width: int) -> dict[str, dict[str, Any] | None]:
    """Return the hands of a frame in HiCE's form, left and right by their place in a picture of this width (px)."""
    found: dict[str, dict[str, Any] | None] = {"left hand": None, "right hand": None}
    placed = sorted(hands, key=lambda box: box["x1"] + box["x2"])
    if len(placed) == 1:
        [hand] = placed
        found["left hand" if hand["x1"] + hand["x2"] < width else "right hand"] = _hand(hand)
    elif placed:
        found = {"left hand": _hand(placed[0]), "right hand": _hand(placed[-1])}
    return found


def _hand(box: Mapping[str, Any]) -> dict[str, Any]:
    return {"box": [round(box[edge]) for edge in ("x1", "y1", "x2", "y2")], "grasp": None}
