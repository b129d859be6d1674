"""A file as a demuxer should see it, with some of its bytes replaced."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence

from etl.videos.tracks import Patch

__all__ = ["PatchedFile"]


class PatchedFile(io.BufferedIOBase):
    """Reads a file descriptor, which stays open, with patches applied to its bytes; nothing is written anywhere."""

    def __init__(self, file: int, patches: Sequence[Patch]) -> None:
        self._file = file
        self._patches = sorted(patches)
        self._position = 0

    def readable(self) -> bool:
        """See io.IOBase."""
        return True

    def seekable(self) -> bool:
        """See io.IOBase."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """See io.IOBase."""
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: os.fstat(self._file).st_size}[whence]
        self._position = max(begin + offset, 0)
        return self._position

    def tell(self) -> int:
        """See io.IOBase."""
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """See io.BufferedIOBase."""
        if size is None or size < 0:
            size = max(os.fstat(self._file).st_size - self._position, 0)
        data = os.pread(self._file, size, self._position)
        begin, end = self._position, self._position + len(data)
        self._position = end
        for position, content in self._patches:
            first, last = max(position, begin), min(position + len(content), end)
            if first < last:
                data = data[: first - begin] + content[first - position : last - position] + data[last - begin :]
        return data
