"""A pack, `frames/<video_id>.tar`: the record and the frames of one video in one file, instead of a folder.

An uncompressed POSIX tar (ustar): `extraction.json` first, then the saved frames by number, all with the same owner,
time and mode, so that a record and its frames give the same bytes everywhere. The place of each frame follows from
the record, and is never read from the archive.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

from etl.errors import VideoError
from etl.extraction.record import MAX_RECORD_BYTES, RECORD_FILE, Record, parse_record
from etl.extraction.regular import open_regular, read_regular
from etl.names import FRAME_NAME, frame_name

__all__ = ["Pack", "holds_frames_alone", "read_pack", "write_pack"]

_BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True, slots=True)
class Pack:
    """The record in a pack, its bytes, and where in the file each frame begins (null: not saved)."""

    record: Record
    record_bytes: bytes
    offsets: list[int | None]


def write_pack(folder: Path, record: Record, path: Path) -> None:
    """Write a video's folder of frames, its record included, as a pack.

    Raises VideoError if a frame is not what the record says or cannot be read, OSError if nothing can be written.
    """
    with path.open("xb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        content = _read(folder, RECORD_FILE, MAX_RECORD_BYTES)
        archive.addfile(_member(RECORD_FILE, len(content)), io.BytesIO(content))
        for name, (size, sha256) in _recorded_files(record).items():
            content = _read(folder, name, size)
            if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
                raise VideoError(f"{folder / name} is not the frame that was extracted. Extract the video again")
            archive.addfile(_member(name, size), io.BytesIO(content))


def _read(folder: Path, name: str, size_limit: int) -> bytes:
    try:
        return read_regular(folder, name, size_limit)
    except OSError as error:
        raise VideoError(f"{folder / name} cannot be read: {error.strerror}. Extract the video again") from error


def _recorded_files(record: Record) -> dict[str, tuple[int, str]]:
    """Return the saved frames' files by number: name to size (bytes) and SHA-256."""
    columns = zip(record.frames.size_bytes, record.frames.sha256, strict=True)
    return {
        frame_name(number): (size, sha256)
        for number, (size, sha256) in enumerate(columns)
        if size is not None and sha256 is not None
    }


def read_pack(path: Path, video_id: str) -> Pack | None:
    """Read the pack at `path`; return None if there is nothing, or a folder.

    Raises VideoError if it is a link or not a regular file, if its length does not fit its record, or if its record is
    damaged.
    """
    try:
        with open_regular(path) as file:
            content = _record_bytes(file, path)
            length = os.fstat(file).st_size
    except FileNotFoundError:
        return None
    except OSError as error:
        if path.is_dir() and not path.is_symlink():
            return None
        raise VideoError(f"the pack {path} cannot be read: {error.strerror}") from error
    record = parse_record(content, path, video_id)
    end, offsets = _layout(len(content), record)
    if length != end:
        raise VideoError(
            f"the pack {path} is damaged: it has {length:,} bytes, expected {end:,} by its record; "
            "delete it and extract the video again"
        )
    return Pack(record, content, offsets)


def holds_frames_alone(file: int) -> bool:
    """Tell whether an open file is a pack that an extraction wrote, even if cut off: a record and only its frames.

    Every member's header must be byte for byte the one that is written here.
    """
    end, position, is_begun = os.fstat(file).st_size, 0, False
    while position < end:
        header = os.pread(file, _BLOCK, position)
        if header == bytes(len(header)):  # the end, which is all zeros
            return is_begun and end - position <= tarfile.RECORDSIZE + _BLOCK and _is_zero(file, position, end)
        name, size = _member_of(header)
        if not (FRAME_NAME.fullmatch(name) if is_begun else name == RECORD_FILE):
            return False
        is_begun = True
        position += _BLOCK + _padded(size)
    return is_begun


def _is_zero(file: int, position: int, end: int) -> bool:
    return not any(os.pread(file, end - position, position))


def _record_bytes(file: int, path: Path) -> bytes:
    header = os.pread(file, _BLOCK, 0)
    name, size = _member_of(header)
    if name != RECORD_FILE or size > MAX_RECORD_BYTES:
        raise VideoError(
            f"the pack {path} is damaged: it does not begin with {RECORD_FILE}, as an extraction writes it; "
            "move it elsewhere and extract the video again"
        )
    return os.pread(file, size, _BLOCK)


def _layout(record_size: int, record: Record) -> tuple[int, list[int | None]]:
    """Return the size of a pack in bytes, and where each frame begins."""
    offsets: list[int | None] = [None] * len(record.frames.size_bytes)
    position = _BLOCK + _padded(record_size)
    for number, size in enumerate(record.frames.size_bytes):
        if size is not None:
            offsets[number] = position + _BLOCK
            position += _BLOCK + _padded(size)
    end = position + 2 * _BLOCK
    return end + -end % tarfile.RECORDSIZE, offsets


def _padded(size: int) -> int:
    return size + -size % _BLOCK


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


def _member_of(header: bytes) -> tuple[str, int]:
    """Return a member's name and size from its header; an empty name if it is of a kind that is never written here."""
    try:
        member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        if header == _member(member.name, member.size).tobuf(tarfile.USTAR_FORMAT):
            return member.name, member.size
    except (tarfile.HeaderError, ValueError):  # ValueError: no size that ustar can hold
        pass
    return "", 0
