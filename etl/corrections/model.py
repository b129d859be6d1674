"""What the readers of corrected annotations give: events by the place that was annotated, or problems."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from etl.errors import Problem
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER

__all__ = [
    "Annotated",
    "Found",
    "MalformedError",
    "Marked",
    "Place",
    "json_of",
    "marked",
    "only",
    "place_of_frame_file",
    "size_of",
    "text_of",
]

FRAME_FILE = re.compile(r"(?:.*/)?([^/]+)/frame_([0-9]{5,9})(?:\.[A-Za-z]+)?", re.DOTALL)
SHOWN = 80
T = TypeVar("T")


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


Size = tuple[int, int]
Part = tuple[str, Callable[[], Marked]]  # where an event stands in the file, and what reads it
Found = tuple[Place, Size | None, Iterable[Part]]


@dataclass
class Annotated:
    """The events of every annotated place, empty where all were removed, and what was wrong with the files.

    `origins`: the file and the location in it that a place was read from. `sizes`: width and height (px) of the
    picture that was annotated, where the file tells.
    """

    places: dict[Place, list[Marked]] = field(default_factory=dict)
    origins: dict[Place, tuple[str, str]] = field(default_factory=dict)
    sizes: dict[Place, Size] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, file: str, location: str, item: Callable[[], Found | None]) -> None:
        """Take in one place with its events, or note what is wrong with them; None is a place nobody annotated."""
        found = self.attempt(file, location, item)
        if found is None:
            return
        place, size, parts = found
        if place in self.places:
            shown = MalformedError(f"{place.video_id} {place.frame_number}", "each video or frame once")
            self.problems.append(Problem(file, location, shown.found, shown.expected))
            return
        events = [self.attempt(file, where, part) for where, part in parts]
        self.places[place] = [_inside(event, size) for event in events if event]
        self.origins[place] = file, location
        if size:
            self.sizes[place] = size

    def attempt(self, file: str, location: str, read: Callable[[], T]) -> T | None:
        """Return what `read` returns; None, with the problem noted, where the file is not as it has to be."""
        try:
            return read()
        except MalformedError as fault:
            self.problems.append(Problem(file, location, fault.found, fault.expected))
        except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
            found = MalformedError(f"{type(error).__name__} {error}", "the structure that the export has").found
            self.problems.append(Problem(file, location, found, "the structure that the export has"))
        return None


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


def only(values: Any, expected: str) -> Any:
    """Return the one element of a list. Raises MalformedError, for what is not read would be dropped silently."""
    if not isinstance(values, list) or len(values) != 1:
        raise MalformedError(values, expected)
    return values[0]


def size_of(width: Any, height: Any) -> Size | None:
    """Return a picture's size; None where it is not told."""
    return None if width is None or height is None else (int(width), int(height))


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


def json_of(path: Path) -> Any:
    """Return what a JSON file holds. Raises MalformedError where it is none."""
    try:
        return json.loads(text_of(path))
    except MalformedError:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedError(str(error), "JSON") from None


def _inside(event: Marked, size: Size | None) -> Marked:
    """Return the event with a point that rounding put beyond the picture's last column or row put back on it."""
    if size is None:
        return event
    x, y = (side - 1 if value == side else value for value, side in zip(event[4:], size, strict=True))
    return event._replace(point_x=x, point_y=y)


def _pixel(value: Any) -> int:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise MalformedError(value, "a coordinate in pixels") from None
    if not math.isfinite(number) or not -0.5 <= number <= MAX_COORDINATE:
        raise MalformedError(value, f"a coordinate from 0 to {MAX_COORDINATE}")
    return max(0, math.floor(number + 0.5))
