"""The manifest of a warehouse: what it was built from, with which software, and its files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from etl.errors import WarehouseError
from etl.files import read_file
from etl.names import MANIFEST_FILE
from etl.schema import SCHEMA_VERSION
from etl.wording import REBUILD

__all__ = [
    "NO_MANIFEST",
    "Beginning",
    "CompanionFacts",
    "ListedFile",
    "Manifest",
    "Standing",
    "TableFile",
    "checksums",
    "read_manifest",
    "read_standing_manifest",
]


class ListedFile(msgspec.Struct, frozen=True):
    """A file, and what identifies it."""

    file: str
    """Its name, without a folder."""
    size_bytes: int
    """Its length."""
    sha256: str
    """The SHA-256 of its bytes, in hexadecimal digits."""


class TableFile(msgspec.Struct, frozen=True):
    """The Parquet file of a table."""

    rows: int
    """How many rows the table has."""
    file: str
    """Its name, without a folder."""
    size_bytes: int
    """Its length."""
    sha256: str
    """The SHA-256 of its bytes, in hexadecimal digits."""


class Beginning(msgspec.Struct, frozen=True):
    """The original annotation files, before any correction."""

    inputs: tuple[ListedFile, ...]
    """The five files, before any correction."""
    corrections: int
    """How many corrections lie between them and the files that were built."""

    @property
    def checksums(self) -> dict[str, str]:
        """The SHA-256 of each file, by name."""
        return checksums(self.inputs)


class CompanionFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """SSv2's label files, or the files of boxes, that were included."""

    inputs: tuple[ListedFile, ...]
    """The files."""
    licence: dict[str, str]
    """Their licence: name, link if there is one, and what it covers."""
    videos: int | None = None
    """How many videos have boxes; None for label files."""
    videos_left_out: int | None = None
    """How many videos with boxes have no annotation and were left out; None for label files."""


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of manifest.json, in its order. Default values are left out of the file."""

    schema_version: int
    """The version of the tables."""
    software: dict[str, str]
    """The versions of the programs that built it, by name."""
    inputs: tuple[ListedFile, ...]
    """The annotation files that were built."""
    inputs_modified: str | None
    """The day (UTC) of the latest change to one of them, from the file system."""
    tables: dict[str, TableFile]
    """The file of each table, by the table's name."""
    database: ListedFile | None
    """The DuckDB file."""
    assumed_frame_rate: float | None = None
    """Frames per second, from which videos that were not decoded got their times."""
    origin: Beginning | None = None
    """What corrected files were made from; None if the files are not corrected."""
    companions: dict[str, CompanionFacts] = {}
    """The companion files that were included, by kind: ssv2, boxes."""

    @property
    def beginning(self) -> Beginning:
        """The original files: those before all corrections, else those that were built."""
        return _beginning(self.inputs, self.origin)

    def to_json(self) -> bytes:
        """Return the content of manifest.json."""
        return (json.dumps(msgspec.to_builtins(self), indent=2) + "\n").encode()


# For what has none, such as the folder of an evaluation.
NO_MANIFEST = Manifest(SCHEMA_VERSION, {}, (), None, {}, None)


class _Version(msgspec.Struct, frozen=True):
    schema_version: Any


def read_manifest(folder: Path, warehouse: Path) -> Manifest:
    """Return the manifest in a folder; errors name `warehouse`, of which the folder may be one build.

    Raises:
        WarehouseError: a version of this program with other tables built it.
        OSError: the file cannot be read.
        ValueError, RecursionError: it is not a manifest of a warehouse.
    """
    content = json.loads(read_file(folder / MANIFEST_FILE))
    try:
        version = msgspec.convert(content, _Version).schema_version
        if version == SCHEMA_VERSION:
            return msgspec.convert(content, Manifest)
    except msgspec.ValidationError as error:
        raise ValueError(f"{MANIFEST_FILE} is not a manifest of a warehouse: {error}") from error
    raise WarehouseError(
        f"the warehouse {warehouse} has schema version {version}, expected {SCHEMA_VERSION}. {REBUILD}"
    )


class _Rows(msgspec.Struct, frozen=True):
    rows: int | None = None


class Standing(msgspec.Struct, frozen=True):
    """What a manifest of any version says about the warehouse in a folder."""

    inputs: tuple[ListedFile, ...]
    """The annotation files that were built."""
    tables: dict[str, _Rows] = {}
    """How many rows each table has."""
    origin: Beginning | None = None
    """What corrected files were made from."""
    companions: dict[str, Any] = {}
    """The companion files that were included, by kind."""

    @property
    def beginning(self) -> Beginning:
        """The original files, as in `Manifest`."""
        return _beginning(self.inputs, self.origin)


def read_standing_manifest(warehouse: Path) -> Standing | None:
    """Return what is known about the warehouse in a folder; None if nothing can be read."""
    try:
        return msgspec.json.decode(read_file(warehouse / MANIFEST_FILE), type=Standing)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None


def checksums(files: Iterable[ListedFile]) -> dict[str, str]:
    """Return the SHA-256 of each file, by name."""
    return {file.file: file.sha256 for file in files}


def _beginning(inputs: tuple[ListedFile, ...], origin: Beginning | None) -> Beginning:
    return origin or Beginning(inputs, 0)
