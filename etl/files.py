"""Write a file completely or not at all, and JSON in one format. `etl.outputs` makes whole folders.

A file is written under the name `.contact-release-<random>` next to its place, and one rename then moves it there. A
lock file next to it, which the system frees when its holder is killed, shows that it is still being written: the next
command that writes into that folder removes what has no holder any more.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import re
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from etl.errors import OutputError
from etl.names import BUILDS, UNFINISHED

__all__ = [
    "as_utf8",
    "binary_kind",
    "exchange",
    "json_line",
    "make_folder",
    "open_file",
    "put_beside",
    "read_file",
    "real",
    "refuse_builds",
    "refuse_repeated",
    "remove",
    "remove_unfinished",
    "save_json",
    "temporary_folder",
    "whole_file",
    "workplace",
]

LOCK = ".lock"
# How files that are not text begin.
_BINARY = {b"\x1f\x8b": "a gzip file", b"PK\x03\x04": "a ZIP archive or an Excel file", b"PAR1": "a Parquet file"}
_OURS = re.compile(re.escape(UNFINISHED) + r"[0-9a-f]{32}")
_DEVICES, _PROCESSES = Path("/dev"), Path("/proc")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_unfinished: set[Path] = set()


def real(path: Path, *, strict: bool = False) -> Path:
    """Return a path with all links followed. Unlike `Path.resolve`, it also accepts a link that leads to itself.

    With `strict`, raises OSError for such a link, or if nothing is there.
    """
    return Path(os.path.realpath(path, strict=strict))


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """Give a free path in `folder`, for a file or a folder; what is there at the end is removed.

    What killed programs left at such paths in `folder` is removed first. Raises OSError if nothing can be written.
    """
    _remove_abandoned(folder)
    lock, path = _claim(folder)
    _unfinished.add(path)
    try:
        yield path
    finally:
        remove(path)
        _unfinished.discard(path)
        with contextlib.suppress(FileNotFoundError):
            _lock_of(path).unlink()
        os.close(lock)


@contextmanager
def temporary_folder(place: Path | None = None) -> Iterator[Path]:
    """Give an empty folder that only this user can read, by default in the system's folder for temporary files.

    It is removed afterwards; what is left of one whose program was killed, the next one clears away.
    """
    with workplace(place or Path(tempfile.gettempdir())) as folder:
        folder.mkdir(mode=0o700)
        yield folder


def remove_unfinished() -> None:
    """Remove what this process has begun and not finished: for an abrupt end of the process."""
    for path in list(_unfinished):
        remove(path)
        with contextlib.suppress(OSError):
            _lock_of(path).unlink()


@contextmanager
def whole_file(path: Path, *, replace: bool = True) -> Iterator[Path]:
    """Give a path to write to; what was written appears at `path` when the block ends without an error.

    Something that is not a file, such as /dev/stdout or a named pipe, is written to directly. Without `replace`, an
    existing file stays and is an error.

    Raises:
        OutputError: `path` is a link, which is neither followed nor replaced, or lies among a warehouse's builds.
        OSError: the file cannot be written; its `filename` is that of a file that the user knows.
    """
    if path.is_symlink() and not _is_device(path):
        raise OutputError(f"{path} is a link to {path.readlink()}, and links are not followed. Give the file itself")
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if _is_device(path) or (path.exists() and not path.is_file()):
        yield path
        return
    refuse_builds(path)
    if not path.parent.exists():
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {path.parent}. Make it first", str(path))
    with workplace(path.parent) as unfinished:
        try:
            os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666))
            yield unfinished
            if replace:
                unfinished.replace(path)
            else:
                put_beside(unfinished, path)
        except OSError as error:  # a full disk has no name, and the one of the unfinished file says nothing
            if error.filename in (None, str(unfinished)):
                error.filename = str(path)
            raise


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless it is there. Raises NotADirectoryError if a file is in its place."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "it is not a folder, expected one to write to", str(path)) from error


def refuse_builds(path: Path) -> None:
    """Raise OutputError if a path lies among the builds of a warehouse, which the next build removes."""
    for parent in real(path).parents:
        if parent.name == BUILDS:
            raise OutputError(f"{path} is in {parent}, which the next build of that warehouse clears")


def json_line(value: Any) -> str:
    """Return a value as one line of JSON, with the newline: for every reader, also those that split at U+2028."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return (text if text.isprintable() else json.dumps(value, separators=(",", ":"))) + "\n"


def save_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, piece by piece: it may be a list of a million files."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=2)
        file.write("\n")


def refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
    """Raise ValueError if an object has a key twice: an `object_pairs_hook` that only checks for that."""
    keys = [key for key, _ in pairs]
    repeated = next((key for key in keys if keys.count(key) > 1), None)
    if repeated is not None:
        raise ValueError(f"the key {repeated!r} is repeated")


def _is_device(path: Path) -> bool:
    """Tell whether a path is the system's name for something that is already open, such as /dev/stdout."""
    folder = real(path.parent)
    return folder == _DEVICES or folder.is_relative_to(_PROCESSES)  # /dev/shm is a disk like any other


def put_beside(unfinished: Path, path: Path) -> None:
    """Move a file to a free path. Raises FileExistsError if something is there."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        unfinished.rename(path)


def exchange(one: Path, other: Path) -> bool:
    """Swap two files or folders in one step; return whether the system and the file system can do that."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        raise OSError(code, os.strerror(code), str(other))
    return False


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + LOCK)


def _claim(folder: Path) -> tuple[int, Path]:
    """Return the descriptor of a locked lock file, and the free path that it protects."""
    while True:
        path = folder / f"{UNFINISHED}{uuid.uuid4().hex}"
        lock = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(OSError):  # a file system without locks: then nothing there is ever removed
            fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_at(lock, _lock_of(path)):  # else another process removed it as abandoned before it was locked
            return lock, path
        os.close(lock)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _remove_abandoned(folder: Path) -> None:
    with os.scandir(folder) as entries:
        names = {entry.name.removesuffix(LOCK) for entry in entries}
    for path in (folder / name for name in names if _OURS.fullmatch(name)):
        with contextlib.suppress(OSError):  # somebody else's, or another process is using it
            lock = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(path)
                _lock_of(path).unlink()
            finally:
                os.close(lock)


def remove(path: Path) -> None:
    """Remove a folder, a file or a link, if it is there and can be removed."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def read_file(path: Path) -> bytes:
    """Return the content of a regular file. Raises OSError if it is something else: a pipe could block forever."""
    with open_file(path) as file:
        return file.read()


@contextmanager
def open_file(path: Path) -> Iterator[BufferedReader]:
    """Give a regular file, open for reading. Raises OSError if it is something else; never waits."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:  # a zero byte or half a letter, which no name has
        raise OSError(errno.EINVAL, "no file can have this name", str(path)) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        yield file


def as_utf8(content: bytes) -> bytes:
    """Return text in UTF-8 without its byte order mark. Text that such a mark says to be UTF-16 is converted.

    Spreadsheets and PowerShell write UTF-16. Raises UnicodeDecodeError if what follows the mark is not UTF-16.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    return content.removeprefix(codecs.BOM_UTF8)


def binary_kind(content: bytes) -> str:
    """Return what kind of file this is, by its first bytes, if it is certainly not text; empty if it may be text."""
    return next((kind for start, kind in _BINARY.items() if content.startswith(start)), "")
