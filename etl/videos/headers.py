"""Read the headers of any container."""

from __future__ import annotations

import os

from etl.videos.avi import read_avi
from etl.videos.matroska import find_break, read_matroska
from etl.videos.mp4 import read_mp4
from etl.videos.tracks import Container, UnreadableHeaderError

__all__ = ["find_break_in", "read_container"]

_MATROSKA = b"\x1a\x45\xdf\xa3"


def read_container(file: int) -> Container:
    """Return the headers of an open video file; a container without tracks if they cannot be read."""
    head = os.pread(file, 4, 0)
    read = {_MATROSKA: read_matroska, b"RIFF": read_avi}.get(head, read_mp4)
    try:
        return read(file)
    except UnreadableHeaderError:
        return Container()


def find_break_in(file: int) -> int | None:
    """Return the byte after which a Matroska file's elements cannot be followed; None if they can."""
    return find_break(file) if os.pread(file, 4, 0) == _MATROSKA else None
