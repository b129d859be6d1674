"""The exact pass: read the annotation files slowly, and say of every fault what and where it is.

It also decides what `--quarantine` builds from. A record is the smallest part of a file that can be set aside: an
event, a video's entry, a template's entry, or one id in a list. Where two records contradict each other (an id that
stands twice in the events file, in two templates, in two splits) both are set aside, for nothing tells which is right;
of an id that merely stands twice in one list the first is kept. What refers to a video that was set aside goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path

import numpy as np

from etl.annotations.findings import File, Findings, Record, load, members, quoted, shown, value
from etl.annotations.located_json import Value, line_and_column, pointer
from etl.annotations.model import (
    EVENTS_FILE,
    FILE_NAMES,
    SPLIT_FILES,
    TEMPLATES_FILE,
    Annotations,
    EventColumns,
    is_video_id,
)
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER

__all__ = ["read_exactly"]

WORDS = {"action": ACTIONS, "agent": AGENTS}
LIMITS = {"frameNumber": MAX_FRAME_NUMBER, "pointX": MAX_COORDINATE, "pointY": MAX_COORDINATE}
A_VIDEO_ID = "a video id that can name a file: printable, without / \\ : and spaces or dots at its ends"


def read_exactly(folder: Path, *, quarantine: bool) -> Annotations:
    """Return the content of the five files; with `quarantine`, their sound records and the others as rejects.

    Raises AnnotationError with every problem of all files, as `etl.annotations.read_annotations` says.
    """
    findings = Findings()
    files = [load(folder / name, findings) for name in FILE_NAMES]
    videos = _read_videos(files[0], findings)
    templates = _read_templates(files[1], findings)
    splits = {split: _read_split(file, findings) for split, file in zip(SPLIT_FILES, files[2:], strict=True)}
    _check_listed_once(templates.values(), "template", findings)
    _check_listed_once(splits.values(), "split", findings)
    _check_references(videos, templates, splits, findings)
    findings.raise_problems(quarantine=quarantine)

    videos = _sound_videos(videos, templates, findings)
    return Annotations(
        video_ids=list(videos),
        event_counts=np.array([len(video.events) for video in videos.values()], dtype=np.int64),
        events=_columns(list(chain.from_iterable(video.events for video in videos.values()))),
        templates={template: _sound_ids(listed, videos, findings) for template, listed in templates.items()},
        splits={split: _sound_ids(listed, videos, findings) for split, listed in splits.items()},
        inputs=tuple(file.input for file in files),
        rejects=findings.sorted_rejects(),
        warnings=findings.warnings(),
    )


@dataclass(slots=True)
class _Video:
    """A video's entry in the events file with its sound events: index, action, agent, frame, x, y."""

    record: Record
    events: list[tuple[int, ...]]


@dataclass(slots=True)
class _Reference:
    """A video id in a template's or a split's list."""

    record: Record
    video_id: str
    is_sound: bool = True


def _read_videos(file: File, findings: Findings) -> dict[str, _Video]:
    """Return the entries of the events file; one that was set aside is there without events."""
    videos: dict[str, _Video] = {}
    for key, key_start, item in members(file, "an object: video ids with their events", findings):
        record = Record(file, pointer(key), key_start, item.end)
        events = [_event(file, (key, index), event, findings) for index, event in enumerate(item.items)]
        if key in videos:
            place = line_and_column(file.text, videos[key].record.start)
            findings.record_problem(record, f"{quoted(key)} again", f"every id once (first at {place})")
            findings.set_aside(videos[key].record, "the id stands in the file again")
            videos[key].events.clear()
            continue
        videos[key] = _Video(record, [])
        if not is_video_id(key):
            findings.record_problem(record, quoted(key), A_VIDEO_ID)
        elif item.kind != "array":
            findings.record_problem(record, shown(item), "an array of events", at=item.start)
        elif not events:
            findings.record_problem(record, "no events", "at least one", at=item.start)
        else:
            videos[key].events = [event for event in events if event]
    return videos


def _event(file: File, path: tuple[str, int], item: Value, findings: Findings) -> tuple[int, ...] | None:
    """Return index, action, agent, frame, x, y of an event; None where it has problems, which are noted."""
    record = Record(file, pointer(*path), item.start, item.end)
    if item.kind != "object":
        findings.record_problem(record, shown(item), "an event: an object")
        return None
    has_unique_keys = _check_keys(record, path, item, findings)
    fields = {key: field for key, _, field in item.members}
    findings.extra_fields.update(key for key in fields if key not in WORDS and key not in LIMITS)
    numbers = [
        *(_word(record, path, key, fields.get(key), findings) for key in WORDS),
        *(_whole_number(record, path, key, fields.get(key), findings) for key in LIMITS),
    ]
    sound = [number for number in numbers if number is not None]
    return (path[1], *sound) if has_unique_keys and len(sound) == len(numbers) else None


def _check_keys(record: Record, path: tuple[str | int, ...], item: Value, findings: Findings) -> bool:
    """Note every key that stands twice, at any level of `item`; tell whether there is none."""
    is_sound, seen = True, set()
    for key, key_start, field in item.members:
        if key in seen:
            location = pointer(*path, key)
            findings.record_problem(record, f"{quoted(key)} again", "every key once", location=location, at=key_start)
            is_sound = False
        seen.add(key)
        is_sound &= _check_keys(record, (*path, key), field, findings)
    for index, element in enumerate(item.items):
        is_sound &= _check_keys(record, (*path, index), element, findings)
    return is_sound


def _word(record: Record, path: tuple[str, int], key: str, field: Value | None, findings: Findings) -> int | None:
    """Return the position of an action or agent among those allowed; None where it is none, which is noted."""
    allowed = WORDS[key]
    if field and field.kind == "string" and field.text in allowed:
        return allowed.index(field.text)
    is_near = field is not None and field.text.strip().lower() in allowed
    expected = f"{', '.join(map(quoted, allowed[:-1]))} or {quoted(allowed[-1])}"
    _wrong_field(record, path, key, field, expected, "letter case and spaces count" if is_near else "", findings)
    return None


def _whole_number(
    record: Record, path: tuple[str, int], key: str, field: Value | None, findings: Findings
) -> int | None:
    """Return the integer that a number stands for exactly (9, 9.0, 4.1e1); None where it does not, which is noted."""
    if field and field.kind == "number":
        try:
            number = Decimal(field.text)
        except InvalidOperation:  # an exponent beyond all bounds
            number = Decimal("NaN")
        if 0 <= number <= LIMITS[key] and number == number.to_integral_value():
            return int(number)
    hint = "a number stands without quotes" if field and field.kind == "string" else ""
    _wrong_field(record, path, key, field, f"a whole number from 0 to {LIMITS[key]}", hint, findings)
    return None


def _wrong_field(
    record: Record,
    path: tuple[str, int],
    key: str,
    field: Value | None,
    expected: str,
    hint: str,
    findings: Findings,
) -> None:
    if field is None:
        findings.record_problem(record, f"no {quoted(key)}", expected)
    else:
        location = pointer(*path, key)
        findings.record_problem(record, shown(field), expected, hint, location=location, at=field.start)


def _read_templates(file: File, findings: Findings) -> dict[str, list[_Reference]]:
    """Return the sound entries of the template map."""
    templates: dict[str, list[_Reference]] = {}
    records: dict[str, Record] = {}
    for key, key_start, item in members(file, "an object: templates with their video ids", findings):
        record = Record(file, pointer(key), key_start, item.end)
        references = list(_references(file, (key,), item, findings))
        if key in records:
            place = line_and_column(file.text, records[key].start)
            findings.record_problem(record, f"{quoted(key)} again", f"every template once (first at {place})")
            findings.set_aside(records[key], "the template stands in the file again")
            templates.pop(key, None)
            continue
        records[key] = record
        if not key or any("\ud800" <= sign <= "\udfff" for sign in key):
            findings.record_problem(record, quoted(key), "a template: text, and not empty")
        elif item.kind != "array":
            findings.record_problem(record, shown(item), "an array of video ids", at=item.start)
        else:
            templates[key] = references
    return templates


def _read_split(file: File, findings: Findings) -> list[_Reference]:
    content = value(file, "array", "an array of video ids", findings)
    return list(_references(file, (), content, findings)) if content else []


def _references(file: File, path: tuple[str, ...], array: Value, findings: Findings) -> Iterator[_Reference]:
    """Yield the video ids of an array that can be ids."""
    for index, item in enumerate(array.items):
        record = Record(file, pointer(*path, index), item.start, item.end)
        if item.kind != "string":
            hint = "an id is text, in double quotes" if item.kind == "number" else ""
            findings.record_problem(record, shown(item), "a video id", hint)
        elif not is_video_id(item.text):
            findings.record_problem(record, quoted(item.text), A_VIDEO_ID)
        else:
            yield _Reference(record, item.text)


def _check_listed_once(lists: Iterable[list[_Reference]], kind: str, findings: Findings) -> None:
    """Note every id that stands twice; where it stands in two lists, neither reference is sound."""
    first: dict[str, tuple[int, _Reference]] = {}
    for number, references in enumerate(lists):
        for reference in references:
            first_number, earlier = first.setdefault(reference.video_id, (number, reference))
            if earlier is reference:
                continue
            reference.is_sound = False
            place = f"{earlier.record.file.name} {earlier.record.location}"
            expected = f"every id once and in one {kind} (first at {place})"
            findings.record_problem(reference.record, f"{quoted(reference.video_id)} again", expected)
            if first_number != number and earlier.is_sound:
                earlier.is_sound = False
                findings.set_aside(earlier.record, f"the id stands in another {kind} too")


def _check_references(
    videos: dict[str, _Video],
    templates: dict[str, list[_Reference]],
    splits: dict[str, list[_Reference]],
    findings: Findings,
) -> None:
    """Note listed ids without events and videos without a template, as far as the files could be read."""
    if EVENTS_FILE in findings.unreadable:
        return
    for reference in chain.from_iterable((*templates.values(), *splits.values())):
        if reference.video_id not in videos:
            found = f"{quoted(reference.video_id)}, which has no events"
            findings.record_problem(reference.record, found, f"an id of {EVENTS_FILE}")
            reference.is_sound = False
    if TEMPLATES_FILE in findings.unreadable:
        return
    in_templates = {reference.video_id for references in templates.values() for reference in references}
    for video_id, video in videos.items():
        if is_video_id(video_id) and video_id not in in_templates:
            found = f"{quoted(video_id)}, which is in no template"
            findings.record_problem(video.record, found, f"an id of {TEMPLATES_FILE}")


def _sound_videos(
    videos: dict[str, _Video], templates: dict[str, list[_Reference]], findings: Findings
) -> dict[str, _Video]:
    """Return the videos that have sound events and a template that is certain; set the others aside."""
    templated = {
        reference.video_id for references in templates.values() for reference in references if reference.is_sound
    }
    sound = {}
    for video_id, video in videos.items():
        if not video.events:
            continue  # each of its records was set aside with its own reason
        if video_id in templated:
            sound[video_id] = video
        elif video.record not in findings.rejects:
            findings.set_aside(video.record, "its template was set aside or is not certain")
    return sound


def _sound_ids(references: list[_Reference], videos: dict[str, _Video], findings: Findings) -> list[str]:
    for reference in references:
        if reference.is_sound and reference.video_id not in videos:
            findings.set_aside(reference.record, "its video was set aside")
    return [r.video_id for r in references if r.is_sound and r.video_id in videos]


def _columns(events: list[tuple[int, ...]]) -> EventColumns:
    table = np.array(events, dtype=np.int32).reshape(len(events), 6)
    index, action, agent, frame, x, y = (np.ascontiguousarray(column) for column in table.T)
    return EventColumns(index, action.astype(np.uint8), agent.astype(np.uint8), frame, x, y)
