"""Read SSv2's own label files: each video's template, objects and split.

Formats: Goyal et al., ICCV 2017, as 20BN and later Qualcomm distribute them. A label is never rebuilt from template and
placeholders: in derived sets they differ. Two rows about one video that say different things are a fault, reported with
both places; the same row twice is one row.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from etl.annotations.located_json import pointer
from etl.annotations.model import InputFile
from etl.companions.model import SSV2_SPLITS, Faults, LabelRow, Place, SSv2Labels, merged_rejects
from etl.companions.packed import PackedFile, find_label_files, read_packed
from etl.companions.strict_json import (
    MISSING,
    NO_NUMBER,
    Doubled,
    decode_text,
    find_no_number,
    is_text,
    parse_json,
    quoted,
    shown,
)
from etl.errors import Problem
from etl.names import is_video_id

__all__ = ["read_ssv2_labels", "template_key"]

BRACKETS = re.compile(r"\[([^\[\]]*)\]")
# Two spellings of one template may differ in brackets, parentheses, commas, apostrophes, case and spaces.
NO_DIFFERENCE = re.compile(r"[\[\](),'’`]")
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


@cache
def template_key(template: str) -> str:
    """Return the part of a template in which its published spellings agree."""
    return " ".join(NO_DIFFERENCE.sub("", template).casefold().split())


def read_ssv2_labels(folder: Path, templates: Mapping[str, str], *, quarantine: bool = False) -> SSv2Labels:
    """Return the content of SSv2's label files in a folder, under either of their two naming schemes.

    `templates` has the template of every annotated video; a row that gives another one is a fault. With `quarantine`,
    rows with faults are set aside.

    Raises:
        CompanionError: there is no label file, or they have problems; the error has all of them.
    """
    files = find_label_files(folder)
    faults = Faults()
    inputs: list[InputFile] = []
    texts = {stem: text for stem, file in files.items() if (text := _text(file, inputs, faults)) is not None}
    classes = _classes(texts["labels"], files["labels"].name, faults) if "labels" in texts else {}
    places: dict[str, tuple[LabelRow, Place]] = {}
    dropped: set[str] = set()
    answers = _answers(texts.get("test-answers"), files, faults)
    for split in SSV2_SPLITS:
        rows: Iterator[tuple[LabelRow, Place]] = iter(())
        if split in texts:
            rows = _rows(texts[split], files[split].name, split, faults)
        elif split == "test" and answers:
            rows = ((LabelRow(video_id, split), place) for video_id, (_, place) in answers.items())
        for row, place in rows:
            _take(row, place, places, dropped, faults)
    for video_id, (template, place) in answers.items():
        row_and_place = places.get(video_id)
        if row_and_place is None or row_and_place[0].split != "test":
            if video_id not in dropped:
                faults.add(place, f"an answer for video {quoted(video_id)}", "a video of the test split")
            continue
        row, there = row_and_place
        if row.template is None:
            places[video_id] = (LabelRow(video_id, "test", template=template), place)
        elif template_key(row.template) != template_key(template):
            faults.add(place, quoted(template), f"the template that {there} has: {quoted(row.template)}")
            dropped.add(video_id)
    has_classes = "labels" in texts and not any(problem.file == files["labels"].name for problem in faults.problems)
    known = {template_key(text) for text in classes} if has_classes else None
    for video_id, (row, place) in list(places.items()):
        if _has_wrong_template(row, place, templates.get(video_id), known, faults):
            dropped.add(video_id)
    faults.raise_problems(quarantine=quarantine)
    return SSv2Labels(
        rows=tuple(row for video_id, (row, _) in places.items() if video_id not in dropped),
        class_ids={template_key(text): number for text, number in classes.items()},
        inputs=tuple(inputs),
        rejects=tuple(merged_rejects(faults.rejects)),
        problems=tuple(faults.problems),
    )


def _text(file: PackedFile, inputs: list[InputFile], faults: Faults) -> str | None:
    read = read_packed(file)
    if isinstance(read, Problem):
        faults.add_file(read)
        return None
    content, found = read
    inputs.append(found)
    text = decode_text(content, file.name)
    if isinstance(text, Problem):
        faults.add_file(text)
        return None
    return text


def _classes(text: str, file: str, faults: Faults) -> dict[str, int]:
    """Return the number of each template's class from `labels.json`: numbers as numbers or as text."""
    content = parse_json(text, file)
    if isinstance(content, Problem):
        faults.add_file(content)
        return {}
    if not isinstance(content, dict) or isinstance(content, Doubled):
        found = f"the key {quoted(content.key)} twice" if isinstance(content, Doubled) else shown(content)
        faults.add_file(Problem(file, "", found, "an object: template to class number, each once"))
        return {}
    classes: dict[str, int] = {}
    numbers: dict[int, str] = {}
    for template, value in content.items():
        number = int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,6}", value) else value
        if not is_text(template):
            faults.add_file(Problem(file, "", quoted(template), "a template as text"))
        elif type(number) is not int or not 0 <= number < 10**6:
            faults.add_file(Problem(file, pointer(template), shown(value), "a class number"))
        elif number in numbers:
            expected = f"another number than {quoted(numbers[number])} has"
            faults.add_file(Problem(file, pointer(template), shown(value), expected))
        else:
            classes[template] = number
            numbers[number] = template
    return classes


def _answers(text: str | None, files: Mapping[str, PackedFile], faults: Faults) -> dict[str, tuple[str, Place]]:
    """Return the templates of `test-answers.csv` by video: no header, `;` between id and template."""
    answers: dict[str, tuple[str, Place]] = {}
    if text is None:
        return answers
    file = files["test-answers"].name
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        for cells in reader:
            place = Place(file, f"line {reader.line_num}", ";".join(cells))
            if not cells:
                continue
            if len(cells) != 2 or not is_video_id(cells[0]) or not cells[1].strip():
                faults.add(place, quoted(place.text), "a video id, a semicolon and a template")
            elif cells[0] in answers and answers[cells[0]][0] != cells[1]:
                found = f"another answer for video {cells[0]} than at {answers[cells[0]][1].location}"
                faults.add(place, found, "one answer for each video")
            else:
                answers[cells[0]] = (cells[1], place)
    except csv.Error as error:
        faults.add_file(Problem(file, f"line {reader.line_num}", str(error), "a table with semicolons"))
    return answers


def _rows(text: str, file: str, split: str, faults: Faults) -> Iterator[tuple[LabelRow, Place]]:
    may_have_no_number = bool(NO_NUMBER.search(text))
    for position, (record, original) in enumerate(_records(text, file, faults)):
        place = Place(file, pointer(position), original)
        if may_have_no_number and (found := find_no_number(record)):
            faults.add(place, shown(found[1]), "a number of JSON", *found[0])
            continue
        if _is_faulty(place, record, split, faults):
            continue
        if split == "test" and "template" not in record:
            yield LabelRow(record["id"], split), place
        else:
            template = sys.intern(record["template"])
            objects = tuple(map(sys.intern, record["placeholders"]))
            yield LabelRow(record["id"], split, record["label"], template, _placeholders(template), objects), place


def _records(text: str, file: str, faults: Faults) -> Iterator[tuple[Any, object]]:
    """Yield the records of an array, each with its form in the file, so that only one at a time is in memory.

    If the file is not valid JSON it is read as a whole, to say what is wrong with it.
    """
    try:
        for raw in _ARRAY.decode(text):
            record = parse_json(str(raw, "utf-8"), file)
            if isinstance(record, Problem):
                faults.add_file(record)
                return
            yield record, raw
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        content = parse_json(text, file)
        if isinstance(content, Problem):
            faults.add_file(content)
        elif not isinstance(content, list):
            faults.add_file(Problem(file, "", shown(content), "an array of videos"))
        else:
            yield from ((record, record) for record in content)


@cache
def _placeholders(template: str) -> tuple[str, ...]:
    return tuple(BRACKETS.findall(template))


def _is_faulty(place: Place, record: Any, split: str, faults: Faults) -> bool:
    """Note the first fault of a row, if it has one."""
    if not isinstance(record, dict):
        faults.add(place, shown(record), "an object with id, label, template and placeholders")
        return True
    if isinstance(record, Doubled):
        faults.add(place, "the key twice, with different values", "each key once", record.key)
        return True
    if not is_video_id(record.get("id")):
        faults.add(place, shown(record.get("id", MISSING)), "a video id as text", "id", hint="ids become file names")
        return True
    if split == "test" and "template" not in record:
        return False
    for step in ("label", "template"):
        if not is_text(record.get(step)) or not record[step].strip():
            faults.add(place, shown(record.get(step, MISSING)), "text", step)
            return True
    return _has_faulty_placeholders(place, record.get("placeholders", MISSING), record["template"], faults)


def _has_faulty_placeholders(place: Place, objects: Any, template: str, faults: Faults) -> bool:
    if not isinstance(objects, list):
        faults.add(place, shown(objects), "an array of texts", "placeholders")
        return True
    for position, text in enumerate(objects):
        if not is_text(text):
            faults.add(place, shown(text), "text", "placeholders", position)
            return True
    brackets = len(_placeholders(template))
    if brackets != len(objects):
        expected = f"as many as the template has brackets, {brackets}: {quoted(template)}"
        faults.add(place, f"{len(objects)} placeholder{'s' * (len(objects) != 1)}", expected, "placeholders")
        return True
    return False


def _take(
    row: LabelRow,
    place: Place,
    places: dict[str, tuple[LabelRow, Place]],
    dropped: set[str],
    faults: Faults,
) -> None:
    """Keep a row; if another one about the same video says something else, neither counts."""
    if row.video_id not in places:
        places[row.video_id] = (row, place)
        return
    other, there = places[row.video_id]
    if other == row:
        return
    dropped.add(row.video_id)
    faults.add(place, f"another row for video {quoted(row.video_id)}", f"what {there} says")
    faults.set_aside(there, f"another row for video {quoted(row.video_id)} is at {place}")


def _has_wrong_template(row: LabelRow, place: Place, ours: str | None, known: set[str] | None, faults: Faults) -> bool:
    """Note a row whose template is neither that of the annotations nor in `labels.json`; return whether it is so."""
    if row.template is None:
        return False
    steps = ("template",) if place.location.startswith("/") else ()
    key = template_key(row.template)
    if ours is not None and key != template_key(ours):
        expected = f"the template of the annotations for video {row.video_id}: {quoted(ours)}"
        faults.add(place, quoted(row.template), expected, *steps)
        return True
    if known is not None and key not in known:
        faults.add(place, quoted(row.template), "a template that labels.json has", *steps)
        return True
    return False
