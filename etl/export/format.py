"""What exporters take and return: videos with their events, options, and an account of every event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.schema import CLASSES
from etl.warehouse.events import Event, Video

if TYPE_CHECKING:
    from etl.warehouse.events import Source

__all__ = ["FRAME_BASE", "LISTED", "PAST_END", "PIXELS", "Account", "Format", "Options", "label_of", "labels"]

FRAME_BASE = 0  # the number of a video's first frame, unless a format's own facts say otherwise
PIXELS = "pixels of the original frame, origin top left, x right, y down"
LISTED = 1_000
PAST_END = "its frame lies past the last decoded frame of the video"


@dataclass(frozen=True)
class Options:
    """The options of a format besides the selection; every format has only those that it names.

    `frames` is the folder that `contact-release extract` writes to: with it, frames are linked or embedded. `link` is
    how: "symlink" (relative), "hard" or "copy". `by` is what a category or label is: "action" or "action-agent".
    `layout` is how files are arranged: in COCO "flat" or "datumaro", in E2E-Spot "flat" or "hice". `shards` is the
    least number of shards per split.
    `coordinates` (px, norm01, grid1000), `frame_base` (0 or 1), `clips` ("paper", "all" or a number of clips to draw)
    and `seed` are those of lmm-qa. `window`, `stride`, `anchor`, `negatives` and `seed` cut clips for WebDataset.
    `resize` (height, width) makes pictures of one size, `letterbox` keeps their aspect ratio. `with_objects` and
    `with_boxes` include SSv2's objects and the Something-Else boxes of the selected videos, which have licences of
    their own.
    """

    frames: Path | None = None
    link: str = "symlink"
    layout: str = "flat"
    shards: int = 1
    by: str = "action"
    coordinates: str = "px"
    frame_base: int = 1
    clips: str = "all"
    seed: int | None = None
    window: int | None = None
    stride: int | None = None
    anchor: str | None = None
    negatives: float | None = None
    with_objects: bool = False
    with_boxes: bool = False
    resize: tuple[int, int] | None = None
    letterbox: bool = False


@dataclass
class Account:
    """The outcome for the selected events: written, or left out for a reason.

    `lost_by_reason` counts those that were left out, and `left_out` has the keys of the first `LISTED` of each reason.
    `facts` are the format's own entries in the manifest; `notes` are also shown to the user.
    """

    written: int = 0
    lost_by_reason: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def leave_out(self, reason: str, video: Video, event: Event) -> None:
        """Note that an event is not in the export, and why."""
        self.lost_by_reason[reason] += 1
        if self.lost_by_reason[reason] <= LISTED:  # nobody would read millions
            self.left_out.setdefault(reason, []).append((video.video_id, event.event_index))

    @property
    def lost(self) -> int:
        """The number of selected events that were left out."""
        return self.lost_by_reason.total()


@dataclass(frozen=True)
class Format:
    """A format to export to. `write` writes its files into an empty folder and accounts for every event.

    `reader` names the program that reads it; `version` is that of the format, if it has one. `takes` are the names of
    the `Options` that it has, `layouts` the values of its option of that name.
    """

    help: str
    reader: str
    write: Callable[[Source, Path, Options, Account], None]
    version: str = ""
    coordinates: str = PIXELS
    takes: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()


def label_of(event: Event, by: str) -> str:
    """Return the label of an event: "contact", or "contact_hand-object" by action-agent."""
    return event.action if by == "action" else f"{event.action}_{event.agent}"


def labels(by: str) -> list[str]:
    """Return all labels, in order."""
    return list(CLASSES[by])
