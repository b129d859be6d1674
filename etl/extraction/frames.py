"""The one door to recorded frames: whoever shows, exports or measures a frame reads it here.

A frames folder may come from others: a file in it may be a link to a secret, a pipe, or another picture than the one
that was extracted. What comes out of this door is byte for byte what the extraction recorded, or an error. A video's
frames are files in a folder of its own or in a pack; a frames folder may have both kinds, and may have been packed or
unpacked since the frame index was made.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from etl.errors import VideoError
from etl.extraction.pack_file import read_pack
from etl.extraction.record import read_record
from etl.extraction.regular import open_regular, read_regular
from etl.names import frame_name, is_video_id, pack_file

__all__ = ["RecordedFrame", "packed_frames", "read_frame", "recorded_frames"]


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """A frame as the frame index has it: whose, which one (0-based), how many bytes, and their SHA-256 in hex.

    `offset_bytes`: where it begins in its video's pack; None for a file of its own.
    """

    video_id: str
    frame_number: int
    size_bytes: int
    sha256: str
    offset_bytes: int | None = None


def read_frame(frames: Path, frame: RecordedFrame) -> bytes:
    """Return the JPEG file of a recorded frame, as it was extracted.

    `frames` is the frames folder. Callers get bytes and never a path, so that where they are kept is known here only.
    Raises VideoError where the frame is not there, is a link or no regular file, or is not what was recorded.
    """
    if not is_video_id(frame.video_id):
        raise VideoError(f"the video id {frame.video_id!r} cannot be the name of a folder")
    pack, folder = (_from_pack, frames / pack_file(frame.video_id)), (_from_folder, frames / frame.video_id)
    name = frame_name(frame.frame_number)
    # Three looks: between two of them a video may be packed or unpacked.
    looks = (folder, pack, folder) if frame.offset_bytes is None else (pack, folder, pack)
    for read, path in looks:
        try:
            content = read(path, frame)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise VideoError(f"the frame {path / name} cannot be read: {error.strerror}") from error
        if not _is_recorded(content, frame):
            raise VideoError(
                f"the frame {path / name} is not the one that was extracted: it has another size or SHA-256 than the "
                "frame index says. Try: contact-release extract --videos DIR, which makes it anew"
            )
        return content
    raise VideoError(f"the frame {looks[0][1] / name} is not there. Try: contact-release extract --videos DIR")


def _from_folder(folder: Path, frame: RecordedFrame) -> bytes:
    return read_regular(folder, frame_name(frame.frame_number), frame.size_bytes)


def _from_pack(pack: Path, frame: RecordedFrame) -> bytes:
    """Read a frame where the frame index says; where that is not right, where the pack's own record says."""
    if frame.offset_bytes is not None:
        with contextlib.suppress(OSError):  # the second look says what is the matter
            content = _read_at(pack, frame.offset_bytes, frame.size_bytes)
            if _is_recorded(content, frame):
                return content
    try:
        found = read_pack(pack, frame.video_id)
    except VideoError as error:
        raise VideoError(f"the frame {frame_name(frame.frame_number)} cannot be read: {error}") from error
    offset = _offset(found.offsets, frame.frame_number) if found else None
    if offset is None:
        raise FileNotFoundError
    return _read_at(pack, offset, frame.size_bytes)


def packed_frames(frames: Path, video_id: str, numbers: Collection[int]) -> dict[int, bytes]:
    """Return those of the frames that the video's pack holds, by number, checked against its own record.

    For those who have no frame index to ask. Nothing where there is no pack; raises VideoError where it is damaged.
    """
    pack = read_pack(frames / pack_file(video_id), video_id)
    if pack is None:
        return {}
    found = {}
    for number in numbers:
        offset = _offset(pack.offsets, number)
        size, sha256 = (
            (pack.record.frames.size_bytes[number], pack.record.frames.sha256[number])
            if offset is not None
            else (None, None)
        )
        if size is not None and sha256 is not None:
            found[number] = read_frame(frames, RecordedFrame(video_id, number, size, sha256, offset))
    return found


def recorded_frames(folder: Path) -> dict[int, RecordedFrame] | None:
    """Return the saved frames of a video's folder by number, as its own record has them; None where it has none.

    Raises VideoError where the record is damaged.
    """
    record = read_record(folder)
    if record is None:
        return None
    columns = zip(record.frames.size_bytes, record.frames.sha256, strict=True)
    return {
        number: RecordedFrame(record.video_id, number, size, sha256)
        for number, (size, sha256) in enumerate(columns)
        if size is not None and sha256 is not None
    }


def _offset(offsets: list[int | None], number: int) -> int | None:
    return offsets[number] if 0 <= number < len(offsets) else None


def _read_at(pack: Path, offset: int, size: int) -> bytes:
    with open_regular(pack) as file:
        return os.pread(file, size, offset)


def _is_recorded(content: bytes, frame: RecordedFrame) -> bool:
    return len(content) == frame.size_bytes and hashlib.sha256(content).hexdigest() == frame.sha256
