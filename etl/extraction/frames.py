"""The one door to recorded frames: whoever shows, exports or measures a frame reads it here.

A frames folder may come from others: a file in it may be a link to a secret, a pipe, or another picture than the one
that was extracted. What comes out of this door is byte for byte what the extraction recorded, or an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etl.errors import VideoError
from etl.names import frame_file, is_video_id

__all__ = ["RecordedFrame", "open_folder", "read_frame", "read_regular"]

_NO_WAY_ROUND = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """A frame as the frame index has it: whose, which one (0-based), how many bytes, and their SHA-256 in hex."""

    video_id: str
    frame_number: int
    size_bytes: int
    sha256: str


def read_frame(frames: Path, frame: RecordedFrame) -> bytes:
    """Return the JPEG file of a recorded frame, as it was extracted.

    `frames` is the frames folder. Callers get bytes and never a path, so that where they are kept is known here only.
    Raises VideoError where the frame is not there, is a link or no regular file, or is not what was recorded.
    """
    path = frames / frame_file(frame.video_id, frame.frame_number)
    if not is_video_id(frame.video_id):
        raise VideoError(f"the video id {frame.video_id!r} cannot be the name of a folder")
    try:
        content = read_regular(path.parent, path.name, frame.size_bytes)
    except FileNotFoundError as error:
        raise VideoError(f"the frame {path} is not there. Try: contact-release extract --videos DIR") from error
    except OSError as error:
        raise VideoError(f"the frame {path} cannot be read: {error.strerror}") from error
    if len(content) != frame.size_bytes or hashlib.sha256(content).hexdigest() != frame.sha256:
        raise VideoError(
            f"the frame {path} is not the one that was extracted: it has another size or SHA-256 than the frame index "
            "says. Try: contact-release extract --videos DIR, which makes it anew"
        )
    return content


def read_regular(folder: Path, name: str, size_limit: int) -> bytes:
    """Return what a regular file in a folder holds, up to one byte more than `size_limit`.

    Neither the folder nor the file may be a link: raises OSError where one is, and where there is no regular file.
    """
    with open_folder(folder) as descriptor:
        file = os.open(name, _NO_WAY_ROUND, dir_fd=descriptor)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(0, "it is no regular file")
        with os.fdopen(file, "rb", closefd=False) as opened:
            return opened.read(size_limit + 1)
    finally:
        os.close(file)


@contextlib.contextmanager
def open_folder(folder: Path) -> Iterator[int]:
    """Hold open a folder that is no link, as a file descriptor. Raises OSError where it is none."""
    descriptor = os.open(folder, _NO_WAY_ROUND | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
