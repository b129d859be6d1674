"""What a video id is: ids become file names, and what comes from a file is not trusted."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["is_video_id"]

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
