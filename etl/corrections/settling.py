"""From a tool's output to events that can be compared: whole pixels, dropped agents, frames that were shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.corrections.model import Annotated, Marked, Place, Shape, Size, described
from etl.corrections.resized import Resized
from etl.errors import Problem
from etl.wording import counted

__all__ = ["Settled", "settled"]

ENOUGH = 3  # this many events moved by the same half pixel were moved by the tool, not by the annotator
DECIMALS = 2  # of coordinates, as in CVAT
ORIGIN = (0.0, 0.0)
HALVES = {(x, y) for x in (-0.5, 0.0, 0.5) for y in (-0.5, 0.0, 0.5)} - {ORIGIN}


@dataclass
class Settled:
    """The events of both sides in whole pixels; those before without events that the annotator did not see."""

    before: dict[Place, list[Marked]] = field(default_factory=dict)
    after: dict[Place, list[Marked]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def settled(before: Annotated, after: Annotated, resized: Resized | None = None) -> Settled:
    """Make the export and what came back comparable; `notes` say what was assumed.

    Points of pictures that the export had `resized` become points of the original frame.
    """
    result = Settled(notes=list(after.notes))
    shift = _half_pixel(before, after)
    for place, shapes in before.places.items():
        exported = [shape if resized is None else _in_original(shape, place, resized) or shape for shape in shapes]
        result.before[place] = [_marked(shape, shape.agent or "", None) for shape in exported]
    hidden = 0
    for place in after.shown.keys() & before.places.keys():
        seen = [event for event in result.before[place] if after.is_shown(place, event.frame_number)]
        hidden += len(result.before[place]) - len(seen)
        result.before[place] = seen
    dropped = 0
    for place, returned in after.places.items():
        size = after.sizes.get(place)
        shapes = [shape._replace(x=shape.x - shift[0], y=shape.y - shift[1]) for shape in returned]
        if resized and place in before.places:
            size, found = resized.original(place), [(shape, _in_original(shape, place, resized)) for shape in shapes]
            result.problems += [
                Problem(*after.origins[place], described(shape), "a point in the picture, not in the black bars")
                for shape, moved in found
                if moved is None
            ]
            shapes = [moved for _, moved in found if moved]
        lacking = [shape for shape in shapes if shape.agent is None]
        result.after[place] = [_marked(s, s.agent, size) for s in shapes if s.agent is not None]
        for shape, origin in _with_origins(lacking, result.before.get(place, [])):
            if origin is None:
                expected = "an agent: the tool dropped it, and no exported event of this place is left to take it from"
                result.problems.append(Problem(*after.origins[place], described(shape), expected))
                continue
            dropped += 1
            moved = shape._replace(event_index=origin.event_index)
            result.after[place].append(_marked(moved, origin.agent, size))
    result.notes += _notes(hidden, dropped, after.merged, shift)
    return result


def _notes(hidden: int, dropped: int, merged: int, shift: tuple[float, float]) -> Iterator[str]:
    if hidden:
        yield f"{counted(hidden, 'exported event')} on frames that were not shown to the annotator: kept as exported."
    if dropped:
        yield (
            f"{counted(dropped, 'event')} came back without an agent, which the tool dropped: each got that of the "
            "exported event that is nearest in frame and point. Changed agents cannot be detected."
        )
    if merged:
        yield f"{counted(merged, 'event')} in two jobs whose frames overlap, the same in both: counted once."
    if shift != ORIGIN:
        yield (
            f"The points came back half a pixel from where they were exported ({shift[0]:+g}, {shift[1]:+g} px), as "
            "from a tool that counts pixels from their corners: this half pixel was removed from all points."
        )


def _half_pixel(before: Annotated, after: Annotated) -> tuple[float, float]:
    """Return the half pixel by which most points moved, if none stayed where it was."""
    offsets: Counter[tuple[float, float]] = Counter()
    for place, shapes in after.places.items():
        for shape in shapes:
            same = [
                (shape.x - old.x, shape.y - old.y)
                for old in before.places.get(place, ())
                if (old.action, old.frame_number) == (shape.action, shape.frame_number)
            ]
            if same:
                nearest = min(same, key=lambda offset: math.hypot(*offset))
                offsets[round(nearest[0], DECIMALS), round(nearest[1], DECIMALS)] += 1
    if not offsets:
        return ORIGIN
    [(offset, count)] = offsets.most_common(1)
    is_constant = count >= ENOUGH and 2 * count > offsets.total() and not offsets[ORIGIN]
    return offset if offset in HALVES and is_constant else ORIGIN


def _with_origins(shapes: list[Shape], exported: list[Marked]) -> Iterator[tuple[Shape, Marked | None]]:
    """Yield each event with the exported one it comes from: the one with the same index, else the nearest one left.

    Nearest means fewest frames away, then the same action, then fewest pixels away.
    """
    left = {event.event_index: event for event in exported}
    unpaired = []
    for shape in shapes:
        if shape.event_index is not None and shape.event_index in left:
            yield shape, left.pop(shape.event_index)
        else:
            unpaired.append(shape)
    candidates = sorted(
        (
            abs(shape.frame_number - event.frame_number),
            shape.action != event.action,
            math.dist((shape.x, shape.y), event.point),
            position,
            index,
        )
        for position, shape in enumerate(unpaired)
        for index, event in left.items()
        if index is not None
    )
    taken: set[int] = set()
    for *_, position, index in candidates:
        if position not in taken and index in left:
            taken.add(position)
            yield unpaired[position], left.pop(index)
    for position, shape in enumerate(unpaired):
        if position not in taken:
            yield shape, None


def _in_original(shape: Shape, place: Place, resized: Resized) -> Shape | None:
    """Return an event at its point of the original frame; None if it is on a black bar."""
    point = resized.back(place, shape.x, shape.y)
    return shape._replace(x=point[0], y=point[1]) if point else None


def _marked(shape: Shape, agent: str, size: Size | None) -> Marked:
    """Return an event with its point in whole pixels, at most the picture's last column and row."""
    x, y = _pixel(shape.x), _pixel(shape.y)
    if size is not None:
        x, y = (side - 1 if value == side else value for value, side in zip((x, y), size, strict=True))
    return Marked(shape.event_index, shape.action, agent, shape.frame_number, x, y)


def _pixel(value: float) -> int:
    """Round half up, so that every point between two pixels is rounded the same way."""
    return max(0, math.floor(value + 0.5))
