"""Change records inside the text of the annotation files; every other character stays as it is. Pure.

What is new takes the style of its neighbours: their indents, the order of their keys, and numbers such as `10.0`.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from etl.annotations.located_json import Value, parse, parse_members

__all__ = ["Fields", "Splice", "VideoEdit", "event_splices", "id_splices", "spliced", "undone"]

BETWEEN_EVENTS = re.compile(r"\}(, *)\{")
Fields = Mapping[str, str | int]  # an event under the publisher's keys
Span = tuple[int, int]


class Splice(NamedTuple):
    """At character `start` of a text, `old` is replaced by `new`."""

    start: int
    old: str
    new: str


@dataclass
class VideoEdit:
    """What changes in one video's list: events by their index, None for one that is deleted; then events to append."""

    changed: dict[int, Fields | None] = field(default_factory=dict)
    added: list[Fields] = field(default_factory=list)


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Apply splices, whose places are those of the text before. Raises ValueError if they do not fit the text."""
    parts, at = [], 0
    for start, old, new in sorted(splices):
        if start < at or text[start : start + len(old)] != old:
            raise ValueError(f"character {start}: the text is not the one to be replaced")
        parts += [text[at:start], new]
        at = start + len(old)
    return "".join([*parts, text[at:]])


def undone(text: str, splices: Iterable[Splice]) -> str:
    """Return the text from which `spliced` made this one. Raises ValueError if it did not."""
    back, shift = [], 0
    for start, old, new in sorted(splices):
        back.append(Splice(start + shift, new, old))
        shift += len(new) - len(old)
    return spliced(text, back)


def event_splices(text: str, edits: Mapping[str, VideoEdit]) -> tuple[list[Splice], list[str]]:
    """Return what to change in the events file, and the ids of the videos that go because they lose their last event.

    The text must be sound, and must have the events that are edited.
    """
    spans: list[Span] = []
    emptied: dict[int, str] = {}
    splices: list[Splice] = []
    for video_id, key_start, events in parse_members(text):
        spans.append((key_start, events.end))
        if edit := edits.get(video_id):
            if splice := _list_splice(text, events, edit):
                splices.append(splice)
            else:
                emptied[len(spans) - 1] = video_id
    return [*splices, *_cuts(text, spans, emptied)], list(emptied.values())


def id_splices(text: str, video_ids: Collection[str]) -> list[Splice]:
    """Return what to cut from the template map, or from a split's list, so that it no longer names these videos."""
    content = parse(text)
    arrays = [content] if content.kind == "array" else [array for _, _, array in content.members]
    return [splice for array in arrays for splice in _without_ids(text, array, video_ids)]


def _without_ids(text: str, array: Value, video_ids: Collection[str]) -> Iterator[Splice]:
    spans = [(item.start, item.end) for item in array.items]
    yield from _cuts(text, spans, [index for index, item in enumerate(array.items) if item.text in video_ids])


def _cuts(text: str, spans: Sequence[Span], dropped: Collection[int]) -> Iterator[Splice]:
    """Yield the cuts that remove elements: each run of them with its commas."""
    index = 0
    while index < len(spans):
        if index not in dropped:
            index += 1
            continue
        first = index
        while index < len(spans) and index in dropped:
            index += 1
        if first > 0:
            start, end = spans[first - 1][1], spans[index - 1][1]
        else:
            start, end = spans[0][0], spans[index][0] if index < len(spans) else spans[-1][1]
        yield Splice(start, text[start:end], "")


def _list_splice(text: str, events: Value, edit: VideoEdit) -> Splice | None:
    """Return the shortest change to one video's list; None if no event is left."""
    items = events.items
    between = [text[one.end : other.start] for one, other in itertools.pairwise(items)]
    last_separator = between[-1] if between else _separator(text, events)
    separators = ["", *between]
    parts: list[str] = []
    for index, item in enumerate(items):
        fields = edit.changed.get(index, {})
        if fields is not None:
            parts += [separators[index] or last_separator, _with_fields(text, item, fields)]
    for fields in edit.added:
        parts += [last_separator, _new_event(text, items[-1], fields)]
    if not parts:
        return None
    start, end = items[0].start, items[-1].end
    return _shortened(Splice(start, text[start:end], "".join(parts[1:])))


def _separator(text: str, events: Value) -> str:
    """Return what stands between the events of a list, for a list of one."""
    begin = text[events.start + 1 : events.items[0].start]
    elsewhere = None if begin else BETWEEN_EVENTS.search(text)
    return elsewhere[1] if elsewhere else f",{begin}"


def _shortened(splice: Splice) -> Splice:
    """Leave out what both texts begin and end with."""
    start, old, new = splice
    same = _alike(old, new)
    old, new = old[same:], new[same:]
    tail = _alike(old[::-1], new[::-1])
    return Splice(start + same, old[: len(old) - tail], new[: len(new) - tail])


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _with_fields(text: str, event: Value, fields: Fields) -> str:
    changes = [
        Splice(value.start - event.start, text[value.start : value.end], _styled(value, fields[key]))
        for key, _, value in event.members
        if key in fields and not _says(value, fields[key])
    ]
    return spliced(text[event.start : event.end], changes)


def _new_event(text: str, model: Value, fields: Fields) -> str:
    if {key for key, _, _ in model.members} == set(fields):
        return _with_fields(text, model, fields)
    return json.dumps(dict(fields), separators=(",", ":"))


def _says(value: Value, wanted: str | int) -> bool:
    return value.text == wanted if value.kind == "string" else Decimal(value.text) == wanted


def _styled(value: Value, wanted: str | int) -> str:
    return f"{wanted}.0" if value.kind == "number" and value.text.endswith(".0") else json.dumps(wanted)
