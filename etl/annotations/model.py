"""The content of the annotation files, as reading them returns it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etl.errors import Problem
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER, SPLITS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "EVENTS_FILE",
    "FILE_NAMES",
    "LIMITS",
    "SPLIT_FILES",
    "TEMPLATES_FILE",
    "WORDS",
    "Annotations",
    "EventColumns",
    "InputFile",
    "Reject",
]

EVENTS_FILE = "video_events_labels.json"
TEMPLATES_FILE = "template_to_video_ids_map.json"
SPLIT_FILES = {split: f"{split}_videos_ids_labeled.json" for split in SPLITS}
FILE_NAMES = (EVENTS_FILE, TEMPLATES_FILE, *SPLIT_FILES.values())

# The fields of an event as the publisher names them: those that hold one of some words, and the numbers up to a limit.
WORDS = {"action": ACTIONS, "agent": AGENTS}
LIMITS = {"frameNumber": MAX_FRAME_NUMBER, "pointX": MAX_COORDINATE, "pointY": MAX_COORDINATE}


@dataclass(frozen=True, slots=True)
class InputFile:
    """An annotation file as it was read; `modified_s` is its modification time then (s since 1970, UTC)."""

    name: str
    size_bytes: int
    sha256: str
    modified_s: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was set aside: file, JSON Pointer, what is wrong with it, its original JSON text."""

    file: str
    location: str
    problem: str
    record: str


@dataclass(frozen=True)
class EventColumns:
    """The events as columns of equal length, in published order: those of the first video, of the second, …

    `action` and `agent` are positions in `schema.ACTIONS` and `schema.AGENTS` (uint8); `event_index` is the
    position in the video's published list, `frame_number` is 0-based, `point_x` and `point_y` are pixels (int32).
    """

    event_index: NDArray[np.int32]
    action: NDArray[np.uint8]
    agent: NDArray[np.uint8]
    frame_number: NDArray[np.int32]
    point_x: NDArray[np.int32]
    point_y: NDArray[np.int32]


@dataclass(frozen=True)
class Annotations:
    """The sound content of the five files.

    `video_ids` has the videos in published order, `event_counts` the number of events of each, `events` the
    events themselves. `templates` maps a template to its video ids and `splits` a split to its video ids, both
    in published order: every video is in exactly one template and at most one split. `rejects` are the records that
    were set aside and `problems` what was found in them.
    """

    video_ids: list[str]
    event_counts: NDArray[np.int64]
    events: EventColumns
    templates: dict[str, list[str]]
    splits: dict[str, list[str]]
    inputs: tuple[InputFile, ...]
    rejects: tuple[Reject, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
