"""Every name that a file or folder bears, and what may stand in one: ids become paths, and are not trusted."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["BUILDS", "DATABASE_FILE", "MANIFEST_FILE", "UNFINISHED", "frame_file", "is_video_id"]

# In a warehouse; manifest.json also in an export.
DATABASE_FILE = "interactions.duckdb"
MANIFEST_FILE = "manifest.json"
BUILDS = ".builds"
# How everything begins that is being written and has not got its name yet.
UNFINISHED = ".contact-release-"

# A file name may have 255 bytes on common file systems; this leaves room for a suffix.
MAX_ID_BYTES = 200

_SEPARATOR = re.compile(r"[/\\:]")


def is_video_id(value: Any) -> bool:
    """Tell whether `value` is text that can stand as it is as a file name's stem, on Linux and macOS.

    1 to 200 bytes, printable, no path separator of any system, no space or dot at an end.
    """
    return (
        isinstance(value, str)
        and value != ""
        and value.isprintable()
        and not _SEPARATOR.search(value)
        and value.strip(" .") == value
        and len(value.encode()) <= MAX_ID_BYTES
    )


def frame_file(video_id: str, frame_number: int) -> str:
    """Return a frame's file, relative to the frames folder: `<video_id>/frame_00009.jpg`, as the publisher names it."""
    return f"{video_id}/frame_{frame_number:05d}.jpg"
