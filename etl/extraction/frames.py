"""The only way to read recorded frames: whatever shows, exports or measures a frame reads it here.

A frames folder may come from others: a file in it may be a link to a secret, a pipe, or another picture than the one
that was extracted. What is read here is byte for byte what the extraction recorded, or an error. A video's frames are
files in a folder of its own or in a pack; a frames folder may have both kinds, and may have been packed or unpacked
since the frame index was made.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.errors import VideoError
from etl.extraction.pack_file import read_pack
from etl.extraction.record import read_record
from etl.extraction.regular import open_folder, open_regular, read_regular
from etl.extraction.standing import Standing
from etl.names import frame_name, is_video_id, pack_file

__all__ = [
    "RecordedFrame",
    "packed_frames",
    "read_frame",
    "read_frames",
    "recorded_frame",
    "recorded_frames",
    "saved_frames",
]


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """A frame in the frame index: its video, its number (0-based), its size in bytes, and its SHA-256 in hex.

    `offset_bytes`: where it begins in its video's pack; None for a file of its own.
    """

    video_id: str
    frame_number: int
    size_bytes: int
    sha256: str
    offset_bytes: int | None = None


def read_frame(frames: Path, frame: RecordedFrame) -> bytes:
    """Return the JPEG file of a recorded frame, as it was extracted.

    `frames` is the frames folder. Callers get bytes and never a path, so that only this module knows where they are.
    Raises VideoError if the frame is missing, is a link or not a regular file, or is not what was recorded.
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
                "frame index says. Try: contact-release extract --videos DIR, which makes it again"
            )
        return content
    raise VideoError(f"the frame {looks[0][1] / name} is not there. Try: contact-release extract --videos DIR")


def read_frames(frames: Path, recorded: Sequence[RecordedFrame]) -> Iterator[bytes]:
    """Yield the JPEG files of recorded frames of one video, each as `read_frame` returns it, or with its error.

    Faster than one by one: the video's folder or pack is opened once.
    """
    with contextlib.ExitStack() as stack:
        read = _opened(frames, recorded[0], stack)
        for frame in recorded:
            content = b""
            with contextlib.suppress(OSError):  # the second look reports the error
                content = read(frame)
            yield content if _is_recorded(content, frame) else read_frame(frames, frame)


def _opened(frames: Path, frame: RecordedFrame, stack: contextlib.ExitStack) -> Callable[[RecordedFrame], bytes]:
    """Open the folder or pack in which the frame should be; return what reads from it, which may fail with OSError."""
    if is_video_id(frame.video_id):
        with contextlib.suppress(OSError):
            if frame.offset_bytes is not None:
                pack = stack.enter_context(open_regular(frames / pack_file(frame.video_id)))
                return lambda frame: os.pread(pack, frame.size_bytes, frame.offset_bytes or 0)
            folder = stack.enter_context(open_folder(frames / frame.video_id))
            return lambda frame: _read_from(folder, frame)
    return lambda frame: b""


def _read_from(folder: int, frame: RecordedFrame) -> bytes:
    with open_regular(frame_name(frame.frame_number), folder=folder) as file:
        return os.read(file, frame.size_bytes + 1)


def recorded_frame(standing: Standing, number: int) -> RecordedFrame | None:
    """Return a frame from its video's own record, for callers without a frame index; None if it is not saved."""
    record, offsets = standing.record, standing.offsets
    if not 0 <= number < len(record.frames.size_bytes):
        return None
    size, sha256 = record.frames.size_bytes[number], record.frames.sha256[number]
    if size is None or sha256 is None:
        return None
    return RecordedFrame(record.video_id, number, size, sha256, offsets[number] if offsets else None)


def saved_frames(standing: Standing) -> list[RecordedFrame]:
    """Return all saved frames of a video, in order, from its own record."""
    found = (recorded_frame(standing, number) for number in range(len(standing.record.frames.size_bytes)))
    return [frame for frame in found if frame]


def _from_folder(folder: Path, frame: RecordedFrame) -> bytes:
    return read_regular(folder, frame_name(frame.frame_number), frame.size_bytes)


def _from_pack(pack: Path, frame: RecordedFrame) -> bytes:
    """Read a frame at the place in the frame index; if that is wrong, at the place in the pack's own record."""
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

    For callers without a frame index. Empty if there is no pack; raises VideoError if it is damaged.
    """
    pack = read_pack(frames / pack_file(video_id), video_id)
    if pack is None:
        return {}
    standing = Standing(pack.record, pack.offsets)
    recorded = {number: recorded_frame(standing, number) for number in numbers}
    return {number: read_frame(frames, frame) for number, frame in recorded.items() if frame}


def recorded_frames(folder: Path) -> dict[int, RecordedFrame] | None:
    """Return the saved frames of a video's folder by number, from its own record; None if it has no record.

    Raises VideoError if the record is damaged.
    """
    record = read_record(folder)
    if record is None:
        return None
    return {frame.frame_number: frame for frame in saved_frames(Standing(record, None))}


def _offset(offsets: list[int | None], number: int) -> int | None:
    return offsets[number] if 0 <= number < len(offsets) else None


def _read_at(pack: Path, offset: int, size: int) -> bytes:
    with open_regular(pack) as file:
        return os.pread(file, size, offset)


def _is_recorded(content: bytes, frame: RecordedFrame) -> bool:
    return len(content) == frame.size_bytes and hashlib.sha256(content).hexdigest() == frame.sha256
