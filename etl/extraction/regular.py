"""Read files from folders that may come from others: no links, no pipes, and never more than was asked for."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

__all__ = ["open_folder", "open_regular", "read_regular"]

_NO_WAY_ROUND = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_regular(folder: Path, name: str, size_limit: int) -> bytes:
    """Return the content of a regular file in a folder, up to one byte more than `size_limit`.

    Raises OSError if the folder or the file is a link, or if there is no regular file.
    """
    with (
        open_folder(folder) as descriptor,
        open_regular(name, folder=descriptor) as file,
        os.fdopen(file, "rb", closefd=False) as opened,
    ):
        return opened.read(size_limit + 1)


@contextlib.contextmanager
def open_regular(path: str | Path, *, folder: int | None = None) -> Iterator[int]:
    """Hold open a regular file that is not a link, as a file descriptor. Raises OSError if it is not one.

    `path` is relative to the open folder `folder`, where one is given.
    """
    file = _opened(path, _NO_WAY_ROUND, folder)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(0, "it is not a regular file")
        yield file
    finally:
        os.close(file)


@contextlib.contextmanager
def open_folder(folder: Path) -> Iterator[int]:
    """Hold open a folder that is not a link, as a file descriptor. Raises OSError if it is not one."""
    descriptor = _opened(folder, _NO_WAY_ROUND | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(path: str | Path, flags: int, folder: int | None = None) -> int:
    try:
        return os.open(path, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(path, folder):
            error.strerror = "it is a link, and links are not followed"
        raise


def _is_link(path: str | Path, folder: int | None) -> bool:
    try:
        return stat.S_ISLNK(os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False
