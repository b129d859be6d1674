"""A table of events that was edited in a spreadsheet: its differences from the labels are corrections."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etl.corrections.differences import Difference, differences_of
from etl.corrections.labels import Facts, Labels
from etl.corrections.log import Label, fault_of_label
from etl.corrections.model import MalformedError, Marked
from etl.corrections.values import number_of, text_of
from etl.errors import AnnotationError, Problem
from etl.wording import counted

__all__ = ["read"]

NUMBERS = ("frame_number", "point_x", "point_y")
REQUIRED = ("video_id", "action", "agent", *NUMBERS)
KNOWN = (*REQUIRED, "event_index", "template_id", "template", "split")
SEPARATORS = ",;\t"
NAMED = 5
# In much of the world 1.000 is a thousand.
THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.000)+")


@dataclass
class _Table:
    """The rows of every video, and what is wrong with the table."""

    file: str
    events: dict[str, list[Marked]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    template_ids: dict[str, str] = field(default_factory=dict)

    def problem(self, line: int, fault: MalformedError) -> None:
        self.problems.append(Problem(self.file, f"line {line}", fault.found, fault.expected))


def read(path: Path, labels: Labels, facts: Facts, notes: list[str]) -> list[Difference]:
    """Return how a table of events differs from the labels. It must have all events of each of its videos.

    Columns, in any order: those of an export to CSV. A row with an `event_index` is that event; one without is the
    event that it is most like, or a new one. `template` and `split`, if they are there, must be unchanged. A video
    without any row stays as it is.

    Raises AnnotationError if the file is not such a table.
    """
    table = _Table(path.name)
    try:
        for line, row in _rows(text_of(path), path.name, notes):
            try:
                _take(table, row, labels, facts)
            except MalformedError as fault:
                table.problem(line, fault)
    except MalformedError as fault:
        raise AnnotationError("Nothing was imported", [Problem(path.name, "", fault.found, fault.expected)]) from None
    if not table.events and not table.problems:
        raise AnnotationError("Nothing was imported", [Problem(path.name, "", "no rows", "at least one event")])
    for video_id, events in table.events.items():
        for index, count in Counter(event.event_index for event in events if event.event_index is not None).items():
            if count > 1:
                found = f"event {index} of video {video_id} {count} times"
                table.problems.append(Problem(path.name, "", found, "it once; new events have an empty event_index"))
    if table.problems:
        raise AnnotationError("Nothing was imported", table.problems)
    if absent := len(labels.keys() - table.events.keys()):
        notes.append(f"{counted(absent, 'video')} without a row in {path.name}: kept as before.")
    return [
        difference
        for video_id, events in table.events.items()
        for difference in differences_of(video_id, labels[video_id], events)
    ]


def _rows(text: str, file: str, notes: list[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows with their last lines; by locale, spreadsheets separate by comma, semicolon or tab."""
    first = text.lstrip().partition("\n")[0].partition("\r")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True)
    try:
        header = [name.strip() for name in next((row for row in reader if any(row)), [])]
        wrong = [name for name in REQUIRED if header.count(name) != 1]
        if wrong := wrong or [name for name in KNOWN if header.count(name) > 1]:
            raise MalformedError(header, f"the column {wrong[0]} once")
        if unknown := [name for name in dict.fromkeys(header) if name and name not in KNOWN]:
            notes.append(f"Ignored the columns {', '.join(unknown)} of {file}.")
        for row in reader:
            if any(cell.strip() for cell in row):
                if len(row) != len(header):
                    raise MalformedError(f"{len(row)} cells in line {reader.line_num}", f"{len(header)}")
                yield reader.line_num, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise MalformedError(f"{error} in line {reader.line_num}", "a table as CSV") from None


def _take(table: _Table, row: Mapping[str, str], labels: Labels, facts: Facts) -> None:
    video_id = row["video_id"]
    if video_id not in labels:
        raise MalformedError(video_id, "the id of a video that has labels; no video can be added")
    for name, value in facts[video_id].items():
        if row.get(name, value) != value:
            raise MalformedError(f"{name} {row[name]!r}", f"{value!r}, as it was; only events can be corrected")
    if "template_id" in row:
        said = table.template_ids.setdefault(facts[video_id]["template"], row["template_id"])
        if said != row["template_id"]:
            raise MalformedError(f"template_id {row['template_id']!r}", f"{said!r}, as in the template's other rows")
    index = None
    if row.get("event_index", "").strip():
        index = _whole(row, "event_index")
        if not 0 <= index < len(labels[video_id]):
            expected = f"the index of one of the {len(labels[video_id])} events, or an empty cell for a new one"
            raise MalformedError(f"event_index {index}", expected)
    label = Label(row["action"], row["agent"], *(_whole(row, name) for name in NUMBERS))
    if wrong := fault_of_label(label):
        raise MalformedError(wrong, "one that an event can have")
    table.events.setdefault(video_id, []).append(
        Marked(index, label.action, label.agent, label.frame_number, label.point_x, label.point_y)
    )


def _whole(row: Mapping[str, str], name: str) -> int:
    if THOUSANDS.fullmatch(row[name].strip()):
        raise MalformedError(f"{name} {row[name]!r}", "a whole number without decimals or marks of thousands")
    try:
        number = number_of(row[name])
        if number.is_integer() and abs(number) < 2**53:
            return int(number)
    except ValueError:
        pass
    raise MalformedError(f"{name} {row[name]!r}", "a whole number")
