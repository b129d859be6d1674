"""The exceptions of the package, and the located problem they carry.

ContactReleaseError            everything that is the user's to mend; the command line prints it and exits 1
├── AnnotationError            the annotation files are at fault; carries every `Problem`
├── WarehouseError             the warehouse is missing, damaged or of another version
├── QueryError                 a query is wrong, or asks for what a query may not do
├── VideoError                 a video or its frames are at fault
├── DownloadError              a download failed, or did not bring what was promised
├── OutputError                the place to write to is taken, or cannot be written
└── MissingExtraError          an optional dependency is not installed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "AnnotationError",
    "ContactReleaseError",
    "DownloadError",
    "MissingExtraError",
    "OutputError",
    "Problem",
    "QueryError",
    "VideoError",
    "WarehouseError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an input: where it is, what was found there, what was expected.

    `where` starts with the file's name; inside a JSON file an RFC 6901 JSON Pointer or, where the file is
    no JSON, a line and column follow. `hint` is empty or one sentence on how to mend it.
    """

    where: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        line = f"{self.where}: found {self.found}, expected {self.expected}"
        return f"{line} ({self.hint})" if self.hint else line


class ContactReleaseError(Exception):
    """Base of all errors that a user can mend. The message is whole sentences, with the next step where there is one."""


class AnnotationError(ContactReleaseError):
    """The annotation files hold problems. `problems` has all of them, in the order of the files."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class WarehouseError(ContactReleaseError):
    """The warehouse is missing, damaged, or was built by another version."""


class QueryError(ContactReleaseError):
    """A query is wrong, or asks for something that a query on a warehouse may not do."""


class VideoError(ContactReleaseError):
    """A video, or the frames made from it, are at fault."""


class DownloadError(ContactReleaseError):
    """A download failed, or brought something other than what was promised."""


class OutputError(ContactReleaseError):
    """The place to write to holds something else, or cannot be written."""


class MissingExtraError(ContactReleaseError):
    """An optional dependency is missing; the message is the command that installs it."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra [{extra}]: pip install 'contact-release-warehouse[{extra}]'")
        self.extra = extra
