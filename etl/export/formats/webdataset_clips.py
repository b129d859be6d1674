"""Clips as samples of WebDataset: the windows of `EventClips`, each with its frames and the data for its targets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from etl.errors import OptionError
from etl.export.format import Account, Options
from etl.export.frames import frame_bytes
from etl.files import json_line
from etl.names import frame_name
from etl.schema import CLASSES
from etl.training.footage import load_footage
from etl.training.options import ANCHORS, check
from etl.training.windows import Windows
from etl.warehouse.events import Source, Video

__all__ = ["ClipSettings", "ClipsOfSplit", "Sample", "clip_settings", "video_as_dict"]

Sample = dict[str, str | bytes]  # what a writer of WebDataset takes

CLIP_OPTIONS = ("stride", "anchor", "negatives", "seed")
NOT_SHOWN = "no clip shows it: with --anchor uniform every video has one clip"


class ClipSettings(NamedTuple):
    """How clips are cut; the fields are the arguments of these names of `EventClips`."""

    window: int
    stride: int = 1
    anchor: str = "event"
    negatives: float = 0.0
    seed: int = 0


def clip_settings(options: Options) -> ClipSettings | None:
    """Return which clips are asked for; None if none are.

    Raises OptionError for invalid values, for clips without frames, and for options of clips without clips.
    """
    given = {name: value for name in CLIP_OPTIONS if (value := getattr(options, name)) is not None}
    if options.window is None:
        if given:
            raise OptionError(f"--{next(iter(given))} is for clips: give their number of frames, too, with --window")
        return None
    if options.frames is None:
        raise OptionError("--window makes clips of frames: give the extracted frames with --frames DIR")
    settings = ClipSettings(options.window, **given)
    check("--window", settings.window, settings.window >= 1, "a whole number from 1")
    check("--stride", settings.stride, settings.stride >= 1, "a whole number from 1")
    check("--anchor", settings.anchor, settings.anchor in ANCHORS, f"one of {', '.join(ANCHORS)}")
    check("--negatives", settings.negatives, 0 <= settings.negatives < 1e6, "a number from 0")
    check("--negatives", settings.negatives, not settings.negatives or settings.anchor == "event", "--anchor event")
    return settings


class ClipsOfSplit:
    """The clips of one split, in the order and with the windows of `EventClips(split=split)` in epoch 0."""

    def __init__(self, source: Source, split: str, settings: ClipSettings) -> None:
        self._source, self._settings = narrowed(source, split), settings
        self._footage = load_footage(
            source.warehouse, self._source.selection, CLASSES["action-agent"], from_videos=False
        )
        window, stride, anchor, negatives, _ = settings
        self._windows = Windows(self._footage, window=window, stride=stride, anchor=anchor, negatives=negatives)
        self._videos = {video.video_id: video for video in self._source.videos("width")}

    def __len__(self) -> int:
        return len(self._windows)

    def samples(self, frames: Path, account: Account) -> Iterator[Sample]:
        """Yield the samples, keyed by their running number, and account for every event of the split."""
        shown: set[tuple[str, int]] = set()
        for index in range(len(self)):
            video, numbers, mask, anchor = self._shot(index)
            last = numbers[0] + self._settings.window * self._settings.stride - 1
            shown |= {
                (video.video_id, event.event_index)
                for event in video.events
                if numbers[0] <= event.frame_number <= last
            }
            pictures = {
                frame_name(number): frame_bytes(self._source, frames, video.video_id, number)
                for number in dict.fromkeys(numbers)
            }
            clip = {
                "anchor": anchor,
                "frame_numbers": numbers,
                "mask": mask,
                "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in pictures.items()},
            }
            content = json_line({**video_as_dict(video), "clip": clip}).encode()
            yield {"__key__": f"{index:09d}", "json": content, **pictures}
        account.written += len(shown)
        for video in self._videos.values():
            for event in video.events:
                if (video.video_id, event.event_index) not in shown:
                    account.leave_out(NOT_SHOWN, video, event)

    def _shot(self, index: int) -> tuple[Video, list[int], list[bool], int | None]:
        """Return a clip's video, its frames, which of them are not repeated, and the index of its anchor."""
        video, numbers, mask, anchor = self._windows.window(index, self._settings.seed, 0)
        return self._videos[str(self._footage.video_ids[video])], numbers.tolist(), mask.tolist(), anchor


def narrowed(source: Source, split: str) -> Source:
    """Return the same source with only the events of one split, and without reports of progress."""
    narrow = copy(source)
    narrow.selection = replace(source.selection, splits=(split,))
    narrow.on_progress = lambda done: None
    return narrow


def video_as_dict(video: Video) -> dict[str, Any]:
    """Return a video with its events; unknown values are null."""
    return {
        "video_id": video.video_id,
        "template_id": video.template_id,
        "template": video.template,
        "split": video.split,
        "width": video.width,
        "height": video.height,
        "frame_count": video.frame_count,
        "frame_rate": video.frame_rate,
        "events": [event._asdict() for event in video.events],
    }
