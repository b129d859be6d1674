"""Read a container's headers, whichever container it is."""

from __future__ import annotations

import os

from etl.videos.avi import read_avi
from etl.videos.matroska import read_matroska
from etl.videos.mp4 import read_mp4
from etl.videos.tracks import Container, UnreadableHeaderError

__all__ = ["read_container"]


def read_container(file: int) -> Container:
    """Return what the headers of an open video file say; a container without tracks where they are not understood."""
    head = os.pread(file, 4, 0)
    read = {b"\x1a\x45\xdf\xa3": read_matroska, b"RIFF": read_avi}.get(head, read_mp4)
    try:
        return read(file)
    except UnreadableHeaderError:
        return Container()
