"""FFmpeg's messages during decoding: OpenCV prints them to standard output, which a separate process redirects."""

from __future__ import annotations

import os

__all__ = ["Messages"]

_MARK = "[OPENCV:FFMPEG:"


class Messages:
    """The messages of this process's decoder, from a file that replaces standard output; without one, none."""

    def __init__(self, file: int | None = None) -> None:
        self._file = file

    def take(self) -> list[str]:
        """Return the messages since the last call."""
        if self._file is None:
            return []
        size = os.fstat(self._file).st_size
        if not size:
            return []
        lines = os.pread(self._file, size, 0).decode("utf-8", "replace").splitlines()
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        return [line.partition("]")[2].strip() for line in lines if line.startswith(_MARK)]
