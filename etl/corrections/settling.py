"""From what a tool gave back to events that can be compared: whole pixels, agents that it dropped, frames it showed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.corrections.model import Annotated, Marked, Place, Shape, Size, described
from etl.corrections.resized import Resized
from etl.errors import Problem

__all__ = ["Settled", "settled"]

ENOUGH = 3  # events that lie beside their place by the same half pixel are the tool's doing, not the annotator's
DECIMALS = 2  # as CVAT writes coordinates
ORIGIN = (0.0, 0.0)
HALVES = {(x, y) for x in (-0.5, 0.0, 0.5) for y in (-0.5, 0.0, 0.5)} - {ORIGIN}


@dataclass
class Settled:
    """The events of both sides in whole pixels, those before without what the annotator did not see."""

    before: dict[Place, list[Marked]] = field(default_factory=dict)
    after: dict[Place, list[Marked]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def settled(before: Annotated, after: Annotated, resized: Resized | None = None) -> Settled:
    """Make what was exported and what came back comparable; `notes` say what was assumed.

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
                Problem(*after.origins[place], described(shape), "a point of the picture, not of the black beside it")
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
        yield f"{hidden:,} exported events lie on frames that were not shown to the annotator: they stay as they are."
    if dropped:
        yield (
            f"{dropped:,} events came back without an agent, which the tool dropped: each took that of the exported "
            "event that is nearest in frame and point. Changed agents cannot be told."
        )
    if merged:
        yield f"{merged:,} events stand alike in two jobs whose frames overlap: each counts once."
    if shift != ORIGIN:
        yield (
            f"The points came back half a pixel from where they were exported ({shift[0]:+g}, {shift[1]:+g} px), as a "
            "tool does that counts pixels from their corners: this half pixel was taken off all points."
        )


def _half_pixel(before: Annotated, after: Annotated) -> tuple[float, float]:
    """Return the half pixel by which most points were moved alike, while none stayed where it was."""
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
    """Yield each event with the exported one it comes from: of the same index, else the nearest that is left.

    Near is what lies few frames away, then what has the same action, then what lies few pixels away.
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
    """Return an event at its point of the original frame; None where it lies on a black bar."""
    point = resized.back(place, shape.x, shape.y)
    return shape._replace(x=point[0], y=point[1]) if point else None


def _marked(shape: Shape, agent: str, size: Size | None) -> Marked:
    """Return an event with its point in whole pixels of the picture, which ends at the last column and row."""
    x, y = _pixel(shape.x), _pixel(shape.y)
    if size is not None:
        x, y = (side - 1 if value == side else value for value, side in zip((x, y), size, strict=True))
    return Marked(shape.event_index, shape.action, agent, shape.frame_number, x, y)


def _pixel(value: float) -> int:
    """Round half up, so that every point between two pixels goes the same way."""
    return max(0, math.floor(value + 0.5))
