"""Every name of a file or folder, and what a name may contain: ids become paths, and are not trusted."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

__all__ = [
    "BUILDS",
    "DATABASE_FILE",
    "EVALUATION_DATABASE",
    "EVALUATION_PAGE",
    "FRAME_NAME",
    "FRAME_TEMPLATE",
    "MANIFEST_FILE",
    "ORIGIN_FILE",
    "SUSPECTS_PAGE",
    "UNFINISHED",
    "frame_file",
    "frame_name",
    "is_video_id",
    "pack_file",
    "read_frame_file",
    "shard_file",
    "video_sort_key",
]

# In a warehouse; manifest.json also in an export.
DATABASE_FILE = "interactions.duckdb"
MANIFEST_FILE = "manifest.json"
EVALUATION_DATABASE = "evaluation.duckdb"
EVALUATION_PAGE = "evaluation.html"
SUSPECTS_PAGE = "suspects.html"
BUILDS = ".builds"
# Next to corrected annotation files: what they were made from.
ORIGIN_FILE = "origin.json"
# The beginning of temporary names, for what is being written.
UNFINISHED = ".contact-release-"

# A frame's file, as the publisher names it. With more than five digits names no longer sort as numbers.
FRAME_TEMPLATE = "frame_{:05}.jpg"
FRAME_NAME = re.compile(r"frame_[0-9]{5,}\.jpg")
# As people and other programs return it: with another suffix or none, with fewer digits, deep in folders.
_FRAME_FILE = re.compile(r"(?:.*[/\\])?([^/\\]+)[/\\]frame_([0-9]{1,9})(?:\.[A-Za-z0-9]+)?", re.DOTALL)

# A file name may have 255 bytes on common file systems; this leaves space for a suffix.
MAX_ID_BYTES = 200

_SEPARATOR = re.compile(r"[/\\:]")


def shard_file(split: str, number: int) -> str:
    """Return the name of a split's shard of samples, which are numbered from 0."""
    return f"{split}-{number:06d}.tar"


def is_video_id(value: Any) -> bool:
    """Tell whether `value` is text that can be the stem of a file name, on Linux and macOS.

    1 to 200 bytes, printable, no path separator of any system, no space or dot at either end.
    """
    return (
        isinstance(value, str)
        and value != ""
        and value.isprintable()
        and not _SEPARATOR.search(value)
        and value.strip(" .") == value
        and len(value.encode()) <= MAX_ID_BYTES
    )


@lru_cache(maxsize=4096)  # the same few hundred numbers are asked for in every video
def frame_name(frame_number: int) -> str:
    """Return the name of a frame's file: `frame_00009.jpg`."""
    return FRAME_TEMPLATE.format(frame_number)


def frame_file(video_id: str, frame_number: int) -> str:
    """Return a frame's file, relative to the frames folder: `<video_id>/frame_00009.jpg`, as the publisher names it."""
    return f"{video_id}/{frame_name(frame_number)}"


def pack_file(video_id: str) -> str:
    """Return a video's pack, relative to the frames folder: `<video_id>.tar`, its frames in one file."""
    return f"{video_id}.tar"


def read_frame_file(path: str) -> tuple[str, int] | None:
    """Return the video id and the frame number (0-based) in a path like `…/<video_id>/frame_00009.jpg`."""
    match = _FRAME_FILE.fullmatch(path)
    return (match[1], int(match[2])) if match else None


def video_sort_key(video_id: str) -> tuple[int, int, str]:
    """Return the key that sorts video ids: numbers by value, then all others as text."""
    is_number = video_id.isascii() and video_id.isdigit()
    return (0, int(video_id), video_id) if is_number else (1, 0, video_id)
