"""The record that the extraction of a video writes next to its frames: `frames/<video_id>/extraction.json`.

It says what the frames were made from, how, and what each one is, so that the frame index needs no second decoding,
and a later run knows what to skip. The record and the frames appear by one rename: if there is a record, it is true.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import msgspec

from etl.errors import VideoError
from etl.extraction.record_check import faults_of
from etl.extraction.record_model import RECORD_VERSION, FrameColumns, Record, SourceFile
from etl.extraction.regular import open_folder, read_regular
from etl.files import refuse_repeated
from etl.names import frame_name

__all__ = [
    "MAX_RECORD_BYTES",
    "RECORD_FILE",
    "FrameColumns",
    "Record",
    "SourceFile",
    "covers",
    "holds_frames",
    "parse_record",
    "read_record",
    "saved_names",
    "write_record",
]

RECORD_FILE = "extraction.json"
MAX_RECORD_BYTES = 32 << 20  # the record of the largest possible number of frames takes half of that


def read_record(folder: Path) -> Record | None:
    """Return the record in a video's folder of frames; None if there is none, or if the folder is a link.

    Raises VideoError if it is damaged, of another version, or has values that no extraction writes.
    """
    path = folder / RECORD_FILE
    try:
        text = read_regular(folder, RECORD_FILE, MAX_RECORD_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if folder.is_symlink():
            return None
        raise VideoError(f"{path} cannot be read: {error.strerror}") from error
    return parse_record(text, path, folder.name)


@lru_cache(maxsize=1)
def parse_record(text: bytes, path: Path, video_id: str) -> Record:
    """Return the record of a video, read from its folder or its pack; `path` is only for messages.

    The last one is cached: a record is read once to see what is in a place, and again to see whether it is done.

    Raises VideoError with the place of each fault where it is damaged, of another version, or of another video.
    """
    where = "the folder" if path.name == RECORD_FILE else "it"
    try:
        if len(text) > MAX_RECORD_BYTES:
            raise ValueError(f"it has more than {MAX_RECORD_BYTES:,} bytes")
        if _VERSION_DECODER.decode(text).version != RECORD_VERSION:
            raise VideoError(f"{path} is of another version: extract the video again, which replaces it")
        record = _DECODER.decode(text)
        if msgspec.json.encode(record) != text:  # it was edited, perhaps with a repeated key
            json.loads(text, object_pairs_hook=refuse_repeated)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise VideoError(f"{path} is damaged ({error}); delete {where} and extract the video again") from error
    faults = faults_of(record, video_id)
    if faults:
        more = f"; and {len(faults) - _FAULTS_SHOWN:,} more" if len(faults) > _FAULTS_SHOWN else ""
        raise VideoError(
            f"{path} is damaged ({'; '.join(faults[:_FAULTS_SHOWN])}{more}); delete {where} and extract the video again"
        )
    return record


def write_record(folder: Path, record: Record) -> None:
    """Write the record into a folder before that is moved to its place."""
    (folder / RECORD_FILE).write_bytes(msgspec.json.encode(record))


def covers(record: Record, wanted: Collection[int] | None) -> bool:
    """Tell whether a record's extraction saved all wanted frames."""
    if record.wanted is None:
        return True
    return wanted is not None and set(wanted) <= set(record.wanted)


def saved_names(record: Record) -> set[str]:
    """Return the names of the saved frames' files."""
    return set(_saved_sizes(record))


def holds_frames(folder: Path, record: Record) -> bool:
    """Tell whether a folder holds exactly its record and the saved frames, these in their recorded sizes."""
    expected = _saved_sizes(record)
    with open_folder(folder) as descriptor, os.scandir(descriptor) as entries:
        found = {
            entry.name: entry.stat(follow_symlinks=False).st_size if entry.is_file(follow_symlinks=False) else None
            for entry in entries
            if entry.name != RECORD_FILE
        }
    return found == expected


def _saved_sizes(record: Record) -> dict[str, int]:
    """Return the saved frames' files, name to recorded size (bytes)."""
    return {frame_name(number): size for number, size in enumerate(record.frames.size_bytes) if size is not None}


class _Version(msgspec.Struct):
    version: int = 0


_FAULTS_SHOWN = 5
_VERSION_DECODER = msgspec.json.Decoder(_Version)
_DECODER = msgspec.json.Decoder(Record)
