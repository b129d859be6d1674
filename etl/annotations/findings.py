"""What the exact pass reads and finds: the files, their records, the problems, and what is set aside."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from etl.annotations.located_json import JsonSyntaxError, Kind, Value, line_and_column, parse, parse_members
from etl.annotations.model import EVENTS_FILE, FILE_NAMES, InputFile, Reject
from etl.errors import AnnotationError, Problem

__all__ = ["File", "Findings", "Record", "load", "members", "quoted", "shown", "value"]


@dataclass(frozen=True, eq=False)
class File:
    """An annotation file; `text` is empty where it could not be read."""

    name: str
    text: str
    input: InputFile


@dataclass(frozen=True, slots=True)
class Record:
    """A part of a file that can be set aside: its JSON Pointer and its span in the text."""

    file: File
    location: str
    start: int
    end: int


@dataclass
class Findings:
    """Collects problems and rejects in any order, and gives them in the order of the files."""

    problems: list[tuple[int, int, Problem]] = field(default_factory=list)
    rejects: dict[Record, list[str]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    extra_fields: Counter[str] = field(default_factory=Counter)

    def record_problem(
        self,
        record: Record,
        found: str,
        expected: str,
        hint: str = "",
        *,
        location: str | None = None,
        at: int | None = None,
    ) -> None:
        """Note a problem at `location`, character `at` (else where the record is) and set the record aside."""
        where = record.location if location is None else location
        problem = Problem(record.file.name, where, found, expected, hint)
        self.problems.append((FILE_NAMES.index(problem.file), record.start if at is None else at, problem))
        self.set_aside(record, f"found {found}, expected {expected}")

    def file_problem(self, problem: Problem, at: int = 0) -> None:
        """Note a problem, at character `at`, that makes a file as a whole unreadable."""
        self.problems.append((FILE_NAMES.index(problem.file), at, problem))
        self.unreadable.add(problem.file)

    def set_aside(self, record: Record, why: str) -> None:
        """Set a record aside; why is said once more where another reason stands already."""
        self.rejects.setdefault(record, []).append(why)

    def raise_problems(self, *, quarantine: bool) -> None:
        """Raise AnnotationError if there are problems, except those that a quarantine can set aside."""
        if not self.problems or (quarantine and not self.unreadable):
            return
        problems = [problem for _, _, problem in sorted(self.problems, key=lambda entry: entry[:2])]
        if quarantine:
            advice = "Nothing was built: --quarantine sets records aside, but a file that cannot be read has none."
        elif self.unreadable:
            advice = "Nothing was built. To get the published files: contact-release fetch"
        else:
            advice = "Nothing was built. To build from the sound records alone: contact-release build --quarantine"
        raise AnnotationError(advice, problems)

    def sorted_rejects(self) -> tuple[Reject, ...]:
        """Return what was set aside in the order of the files; a part of a record that is there itself is left out."""
        ordered = sorted(self.rejects.items(), key=lambda entry: (FILE_NAMES.index(entry[0].file.name), entry[0].start))
        rejects: list[Reject] = []
        whole: Record | None = None
        for record, why in ordered:
            if whole and record.file is whole.file and record.end <= whole.end:
                continue
            whole = record
            text = record.file.text[record.start : record.end]
            rejects.append(Reject(record.file.name, record.location, "; ".join(why), text))
        return tuple(rejects)

    def warnings(self) -> tuple[str, ...]:
        """Return one line that counts the unknown fields, if there are any."""
        if not self.extra_fields:
            return ()
        names = ", ".join(f"{quoted(name)} ({count:,}×)" for name, count in sorted(self.extra_fields.items()))
        return (f"{EVENTS_FILE}: {self.extra_fields.total():,} unknown fields were passed over: {names}",)


def load(path: Path, findings: Findings) -> File:
    """Read one file as text. Where that fails, note why."""
    data = b""

    def unreadable(found: str, expected: str, hint: str = "", place: str = "") -> File:
        findings.file_problem(Problem(path.name, place, found, expected, hint))
        return file("")

    def file(text: str) -> File:
        return File(path.name, text, InputFile(path.name, len(data), hashlib.sha256(data).hexdigest()))

    if not path.exists():
        return unreadable("no such file", "all five of the publisher's files", "contact-release fetch gets them")
    if not path.is_file():
        return unreadable("something that is no file", "a file")
    try:
        data = path.read_bytes()
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except OSError as error:
        return unreadable(f"a file that cannot be read ({error.strerror})", "a readable file")
    except UnicodeDecodeError as error:
        text = data.removeprefix(codecs.BOM_UTF8)[: error.start].decode()
        is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        hint = "it looks like UTF-16" if is_utf16 else ""
        found = f"the byte 0x{error.object[error.start]:02x}"
        return unreadable(found, "text in UTF-8", hint, line_and_column(text, len(text)))
    if not text.strip(" \t\r\n"):
        return unreadable("an empty file", "a JSON text", "contact-release fetch gets the published file")
    return file(text)


def members(file: File, what: str, findings: Findings) -> Iterator[tuple[str, int, Value]]:
    """Yield key, start of the key and value of each member of the object that a file holds; else note the problem."""
    if not file.text.lstrip(" \t\r\n").startswith("{"):
        value(file, "object", what, findings)
        return
    try:
        yield from parse_members(file.text)
    except JsonSyntaxError as error:
        findings.file_problem(_syntax_problem(file, error), error.position)


def value(file: File, kind: Kind, what: str, findings: Findings) -> Value | None:
    """Return the value that a file holds; None where it is none of that kind, which is noted."""
    if file.name in findings.unreadable:
        return None
    try:
        content = parse(file.text)
    except JsonSyntaxError as error:
        findings.file_problem(_syntax_problem(file, error), error.position)
        return None
    if content.kind != kind:
        findings.file_problem(Problem(file.name, "", shown(content), what), content.start)
        return None
    return content


def _syntax_problem(file: File, error: JsonSyntaxError) -> Problem:
    place = line_and_column(file.text, error.position)
    is_page = file.text.lstrip().startswith("<")
    hint = "it looks like a web page; contact-release fetch gets the published file" if is_page else error.hint
    where = f"{error.pointer} ({place})" if error.pointer else place
    return Problem(file.name, where, error.found, error.expected, hint)


def shown(value: Value) -> str:
    """Return a value as an error message shows it."""
    if value.kind == "string":
        return quoted(value.text)
    if value.kind == "number":
        return value.text if len(value.text) <= 40 else f"{value.text[:40]}… ({len(value.text)} characters)"
    return {"object": "an object", "array": f"an array of {len(value.items)}"}.get(value.kind, value.kind)


def quoted(text: str) -> str:
    """Return text in double quotes, shortened, with everything unprintable escaped."""
    short = text if len(text) <= 60 else text[:60] + "…"
    return json.dumps(short, ensure_ascii=not short.isprintable())
