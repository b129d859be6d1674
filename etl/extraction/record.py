"""What the extraction of one video leaves beside its frames: `frames/<video_id>/extraction.json`.

It says what the frames were made from, how, and what each one is, so that the frame index is taken up without
decoding again, and a later run knows what to leave alone. The record and the frames appear by one rename: where
there is a record, it is true.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import msgspec

from etl.errors import VideoError
from etl.names import frame_file
from etl.schema import EXTRACTION_ERRORS
from etl.videos.diagnosis import VideoProblem
from etl.videos.video import VideoFacts

__all__ = ["FrameColumns", "Record", "SourceFile", "parse_record", "read_record", "write_record"]

RECORD_FILE = "extraction.json"
RECORD_VERSION = 1


class SourceFile(msgspec.Struct, frozen=True):
    """The video file that was decoded, as it was then."""

    name: str
    size_bytes: int
    modified_ns: int


class FrameColumns(msgspec.Struct):
    """The decoded frames, column by column; position is frame number. Null size and hash: decoded but not saved."""

    time_s: list[float] = []
    width: list[int] = []
    height: list[int] = []
    size_bytes: list[int | None] = []
    sha256: list[str | None] = []


class Record(msgspec.Struct):
    """The outcome of one video's extraction. `wanted`: the frame numbers asked for; None asks for all."""

    video_id: str
    wanted: list[int] | None
    jpeg_quality: int
    decoder: str
    decoder_version: str
    source: SourceFile | None = None
    facts: VideoFacts | None = None
    frames: FrameColumns = msgspec.field(default_factory=FrameColumns)
    problems: list[VideoProblem] = []
    version: int = RECORD_VERSION

    @property
    def has_failed(self) -> bool:
        """Whether the video gave no frames."""
        return any(problem.reason in EXTRACTION_ERRORS for problem in self.problems)

    @property
    def saved_count(self) -> int:
        """How many frames are on disk."""
        return sum(size is not None for size in self.frames.size_bytes)


def read_record(folder: Path) -> Record | None:
    """Return the record in a video's folder of frames; None where there is none.

    Raises VideoError where it is damaged or of another version.
    """
    path = folder / RECORD_FILE
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}") from error
    return parse_record(text, path)


def parse_record(text: bytes, path: Path) -> Record:
    """Return the record that was read from `frames/<video_id>/extraction.json`.

    Raises VideoError where it is damaged, of another version, or of another video.
    """
    try:
        record = _DECODER.decode(text)
    except msgspec.MsgspecError as error:
        raise VideoError(f"{path} is damaged ({error}); delete the folder and extract the video again") from error
    columns = record.frames
    lengths = {len(getattr(columns, name)) for name in columns.__struct_fields__}
    if len(lengths) > 1:
        raise VideoError(
            f"{path} is damaged (its columns have {min(lengths)} to {max(lengths)} frames); "
            "delete the folder and extract the video again"
        )
    if record.version != RECORD_VERSION or record.video_id != path.parent.name:
        raise VideoError(f"{path} is of another version or video; delete the folder and extract the video again")
    return record


def write_record(folder: Path, record: Record) -> None:
    """Write the record into a folder that is not yet in its place."""
    (folder / RECORD_FILE).write_bytes(msgspec.json.encode(record))


def covers(record: Record, wanted: Collection[int] | None) -> bool:
    """Tell whether a record's extraction saved all that is wanted."""
    if record.wanted is None:
        return True
    return wanted is not None and set(wanted) <= set(record.wanted)


def saved_names(record: Record) -> set[str]:
    """Return the names of the saved frames' files."""
    return set(_saved_sizes(record))


def has_all_files(folder: Path, record: Record) -> bool:
    """Tell whether the saved frames are in the folder, in their recorded sizes."""
    expected = _saved_sizes(record)
    with os.scandir(folder) as entries:
        sizes = {entry.name: entry.stat().st_size for entry in entries if entry.name in expected}
    return sizes == expected


def _saved_sizes(record: Record) -> dict[str, int]:
    """Return the saved frames' files, name to recorded size (bytes)."""
    return {
        Path(frame_file(record.video_id, number)).name: size
        for number, size in enumerate(record.frames.size_bytes)
        if size is not None
    }


_DECODER = msgspec.json.Decoder(Record)
