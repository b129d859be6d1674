"""What the readers of corrected annotations return: events by the place that was annotated, or problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from etl.errors import Problem
from etl.warehouse.events import Event

__all__ = [
    "Annotated",
    "Extent",
    "Found",
    "MalformedError",
    "Marked",
    "Part",
    "Place",
    "Shape",
    "Size",
    "described",
]

SHOWN_CHARACTERS = 80
T = TypeVar("T")


class Place(NamedTuple):
    """What an annotator saw: one frame of a video or, with `frame_number` None, the whole video."""

    video_id: str
    frame_number: int | None


class Extent(NamedTuple):
    """Width and height (px) and number of frames of a video; None if they are unknown."""

    width: int | None
    height: int | None
    frame_count: int | None


class Shape(NamedTuple):
    """One event as the tool returned it.

    `event_index` is that of the export, or None if the tool dropped it or the event is new; `agent` is None if the tool
    dropped it. The point is in pixels, not yet rounded.
    """

    event_index: int | None
    action: str
    agent: str | None
    frame_number: int
    x: float
    y: float


class Marked(NamedTuple):
    """One event to be published; `event_index` is that of the export, or None for a new event."""

    event_index: int | None
    action: str
    agent: str
    frame_number: int
    point_x: int
    point_y: int

    @property
    def label(self) -> tuple[str, str]:
        """Action and agent."""
        return self.action, self.agent

    @property
    def point(self) -> tuple[int, int]:
        """The point in pixels: x, y."""
        return self.point_x, self.point_y

    @property
    def unnumbered(self) -> Marked:
        """The event without its index: equal for two events with the same content."""
        return self._replace(event_index=None)

    def numbered(self, event_index: int) -> Event:
        """Return it as an event of a warehouse."""
        return Event(event_index, self.action, self.agent, self.frame_number, self.point_x, self.point_y)


class MalformedError(ValueError):
    """Something in a file of the tool is not as it must be."""

    def __init__(self, found: object, expected: str) -> None:
        text = repr(found)
        self.found = text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
        self.expected = expected
        super().__init__(f"found {self.found}, expected {expected}")


Size = tuple[int, int]
Part = tuple[str, Callable[[], Shape | None]]  # where an event is in the file, and what reads it


@dataclass(frozen=True)
class Found:
    """One annotated place in a file.

    `parts` read its events. `size`: width and height (px) of the picture, if the file has it. `shown`: the frames of a
    video that the annotator saw; None means all. `seams`: frames that two jobs of this file both show. `told`: what the
    file says of the video's `template` and `split`, and how it is `called`, if the file has it.
    """

    place: Place
    parts: Iterable[Part]
    size: Size | None = None
    shown: range | None = None
    seams: Sequence[range] = ()
    told: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Annotated:
    """The events of every annotated place, empty if all were removed, and what was wrong with the files.

    `origins`: the file and the location in it from which a place was read. `sizes`: width and height (px) of the
    picture that was annotated, if the file has it. `told`: likewise, facts of the video. `shown`: the frames of a
    video that were annotated, one range for each job; a place that is missing there was shown whole. `notes` are for
    the user.
    """

    places: dict[Place, list[Shape]] = field(default_factory=dict)
    origins: dict[Place, tuple[str, str]] = field(default_factory=dict)
    sizes: dict[Place, Size] = field(default_factory=dict)
    told: dict[Place, Mapping[str, object]] = field(default_factory=dict)
    shown: dict[Place, list[range]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    merged: int = 0  # events that two jobs both have

    def read(self, file: str, location: str, item: Callable[[], Found | None]) -> None:
        """Add one place with its events, or note what is wrong with them; None is a place that nobody annotated."""
        found = self.attempt(file, location, item)
        if found is None:
            return
        place = found.place
        read = [(where, self.attempt(file, where, part)) for where, part in found.parts]
        shapes = self._without_repeats(file, [(where, shape) for where, shape in read if shape], found.seams)
        if place not in self.places:
            self.places[place] = shapes
            self.origins[place] = file, location
            if found.size:
                self.sizes[place] = found.size
            self.told[place] = {name: said for name, said in found.told.items() if said is not None}
            if found.shown is not None:
                self.shown[place] = [found.shown]
        elif found.shown is None or place not in self.shown or found.shown in self.shown[place]:
            shown = MalformedError(f"{place.video_id} {place.frame_number}", "each video or frame once")
            self.problems.append(Problem(file, location, shown.found, shown.expected))
        else:
            self._join(file, location, found, found.shown, shapes)

    def attempt(self, file: str, location: str, read: Callable[[], T]) -> T | None:
        """Return what `read` returns; None, with the problem noted, if the file is not as it must be."""
        try:
            return read()
        except MalformedError as fault:
            self.problems.append(Problem(file, location, fault.found, fault.expected))
        except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
            found = MalformedError(f"{type(error).__name__} {error}", "the structure of the export").found
            self.problems.append(Problem(file, location, found, "the structure of the export"))
        return None

    def is_shown(self, place: Place, frame_number: int) -> bool:
        """Tell whether the annotator saw a frame of a place."""
        return place not in self.shown or any(frame_number in frames for frames in self.shown[place])

    def _without_repeats(self, file: str, read: list[tuple[str, Shape]], seams: Sequence[range]) -> list[Shape]:
        """Return the events, counting those once that two jobs of one file both have; differences are problems."""
        kept: list[Shape] = []
        in_seams: dict[int, Shape] = {}
        for where, shape in read:
            is_doubled = any(shape.frame_number in frames for frames in seams)
            known = in_seams.get(shape.event_index) if is_doubled and shape.event_index is not None else None
            if is_doubled and shape in kept:
                self.merged += 1
            elif known:
                expected = f"{described(known)}, as in the other job that shows this frame"
                self.problems.append(Problem(file, where, described(shape), expected))
            else:
                kept.append(shape)
                if is_doubled and shape.event_index is not None:
                    in_seams[shape.event_index] = shape
        return kept

    def _join(self, file: str, location: str, found: Found, shown: range, shapes: list[Shape]) -> None:
        """Add the events of another job of a video. On frames that both jobs show they must be the same."""
        place = found.place
        if found.size != self.sizes.get(place):
            fault = MalformedError(found.size, f"the size in {self.origins[place][0]}: {self.sizes.get(place)}")
            self.problems.append(Problem(file, location, fault.found, fault.expected))
        theirs = Counter(shape for shape in self.places[place] if shape.frame_number in shown)
        ours = Counter(shape for shape in shapes if self.is_shown(place, shape.frame_number))
        for shape in sorted((ours - theirs) + (theirs - ours), key=described):
            has, lacks = (file, self.origins[place][0]) if ours[shape] else (self.origins[place][0], file)
            expected = "the same events in both, because both jobs show this frame"
            self.problems.append(Problem(file, location, f"{described(shape)} in {has} and not in {lacks}", expected))
        self.merged += ours.total()
        self.places[place] += [shape for shape in shapes if not self.is_shown(place, shape.frame_number)]
        self.shown[place].append(shown)


def described(event: Shape | Marked) -> str:
    """Return an event in words."""
    _, action, agent, frame_number, x, y = event
    return f"{action} {agent} at frame {frame_number}, point {x:g}, {y:g}"
