"""What the exact pass reads and finds: the files, their records, the problems, and what is set aside."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import re
import stat
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from etl.annotations.located_json import JsonSyntaxError, Kind, Value, parse, parse_members
from etl.annotations.model import EVENTS_FILE, FILE_NAMES, InputFile, Reject
from etl.errors import AnnotationError, Problem
from etl.wording import counted

__all__ = ["File", "Findings", "RecordSpan", "load", "members", "quoted", "shown", "value"]

NAMES_SHOWN = 10


@dataclass(frozen=True, eq=False)
class File:
    """An annotation file; `text` is empty where it could not be read."""

    name: str
    text: str
    input: InputFile

    def place(self, position: int) -> str:
        """Return the place of a character as `line L, column C`, both from 1."""
        line = bisect_left(self._line_ends, position)
        start = self._line_ends[line - 1] + 1 if line else 0
        return f"line {line + 1}, column {position - start + 1}"

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """A part of a file that can be set aside: its JSON Pointer and its span in the text."""

    file: File
    location: str
    start: int
    end: int


@dataclass
class Findings:
    """Collects problems and rejects in any order, and gives them in the order of the files.

    Problems between files come after those within a file, which may be their cause.
    """

    problems: list[tuple[bool, int, int, Problem]] = field(default_factory=list)
    rejects: dict[RecordSpan, dict[Problem | str, None]] = field(default_factory=dict)  # the reasons: a set in order
    unreadable: set[str] = field(default_factory=set)
    extra_fields: Counter[str] = field(default_factory=Counter)

    def record_problem(
        self,
        record: RecordSpan,
        found: str,
        expected: str,
        hint: str = "",
        *,
        location: str | None = None,
        at: int | None = None,
        between_files: bool = False,
    ) -> None:
        """Note a problem at `location`, character `at` (by default those of the record), and set the record aside."""
        where = record.location if location is None else location
        problem = Problem(record.file.name, where, found, expected, hint)
        position = record.start if at is None else at
        self.problems.append((between_files, FILE_NAMES.index(problem.file), position, problem))
        self.set_aside(record, problem)

    def file_problem(self, problem: Problem, at: int = 0) -> None:
        """Note a problem, at character `at`, that makes the whole file unreadable."""
        self.problems.append((False, FILE_NAMES.index(problem.file), at, problem))
        self.unreadable.add(problem.file)

    def set_aside(self, record: RecordSpan, why: Problem | str) -> None:
        """Set a record aside, perhaps for one more reason."""
        self.rejects.setdefault(record, {})[why] = None

    def raise_problems(self, *, quarantine: bool) -> None:
        """Raise AnnotationError if there are problems, except those that a quarantine can set aside."""
        if not self.problems or (quarantine and not self.unreadable):
            return
        problems = self.sorted_problems()
        if quarantine:
            advice = "Nothing was built: --quarantine sets records aside, but a file that cannot be read has none. "
            advice += "To get the published files: contact-release fetch"
        elif self.unreadable:
            advice = "Nothing was built. To get the published files: contact-release fetch"
        else:
            advice = "Nothing was built. To build from only the sound records, add --quarantine"
        if len(problems) > AnnotationError.LINES_SHOWN:
            advice += "\nTo write all problems to a file, add --problems FILE"
        raise AnnotationError(advice, problems)

    def sorted_problems(self) -> tuple[Problem, ...]:
        """Return the problems within files, then those between files, each in the order of the files."""
        return tuple(problem for *_, problem in sorted(self.problems, key=lambda entry: entry[:3]))

    def sorted_rejects(self) -> tuple[Reject, ...]:
        """Return what was set aside in the order of the files, without the parts of records set aside as a whole."""
        ordered = sorted(self.rejects.items(), key=lambda entry: (FILE_NAMES.index(entry[0].file.name), entry[0].start))
        rejects: list[Reject] = []
        whole: RecordSpan | None = None
        for record, reasons in ordered:
            if whole and record.file is whole.file and record.end <= whole.end:
                continue
            whole = record
            problem = "; ".join(_reason(record, reason) for reason in reasons)
            text = record.file.text[record.start : record.end]
            rejects.append(Reject(record.file.name, record.location, problem, text))
        return tuple(rejects)

    def warnings(self) -> tuple[str, ...]:
        """Return one line that counts the unknown fields, if there are any."""
        if not self.extra_fields:
            return ()
        names = [f"{quoted(name)} ({count:,}×)" for name, count in sorted(self.extra_fields.items())]
        if len(names) > NAMES_SHOWN:
            names[NAMES_SHOWN:] = [f"and {len(names) - NAMES_SHOWN:,} more names"]
        count = self.extra_fields.total()
        return (f"{EVENTS_FILE}: {counted(count, 'unknown field')} ignored: {', '.join(names)}",)


def _reason(record: RecordSpan, why: Problem | str) -> str:
    if isinstance(why, str):
        return why
    place = "" if why.location == record.location else f"{why.location}: "
    return f"{place}found {why.found}, expected {why.expected}"


def load(path: Path, findings: Findings) -> File:
    """Read one file as text. If that fails, note why."""
    data, modified_s = b"", 0.0

    def unreadable(found: str, expected: str, hint: str = "", place: str = "") -> File:
        findings.file_problem(Problem(path.name, place, found, expected, hint))
        return file("")

    def file(text: str) -> File:
        digest = hashlib.sha256(data).hexdigest()
        return File(path.name, text, InputFile(path.name, len(data), digest, modified_s))

    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return unreadable("a folder" if stat.S_ISDIR(mode) else "something other than a file", "a file")
        with path.open("rb") as opened:
            modified_s = os.fstat(opened.fileno()).st_mtime
            data = opened.read()
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except FileNotFoundError:
        return unreadable("no such file", "all five of the publisher's files")
    except OSError as error:
        return unreadable(f"a file that cannot be read ({error.strerror})", "a readable file")
    except UnicodeDecodeError as error:
        sound = file(data.removeprefix(codecs.BOM_UTF8)[: error.start].decode())
        hint = "it looks like UTF-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
        found = f"the byte 0x{error.object[error.start]:02x}"
        return unreadable(found, "text in UTF-8", hint, sound.place(len(sound.text)))
    if not text.strip(" \t\r\n"):
        return unreadable("an empty file", "a JSON text")
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
    """Return the value that a file holds; None if it is not of that kind, which is noted."""
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
    place = file.place(error.position)
    where = f"{error.pointer} ({place})" if error.pointer else place
    hint = error.hint
    if file.text.startswith(("<<<<<<< ", "=======", ">>>>>>> "), error.position):
        hint = "an unresolved merge of git"
    elif file.text.lstrip().startswith("<"):
        hint = "it looks like a web page"
    elif "\0" in file.text[:4]:
        hint = "it looks like UTF-16"
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
