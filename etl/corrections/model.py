"""What the readers of corrected annotations give: events by the place that was annotated, or problems."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from etl.errors import Problem
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER

__all__ = ["Annotated", "MalformedError", "Marked", "Place", "marked", "place_of_frame_file", "text_of"]

FRAME_FILE = re.compile(r"(?:.*/)?([^/]+)/frame_([0-9]{5,})(?:\.[A-Za-z]+)?", re.DOTALL)
SHOWN = 80


class Place(NamedTuple):
    """What an annotator had before the eyes: one frame of a video, or with `frame_number` None the whole video."""

    video_id: str
    frame_number: int | None


class Marked(NamedTuple):
    """One event as the tool has it; `event_index` is that of the export, or None for an event that is new."""

    event_index: int | None
    action: str
    agent: str
    frame_number: int
    point_x: int
    point_y: int


class MalformedError(ValueError):
    """Something in a file of the tool is not as it has to be."""

    def __init__(self, found: object, expected: str) -> None:
        text = repr(found)
        self.found = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        self.expected = expected
        super().__init__(f"found {self.found}, expected {expected}")


@dataclass
class Annotated:
    """The events of every annotated place, empty where all were removed, and what was wrong with the files."""

    places: dict[Place, list[Marked]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, file: str, location: str, item: Callable[[], tuple[Place, list[Marked]]]) -> None:
        """Take in one place, or note what is wrong with it."""
        try:
            place, events = item()
            if place in self.places:
                raise MalformedError(f"{place.video_id} {place.frame_number}", "each video or frame once")
            self.places[place] = events
        except MalformedError as fault:
            self.problems.append(Problem(file, location, fault.found, fault.expected))
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            found = f"{type(error).__name__} {error}"
            self.problems.append(Problem(file, location, found, "the structure that the export has"))


def marked(event_index: object, action: object, agent: object, frame_number: int, x: object, y: object) -> Marked:
    """Return an event of untrusted values, its point rounded to whole pixels. Raises MalformedError."""
    if action not in ACTIONS:
        raise MalformedError(action, f"an action: {' or '.join(ACTIONS)}")
    if agent not in AGENTS:
        raise MalformedError(agent, f"an agent: {', '.join(AGENTS)}")
    if not 0 <= frame_number <= MAX_FRAME_NUMBER:
        raise MalformedError(frame_number, f"a frame number from 0 to {MAX_FRAME_NUMBER}")
    index = int(str(event_index)) if re.fullmatch("[0-9]{1,9}", str(event_index)) else None
    return Marked(index, str(action), str(agent), frame_number, _pixel(x), _pixel(y))


def place_of_frame_file(name: object) -> Place:
    """Return the frame that an image's name tells: `20/frame_00009.jpg`. Raises MalformedError."""
    match = FRAME_FILE.fullmatch(name) if isinstance(name, str) else None
    if not match:
        raise MalformedError(name, "the name of a frame: VIDEO_ID/frame_00009.jpg")
    return Place(match[1], int(match[2]))


def text_of(path: Path) -> str:
    """Return the text of a file. Raises MalformedError where it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError(getattr(error, "strerror", None) or "bytes that are not UTF-8", "text in UTF-8") from error


def _pixel(value: Any) -> int:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise MalformedError(value, "a coordinate in pixels") from None
    if not math.isfinite(number) or not -0.5 <= number <= MAX_COORDINATE:
        raise MalformedError(value, f"a coordinate from 0 to {MAX_COORDINATE}")
    return max(0, math.floor(number + 0.5))
