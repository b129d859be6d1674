"""Read single values of a tool's files, which are not trusted. All functions raise MalformedError."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from etl.annotations.located_json import pointer
from etl.companions.strict_json import Doubled, parse_json
from etl.corrections.model import MalformedError, Place, Shape, Size
from etl.errors import Problem
from etl.files import as_utf8, binary_kind, read_file
from etl.names import frame_name, read_frame_file
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER

__all__ = [
    "agreed",
    "files_ending_in",
    "json_of",
    "member",
    "number_of",
    "only",
    "place_of_frame_file",
    "refuse_renamed_agent",
    "shape_of",
    "size_of",
    "text_of",
]

DROPPED = f"an agent: {', '.join(AGENTS)}"
# Python accepts more than files may contain: 1_000, digits of other scripts, "infinity".
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\s*")
_NAMES_OF_KINDS: dict[type, str] = {list: "a list", dict: "an object", str: "text"}


def shape_of(
    event_index: object, action: object, agent: object, frame_number: int, x: object, y: object, *, has_agents: bool
) -> Shape:
    """Return an event from untrusted values. `has_agents`: the file has agents, so that the tool did not drop them."""
    if action not in ACTIONS:
        raise MalformedError(action, f"an action: {' or '.join(ACTIONS)}")
    if agent not in AGENTS and (has_agents or agent is not None):
        raise MalformedError(agent, DROPPED)
    if not 0 <= frame_number <= MAX_FRAME_NUMBER:
        raise MalformedError(frame_number, f"a frame number from 0 to {MAX_FRAME_NUMBER}")
    digits = re.fullmatch(r"([0-9]{1,9})(?:\.0+)?", str(event_index))
    index = int(digits[1]) if digits else None
    return Shape(
        index, str(action), None if agent is None else str(agent), frame_number, _coordinate(x), _coordinate(y)
    )


def only(values: Any, expected: str) -> Any:
    """Return the only element of a list: others would be dropped silently."""
    if not isinstance(values, list) or len(values) != 1:
        raise MalformedError(values, expected)
    return values[0]


def agreed(fact: str, *statements: Any) -> Any:
    """Return what all statements of one fact say; None says nothing. Return None if none says anything."""
    said = [statement for statement in statements if statement is not None]
    for statement in said[1:]:
        if statement != said[0]:
            raise MalformedError(f"{fact} {said[0]!r} and {statement!r}", f"one {fact}")
    return said[0] if said else None


def size_of(width: Any, height: Any) -> Size | None:
    """Return a picture's size; None if it is not given."""
    return None if width is None or height is None else (_pixels("width", width), _pixels("height", height))


def member(item: Any, name: str, kind: type[list[Any] | dict[str, Any] | str]) -> Any:
    """Return an object's value under a name, which must be of a kind: list, dict or str."""
    found = item.get(name) if isinstance(item, dict) else item
    if not isinstance(item, dict) or not isinstance(found, kind):
        what = "nothing" if isinstance(item, dict) and name not in item else found
        raise MalformedError(what, f"{_NAMES_OF_KINDS[kind]} under {name!r}")
    return found


def refuse_renamed_agent(fields: Iterable[tuple[Any, Any]]) -> None:
    """Refuse an agent under another name, which would be treated as if the tool had dropped it."""
    for name, value in fields:
        if isinstance(value, str) and value in AGENTS and name != "agent":
            raise MalformedError(f"{name} {value!r}", "the agent under the name agent")


def files_ending_in(folder: Path, ending: str) -> list[Path]:
    """Return the files below a folder with this ending, in any case, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() == ending)


def place_of_frame_file(name: object) -> Place:
    """Return the frame in an image's name, such as `20/frame_00009.jpg`."""
    found = read_frame_file(name) if isinstance(name, str) else None
    if not found:
        raise MalformedError(name, f"the name of a frame: VIDEO_ID/{frame_name(9)}")
    return Place(*found)


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with a byte order mark."""
    try:
        content = read_file(path)
        if kind := binary_kind(content):
            raise MalformedError(kind, "text in UTF-8")
        return as_utf8(content).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError(getattr(error, "strerror", None) or "bytes that are not UTF-8", "text in UTF-8") from error


def json_of(path: Path) -> Any:
    """Return the content of a JSON file."""
    content = parse_json(text_of(path), path.name)
    if isinstance(content, Problem):
        raise MalformedError(f"{content.found} {content.location}".rstrip(), content.expected)
    if found := _doubled(content):
        steps, doubled = found
        raise MalformedError(f"the key {doubled.key!r} twice in {pointer(*steps) or 'the file'}", "every key once")
    return content


def number_of(value: Any) -> float:
    """Return a number, given as one or as text. Raises ValueError if it is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _doubled(content: Any) -> tuple[tuple[str | int, ...], Doubled] | None:
    """Return an object that has a key twice with different values, with the steps to it; None if there is none."""
    left: list[tuple[tuple[str | int, ...], Any]] = [((), content)]
    while left:
        steps, value = left.pop()
        if isinstance(value, Doubled):
            return steps, value
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        left += [((*steps, step), item) for step, item in members if isinstance(item, dict | list)]
    return None


def _pixels(side: str, value: Any) -> int:
    try:
        number = number_of(value)
    except ValueError:
        number = math.nan
    if not 1 <= number <= MAX_COORDINATE + 1 or not number.is_integer():
        raise MalformedError(f"the {side} {value!r}", "a number of pixels")
    return int(number)


def _coordinate(value: Any) -> float:
    """Return a coordinate in pixels; up to half a pixel before the first column or row still rounds to it."""
    try:
        number = number_of(value)
    except ValueError:
        raise MalformedError(value, "a coordinate in pixels") from None
    if not math.isfinite(number) or not -0.5 <= number <= MAX_COORDINATE:
        raise MalformedError(value, f"a coordinate from 0 to {MAX_COORDINATE}")
    return number
