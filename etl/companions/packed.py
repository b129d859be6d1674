"""Open a companion file as it is distributed: plain, as `.gz`, or as a member of a `.zip`."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from etl.annotations.model import InputFile
from etl.companions.model import Faults
from etl.errors import CompanionError, Problem
from etl.files import open_file

__all__ = [
    "MAX_LABEL_BYTES",
    "READING_ERRORS",
    "PackedFile",
    "find_box_files",
    "find_label_files",
    "input_file",
    "open_packed",
    "read_packed",
    "unreadable",
]

STEMS = ("labels", "train", "validation", "test", "test-answers")
PREFIX = "something-something-v2-"  # of 20BN's names; Qualcomm's have none
ENDINGS = {stem: ".csv" if stem == "test-answers" else ".json" for stem in STEMS}
# SSv2's largest label file has 26 MB; a file that unpacks to more than this is not one.
MAX_LABEL_BYTES = 1 << 28

READING_ERRORS = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,  # a compression that Python does not have
    RuntimeError,  # a member with a password
)


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a folder, or `member` of the archive at `path`."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """What messages and the manifest call it."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name


def find_label_files(folder: Path) -> dict[str, PackedFile]:
    """Return SSv2's label files in a folder by their stem: labels, train, validation, test, test-answers.

    Raises CompanionError if there is none, or if two files could be the same one.
    """
    try:
        entries = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        problem = Problem(str(folder), "", error.strerror or str(error), "a folder with SSv2's label files")
        raise CompanionError("Nothing was built", [problem]) from error
    found: dict[str, list[PackedFile]] = {}
    faults = Faults()
    for path in entries:
        for candidate in _packed_in(path, faults):
            if stem := _stem(Path(candidate.member or path.name).name):
                found.setdefault(stem, []).append(candidate)
    problems = faults.problems + [
        Problem(files[1].name, "", f"another file with this content next to {files[0].name}", "one of them")
        for files in found.values()
        if len(files) > 1
    ]
    if not found and not problems:
        names = ", ".join(f"{stem}{ENDINGS[stem]}" for stem in STEMS)
        problems = [Problem(str(folder), "", "none of SSv2's label files", f"one of {names}", f"or {PREFIX}… of each")]
    if problems:
        raise CompanionError("Nothing was built", problems)
    return {stem: found[stem][0] for stem in STEMS if stem in found}


def find_box_files(paths: Sequence[Path], faults: Faults) -> Iterator[PackedFile]:
    """Yield the files of boxes at these paths: for an archive, every member that is JSON."""
    for path in paths:
        files = _packed_in(path, faults)
        if path.suffix == ".zip":
            files = [file for file in files if Path(file.member.removesuffix(".gz")).suffix == ".json"]
            if not files and not faults.has_unreadable:
                faults.add_file(Problem(path.name, "", "no member that is JSON", "a file of boxes"))
        yield from files


@contextmanager
def open_packed(file: PackedFile) -> Iterator[IO[bytes]]:
    """Open a file to read its unpacked bytes. Raises OSError, and what the unpackers raise if it is damaged."""
    with open_file(file.path) as opened:
        if not file.member:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=opened)) if file.path.suffix == ".gz" else opened
            return
        with zipfile.ZipFile(opened) as archive, archive.open(file.member) as stream:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=stream)) if file.member.endswith(".gz") else stream


def read_packed(file: PackedFile) -> tuple[bytes, InputFile] | Problem:
    """Return a label file's unpacked bytes, and the file on disk; or what is wrong with it."""
    try:
        with open_packed(file) as stream:
            content = stream.read(MAX_LABEL_BYTES + 1)
        return (content, input_file(file)) if len(content) <= MAX_LABEL_BYTES else _too_large(file)
    except READING_ERRORS as error:
        return unreadable(file, error)


def input_file(file: PackedFile) -> InputFile:
    """Return size and SHA-256 of a file as it is on disk."""
    with open_file(file.path) as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return InputFile(file.name, stream.tell(), digest, os.fstat(stream.fileno()).st_mtime)


def unreadable(file: PackedFile, error: BaseException) -> Problem:
    """Return the problem of a file that cannot be read or unpacked."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Problem(file.name, "", f"a file that cannot be read ({words})", "a readable file")


def _too_large(file: PackedFile) -> Problem:
    return Problem(file.name, "", f"more than {MAX_LABEL_BYTES:,} bytes", "a label file of SSv2")


def _packed_in(path: Path, faults: Faults) -> list[PackedFile]:
    """Return the file at a path, or every member if it is an archive."""
    if path.suffix != ".zip":
        return [PackedFile(path)]
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            members = [info.filename for info in archive.infolist() if not info.is_dir()]
    except READING_ERRORS as error:
        faults.add_file(unreadable(PackedFile(path), error))
        return []
    return [PackedFile(path, name) for name in members if not name.startswith("__MACOSX/")]


def _stem(name: str) -> str | None:
    """Return which label file has this name, if any."""
    plain = name.removesuffix(".gz").removeprefix(PREFIX)
    return next((stem for stem in STEMS if plain == f"{stem}{ENDINGS[stem]}"), None)
