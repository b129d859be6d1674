"""Read single values of a tool's files, none of which is trusted. All raise MalformedError."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from etl.corrections.model import MalformedError, Place, Shape, Size
from etl.files import read_file
from etl.names import frame_name, read_frame_file
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER

__all__ = ["agreed", "json_of", "only", "place_of_frame_file", "shape_of", "size_of", "text_of"]

DROPPED = f"an agent: {', '.join(AGENTS)}"


def shape_of(
    event_index: object, action: object, agent: object, frame_number: int, x: object, y: object, *, has_agents: bool
) -> Shape:
    """Return an event of untrusted values. `has_agents`: whether its file has agents at all; else they were dropped."""
    if action not in ACTIONS:
        raise MalformedError(action, f"an action: {' or '.join(ACTIONS)}")
    if agent not in AGENTS and (has_agents or agent is not None):
        raise MalformedError(agent, DROPPED)
    if not 0 <= frame_number <= MAX_FRAME_NUMBER:
        raise MalformedError(frame_number, f"a frame number from 0 to {MAX_FRAME_NUMBER}")
    index = int(str(event_index)) if re.fullmatch("[0-9]{1,9}", str(event_index)) else None
    return Shape(
        index, str(action), None if agent is None else str(agent), frame_number, _coordinate(x), _coordinate(y)
    )


def only(values: Any, expected: str) -> Any:
    """Return the one element of a list: what is not read would be dropped silently."""
    if not isinstance(values, list) or len(values) != 1:
        raise MalformedError(values, expected)
    return values[0]


def agreed(fact: str, *statements: Any) -> Any:
    """Return what all statements of one fact say; a None says nothing. None where none says anything."""
    said = [statement for statement in statements if statement is not None]
    for statement in said[1:]:
        if statement != said[0]:
            raise MalformedError(f"{fact} {said[0]!r} and {statement!r}", f"one {fact}")
    return said[0] if said else None


def size_of(width: Any, height: Any) -> Size | None:
    """Return a picture's size; None where it is not told."""
    return None if width is None or height is None else (int(width), int(height))


def place_of_frame_file(name: object) -> Place:
    """Return the frame that an image's name tells: `20/frame_00009.jpg`."""
    found = read_frame_file(name) if isinstance(name, str) else None
    if not found:
        raise MalformedError(name, f"the name of a frame: VIDEO_ID/{frame_name(9)}")
    return Place(*found)


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8."""
    try:
        return read_file(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError(getattr(error, "strerror", None) or "bytes that are not UTF-8", "text in UTF-8") from error


def json_of(path: Path) -> Any:
    """Return what a JSON file holds."""
    try:
        return json.loads(text_of(path))
    except MalformedError:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedError(str(error), "JSON") from None


def _coordinate(value: Any) -> float:
    """Return a coordinate in pixels; half a pixel before the first column or row still rounds to it."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise MalformedError(value, "a coordinate in pixels") from None
    if not math.isfinite(number) or not -0.5 <= number <= MAX_COORDINATE:
        raise MalformedError(value, f"a coordinate from 0 to {MAX_COORDINATE}")
    return number
