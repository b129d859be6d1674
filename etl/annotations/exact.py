"""The exact pass: read the annotation files slowly, and report every fault with its place.

It also decides what `--quarantine` builds from. A record is the smallest part of a file that can be set aside: an
event, a video's entry, a template's entry, or one id in a list. If two records contradict each other (the same id twice
in the events file, in two templates or in two splits), both are set aside, since nothing shows which is right. If an id
is only repeated within one list, the first one is kept. References to a video that was set aside are set aside too,
and so is a video whose template was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from etl.annotations.event import read_event
from etl.annotations.findings import File, Findings, RecordSpan, load, members, quoted, shown, value
from etl.annotations.located_json import Value, pointer
from etl.annotations.model import EVENTS_FILE, FILE_NAMES, SPLIT_FILES, TEMPLATES_FILE, Annotations, EventColumns
from etl.names import is_video_id

__all__ = ["read_exactly"]

A_VIDEO_ID = "a video id: 1 to 200 bytes, printable, without / \\ : in it, without spaces and dots at its ends"
IDS_ARE_NAMES = "ids become file names"


def read_exactly(folder: Path, *, quarantine: bool) -> Annotations:
    """Return the content of the five files; with `quarantine`, their sound records and the others as rejects.

    Raises AnnotationError with every problem of all files, as `etl.annotations.read_annotations` says.
    """
    findings = Findings()
    files = {name: load(folder / name, findings) for name in FILE_NAMES}
    videos = _read_videos(files[EVENTS_FILE], findings)
    templates = _read_templates(files[TEMPLATES_FILE], findings)
    splits = {split: _read_split(files[name], findings) for split, name in SPLIT_FILES.items()}
    _check_references(videos, templates, splits, findings)
    _check_listed_once([(template.name, template.references) for template in templates], "template", findings)
    _check_listed_once(splits.items(), "split", findings)
    findings.raise_problems(quarantine=quarantine)

    videos = _sound_videos(videos, templates, findings)
    return Annotations(
        video_ids=list(videos),
        event_counts=np.array([len(video.events) for video in videos.values()], dtype=np.int64),
        events=_columns(list(chain.from_iterable(video.events for video in videos.values()))),
        templates={t.name: _sound_ids(t.references, videos, findings) for t in templates if t.is_sound},
        splits={split: _sound_ids(listed, videos, findings) for split, listed in splits.items()},
        inputs=tuple(file.input for file in files.values()),
        rejects=findings.sorted_rejects(),
        problems=findings.sorted_problems(),
        warnings=findings.warnings(),
    )


@dataclass(slots=True)
class _Video:
    """A video's entry in the events file with its sound events: index, action, agent, frame, x, y."""

    record: RecordSpan
    events: list[tuple[int, ...]]


@dataclass(slots=True)
class _Template:
    """An entry of the template map. If it is set aside as a whole, `references` still has what it named."""

    record: RecordSpan
    name: str
    references: list[_Reference]
    is_sound: bool = True


@dataclass(slots=True)
class _Reference:
    """A video id in a template's or a split's list; if it is not valid, at least what it looks like."""

    record: RecordSpan
    video_id: str
    is_sound: bool = True


def _read_videos(file: File, findings: Findings) -> dict[str, _Video]:
    """Return the entries of the events file; an entry that was set aside has no events."""
    videos: dict[str, _Video] = {}
    for key, key_start, item in members(file, "an object: video ids with their events", findings):
        record = RecordSpan(file, pointer(key), key_start, item.end)
        events = [read_event(file, (key, index), event, findings) for index, event in enumerate(item.items)]
        if key in videos:
            place = file.place(videos[key].record.start)
            findings.record_problem(record, f"{quoted(key)} again", f"every id once (first at {place})")
            findings.set_aside(videos[key].record, "the id is in the file again")
            videos[key].events.clear()
            continue
        videos[key] = _Video(record, [])
        if not is_video_id(key):
            findings.record_problem(record, quoted(key), A_VIDEO_ID, IDS_ARE_NAMES)
        elif item.kind != "array":
            findings.record_problem(record, shown(item), "an array of events", at=item.start)
        elif not events:
            findings.record_problem(record, "no events", "at least one", at=item.start)
        else:
            videos[key].events = [event for event in events if event]
    return videos


def _read_templates(file: File, findings: Findings) -> list[_Template]:
    """Return all entries of the template map."""
    templates: dict[str, _Template] = {}
    repeated: list[_Template] = []
    for key, key_start, item in members(file, "an object: templates with their video ids", findings):
        record = RecordSpan(file, pointer(key), key_start, item.end)
        template = _Template(record, key, _references(file, (key,), item, findings))
        first = templates.setdefault(key, template)
        if first is not template:
            first.is_sound = template.is_sound = False
            repeated.append(template)
            place = file.place(first.record.start)
            findings.record_problem(record, f"{quoted(key)} again", f"every template once (first at {place})")
            findings.set_aside(first.record, "the template is in the file again")
        elif not key or any("\ud800" <= sign <= "\udfff" for sign in key):
            template.is_sound = False
            findings.record_problem(record, quoted(key), "a template: text, and not empty")
        elif item.kind != "array":
            template.is_sound = False
            findings.record_problem(record, shown(item), "an array of video ids", at=item.start)
    return [*templates.values(), *repeated]


def _read_split(file: File, findings: Findings) -> list[_Reference]:
    content = value(file, "array", "an array of video ids", findings)
    return _references(file, (), content, findings) if content else []


def _references(file: File, path: tuple[str, ...], array: Value, findings: Findings) -> list[_Reference]:
    """Return the elements of an array of video ids."""
    references = []
    for index, item in enumerate(array.items):
        reference = _Reference(RecordSpan(file, pointer(*path, index), item.start, item.end), item.text)
        references.append(reference)
        if item.kind == "string" and is_video_id(item.text):
            continue
        reference.is_sound = False
        if item.kind == "string":
            findings.record_problem(reference.record, quoted(item.text), A_VIDEO_ID, IDS_ARE_NAMES)
        else:
            hint = "an id is text, in double quotes" if item.kind == "number" else ""
            findings.record_problem(reference.record, shown(item), "a video id", hint)
    return references


def _check_references(
    videos: dict[str, _Video], templates: list[_Template], splits: dict[str, list[_Reference]], findings: Findings
) -> None:
    """Note listed ids without events and videos without a template, as far as the files could be read."""
    if EVENTS_FILE in findings.unreadable:
        return
    for reference in chain(*(template.references for template in templates), *splits.values()):
        if reference.is_sound and reference.video_id not in videos:
            found = f"{quoted(reference.video_id)}, which has no events"
            findings.record_problem(reference.record, found, f"an id of {EVENTS_FILE}", between_files=True)
    if TEMPLATES_FILE in findings.unreadable:
        return
    in_templates = {reference.video_id for template in templates for reference in template.references}
    for video_id, video in videos.items():
        if is_video_id(video_id) and video_id not in in_templates:
            found = f"{quoted(video_id)}, which is in no template"
            findings.record_problem(video.record, found, f"an id of {TEMPLATES_FILE}", between_files=True)


def _check_listed_once(lists: Iterable[tuple[str, list[_Reference]]], kind: str, findings: Findings) -> None:
    """Note every repeated id; if it is in lists of two names, neither reference is sound."""
    first: dict[str, tuple[int, str, _Reference]] = {}
    for number, (name, references) in enumerate(lists):
        for reference in references:
            if not reference.is_sound:
                continue
            first_number, first_name, earlier = first.setdefault(reference.video_id, (number, name, reference))
            if earlier is reference or (number != first_number and name == first_name):
                continue  # the latter: the template is repeated, which is noted as such
            reference.is_sound = False
            is_same_file = earlier.record.file is reference.record.file
            place = f"{'' if is_same_file else f'{earlier.record.file.name} '}{earlier.record.location}"
            expected = f"every id once and in one {kind} (first at {place})"
            findings.record_problem(reference.record, f"{quoted(reference.video_id)} again", expected)
            if name != first_name:
                earlier.is_sound = False
                findings.set_aside(earlier.record, f"the id is in another {kind} too")


def _sound_videos(videos: dict[str, _Video], templates: list[_Template], findings: Findings) -> dict[str, _Video]:
    """Return the videos that have sound events and a template that is certain; set the others aside."""
    references = chain.from_iterable(template.references for template in templates if template.is_sound)
    templated = {reference.video_id for reference in references if reference.is_sound}
    sound = {}
    for video_id, video in videos.items():
        if not video.events:
            continue  # each of its records was set aside with its own reason
        if video_id in templated:
            sound[video_id] = video
        elif video.record not in findings.rejects:
            findings.set_aside(video.record, "its template is uncertain or was set aside")
    return sound


def _sound_ids(references: list[_Reference], videos: dict[str, _Video], findings: Findings) -> list[str]:
    for reference in references:
        if reference.is_sound and reference.video_id not in videos and reference.record not in findings.rejects:
            findings.set_aside(reference.record, "its video was set aside")
    return [r.video_id for r in references if r.is_sound and r.video_id in videos]


def _columns(events: list[tuple[int, ...]]) -> EventColumns:
    table = np.array(events, dtype=np.int32).reshape(len(events), 6)
    index, action, agent, frame, x, y = (np.ascontiguousarray(column) for column in table.T)
    return EventColumns(index, action.astype(np.uint8), agent.astype(np.uint8), frame, x, y)
