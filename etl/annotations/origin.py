"""What corrected annotation files were made from: a file next to the five that says so and proves it.

`origin.json` holds every change that corrections made to the text of the five files. When they are undone, the result
must be the files that it names, byte for byte: no folder can claim another's origin, and no later edit goes unseen.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from etl.annotations.model import FILE_NAMES, InputFile
from etl.annotations.splices import Splice, undone
from etl.errors import AnnotationError, Problem
from etl.files import read_file
from etl.manifest import Beginning, ListedFile
from etl.names import ORIGIN_FILE

__all__ = ["Layer", "Named", "Origin", "decoded", "encoded", "origin_bytes", "read_origin"]

ADVICE = (
    f"These files are not what {ORIGIN_FILE} says. To import an edit: contact-release import publisher DIR; "
    f"to build from them as files of unknown origin, move {ORIGIN_FILE} away"
)


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the five files."""

    file: str
    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Named:
        """Return a file of this content."""
        return cls(name, len(content), hashlib.sha256(content).hexdigest())


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One import of corrections: how many events it changed, and how, by file."""

    corrections: int
    splices: dict[str, list[Splice]]


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    corrected_from: list[Named]
    files: list[Named]
    layers: list[Layer]


@dataclass(frozen=True)
class Origin:
    """The files before any correction, and the corrections: one layer for each import, the first one first."""

    inputs: tuple[Named, ...]
    layers: tuple[Layer, ...]

    @property
    def corrections(self) -> int:
        """How many corrections lie between those files and these."""
        return sum(layer.corrections for layer in self.layers)

    @property
    def beginning(self) -> Beginning:
        """What a warehouse's manifest says about it."""
        files = (ListedFile(named.file, named.size_bytes, named.sha256) for named in self.inputs)
        return Beginning(tuple(files), self.corrections)


def read_origin(folder: Path, inputs: Sequence[InputFile]) -> Origin | None:
    """Return what the five files in a folder, read as `inputs`, were made from; None if there is no `origin.json`.

    Raises AnnotationError if `origin.json` is damaged, or does not fit the files.
    """
    path = folder / ORIGIN_FILE
    try:
        content = msgspec.json.decode(read_file(path), type=_Content)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        found = getattr(error, "strerror", None) or str(error)
        problem = Problem(ORIGIN_FILE, "", found, "the origin of corrected files, as an import writes it")
        raise AnnotationError(ADVICE, [problem]) from error
    read = [Named(file.name, file.size_bytes, file.sha256) for file in inputs]
    problems = _differences("files", content.files, read)
    if not problems:
        problems += _differences("corrected_from", content.corrected_from, _before(folder, content.layers))
    if problems:
        raise AnnotationError(ADVICE, problems)
    return Origin(tuple(content.corrected_from), tuple(content.layers))


def origin_bytes(origin: Origin, files: Mapping[str, bytes]) -> bytes:
    """Return the content of `origin.json` for the five files that were made, by name."""
    made = [Named.of(name, files[name]) for name in FILE_NAMES]
    content = _Content(list(origin.inputs), made, list(origin.layers))
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def decoded(content: bytes) -> str:
    """Return a file's text, without the byte order mark that some editors write."""
    return content.removeprefix(codecs.BOM_UTF8).decode()


def encoded(text: str, like: bytes) -> bytes:
    """Return a text as bytes, with a byte order mark if `like` has one."""
    return (codecs.BOM_UTF8 if like.startswith(codecs.BOM_UTF8) else b"") + text.encode()


def _before(folder: Path, layers: Sequence[Layer]) -> list[Named]:
    """Return the files before all layers, without those in which the layers cannot be undone."""
    found = []
    for name in FILE_NAMES:
        try:
            content = read_file(folder / name)
            text = decoded(content)
            for layer in reversed(layers):
                text = undone(text, layer.splices.get(name, []))
        except (OSError, ValueError):
            continue
        found.append(Named.of(name, encoded(text, content)))
    return found


def _differences(where: str, said: Sequence[Named], found: Sequence[Named]) -> list[Problem]:
    expected = {named.file: named for named in found}
    problems = []
    for place, named in enumerate(said):
        true = expected.get(named.file)
        if named != true:
            told = f"{named.file} with {named.size_bytes} bytes and SHA-256 {named.sha256}"
            wanted = f"{true.size_bytes} bytes and {true.sha256}" if true else "changes that can be undone"
            problems.append(Problem(ORIGIN_FILE, f"/{where}/{place}", told, wanted))
    if [named.file for named in said] != list(FILE_NAMES):
        problems.append(Problem(ORIGIN_FILE, f"/{where}", "other files", "the five files, each once and in order"))
    return problems
