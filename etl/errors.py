"""The exceptions of the package, and the located problems that they carry.

ContactReleaseError            every error that the user can fix; the command line prints it and exits with 1
├── LocatedError               an input file is invalid; carries every `Problem`
│   ├── AnnotationError        … an annotation file
│   ├── CompanionError         … a label file of SSv2, or a file of boxes
│   └── PredictionError        … a file of predictions
├── WarehouseError             the warehouse is missing, damaged or of another version
├── OptionError                an option or argument is invalid, or excludes another
├── QueryError                 a query is wrong, or asks for something that queries may not do
├── VideoError                 something is wrong with a video or its frames
├── DownloadError              a download failed, or brought other content than promised
├── OutputError                the output path is taken, or cannot be written
└── MissingExtraError          an optional dependency is not installed
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "AnnotationError",
    "CompanionError",
    "ContactReleaseError",
    "DownloadError",
    "LocatedError",
    "MissingExtraError",
    "OptionError",
    "OutputError",
    "PredictionError",
    "Problem",
    "QueryError",
    "VideoError",
    "WarehouseError",
    "install_command",
    "look_alikes",
    "printable",
]

# An id or template may be a megabyte long, but a problem has to fit a line of a terminal.
LINE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an input: where it is, what was found there, what was expected."""

    file: str
    """The name of the file."""
    location: str
    """An RFC 6901 JSON Pointer or, where the file is not JSON, a line and column; empty means the whole file."""
    found: str
    """What is there."""
    expected: str
    """What should be there."""
    hint: str = ""
    """How to fix it; may be empty."""

    def __str__(self) -> str:
        where = f"{self.file} {self.location}" if self.location else self.file
        line = f"{where}: found {self.found}{look_alikes(self.found)}, expected {self.expected}"
        line += f" ({self.hint})" if self.hint else ""
        return printable(
            line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH // 2]} … {line[-LINE_LENGTH // 2 :]}"
        )


def printable(text: str) -> str:
    """Return `text` with every character escaped that could move a terminal's cursor or is invisible."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def look_alikes(text: str) -> str:
    """Return the code points of characters that look like ASCII but are not, in parentheses; empty if there are none.

    Letters of another script count if their word also has ASCII letters.
    """
    found: dict[str, None] = {}
    for word in text.split(" "):
        if word.isascii():
            continue
        has_ascii_letter = any(c.isascii() and c.isalpha() for c in word)
        for c in word.replace("×", ""):  # our own messages have it between width and height
            is_letter = has_ascii_letter and c.isalpha() and not unicodedata.name(c, "").startswith("LATIN")
            if not c.isascii() and (is_letter or unicodedata.category(c) in {"Nd", "Pd", "Sm", "Zs"}):
                found[c] = None
    told = [f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in list(found)[:3]]
    return f" ({', '.join(told)})" if told else ""


def install_command(extra: str) -> str:
    """Return how to install an extra: from the project's folder, because the project is in no package index."""
    return f"pip install '.[{extra}]' in the project's folder"


class ContactReleaseError(Exception):
    """Base of all errors that a user can fix. The message ends with the next step, if there is one."""


class LocatedError(ContactReleaseError):
    """Input files have problems. `problems` has all of them, in the order of the files."""

    LINES_SHOWN = 50

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([*self._summary(), message]))

    def _summary(self) -> list[str]:
        if not self.problems:
            return []
        files = len({problem.file for problem in self.problems})
        count = len(self.problems)
        title = f"{count:,} problem{'s' * (count > 1)} in {files} file{'s' * (files > 1)}:"
        more = [f"and {count - self.LINES_SHOWN:,} more"] if count > self.LINES_SHOWN else []
        return [title, *map(str, self.problems[: self.LINES_SHOWN]), *more]


class AnnotationError(LocatedError):
    """The annotation files have problems."""


class CompanionError(LocatedError):
    """SSv2's label files, or files of boxes, have problems."""


class PredictionError(LocatedError):
    """Files of predictions have problems."""


class WarehouseError(ContactReleaseError):
    """The warehouse is missing, damaged, or was built by another version."""


class OptionError(ContactReleaseError, ValueError):
    """An option or argument has an invalid value, or one that does not go with another: exit status 2."""


class QueryError(ContactReleaseError):
    """A query is wrong, or asks for something that queries may not do."""


class VideoError(ContactReleaseError):
    """Something is wrong with a video or its frames. `reason` is one of schema.EXTRACTION_ERRORS, or empty."""

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class DownloadError(ContactReleaseError):
    """A download failed, or brought other content than promised."""


class OutputError(ContactReleaseError):
    """The output path holds something else, or cannot be written."""


class MissingExtraError(ContactReleaseError):
    """An optional dependency is missing; the message is the command that installs it."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra [{extra}]: {install_command(extra)}")
        self.extra = extra
