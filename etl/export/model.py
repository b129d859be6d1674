"""What exporters take and give: videos with their events, options, and an account of what became of every event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from etl.schema import ACTIONS, AGENTS

if TYPE_CHECKING:
    from etl.export.source import Source

__all__ = ["PAST_END", "PIXELS", "Account", "Event", "Format", "Options", "Video", "label_of", "labels"]

PIXELS = "pixels of the original frame, origin top left, x right, y down"
PAST_END = "its frame lies past the last decoded frame of the video"


class Event(NamedTuple):
    """One annotated event. `frame_number` is 0-based, the point in pixels of the original frame."""

    event_index: int
    action: str
    agent: str
    frame_number: int
    point_x: int
    point_y: int


@dataclass(frozen=True, slots=True)
class Video:
    """One video with its selected events, in the published order; what decoding finds is None until then."""

    video_id: str
    template_id: int
    template: str
    split: str
    events: tuple[Event, ...]
    width: int | None = None
    height: int | None = None
    frame_count: int | None = None
    frame_rate: float | None = None

    @property
    def events_by_frame(self) -> dict[int, list[Event]]:
        """The events of every annotated frame, frames ascending."""
        frames: dict[int, list[Event]] = {}
        for event in sorted(self.events, key=lambda event: (event.frame_number, event.event_index)):
            frames.setdefault(event.frame_number, []).append(event)
        return frames


@dataclass(frozen=True)
class Options:
    """What a format may be told beyond the selection; every format takes only those it names.

    `frames` is the folder that `contact-release extract` writes to: with it, frames are linked or embedded. `by` is
    what makes a category or a label: "action" or "action-agent". `coordinates` (px, norm01, grid1000), `frame_base` (0
    or 1), `clips` ("paper", "all" or a number of clips to draw) and `seed` are those of lmm-qa.
    """

    frames: Path | None = None
    by: str = "action"
    coordinates: str = "px"
    frame_base: int = 0
    clips: str = "all"
    seed: int = 0


@dataclass
class Account:
    """What became of the selected events: written, or left out for a reason.

    `facts` are the format's own entries in the manifest; `notes` are for the reader, too.
    """

    written: int = 0
    left_out: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def leave_out(self, reason: str, video: Video, event: Event) -> None:
        """Note that an event is not in the export, and why."""
        self.left_out.setdefault(reason, []).append((video.video_id, event.event_index))

    @property
    def lost(self) -> int:
        """The number of selected events that were left out."""
        return sum(map(len, self.left_out.values()))


@dataclass(frozen=True)
class Format:
    """A format to export to. `write` writes its files into an empty folder and accounts for every event.

    `reader` names the program that reads it; `version` is that of the format where it has one. `frame_base` is the
    number of a video's first frame. `takes` are the names of the `Options` that mean something to it.
    """

    help: str
    reader: str
    write: Callable[[Source, Path, Options, Account], None]
    version: str = ""
    frame_base: int = 0
    coordinates: str = PIXELS
    takes: tuple[str, ...] = ()


def label_of(event: Event, by: str) -> str:
    """Return the label of an event: "contact", or "contact_hand-object" by action-agent."""
    return event.action if by == "action" else f"{event.action}_{event.agent}"


def labels(by: str) -> list[str]:
    """Return all labels, in order."""
    return list(ACTIONS) if by == "action" else [f"{action}_{agent}" for action in ACTIONS for agent in AGENTS]
