"""The evaluation clips that the paper prints (arXiv:2511.20162 v1, supplementary table 8)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["PAPER_CLIP_FRAMES", "PaperClip", "paper_clips"]

PAPER_CLIP_FRAMES = 10


class PaperClip(NamedTuple):
    """One clip of `PAPER_CLIP_FRAMES` frames around one core event; frames are 0-based numbers in the whole video.

    `clip` numbers a video's clips from 1. The rows are as printed: in two rows of video 1979 the event is before the
    clip's start, and for 34 rows there is no released event at that frame.
    """

    video_id: str
    clip: int
    start_frame: int
    event_frame: int
    action: str


@cache
def paper_clips() -> tuple[PaperClip, ...]:
    """Return the 99 clips in the paper's order: 33 videos with 3 clips each."""
    path = Path(__file__).parent / "paper_clips.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            PaperClip(
                row["video_id"], int(row["clip"]), int(row["start_frame"]), int(row["event_frame"]), row["action"]
            )
            for row in csv.DictReader(file)
        )
