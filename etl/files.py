"""Write a file or a folder whole or not at all, and JSON the one way.

A folder is written into `.<name>.partial-…` beside the target, which one rename then moves into place. A writer
holds a lock on its folder, which the system frees when it is killed: the next one to that target clears it away.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etl.errors import OutputError
from etl.names import MANIFEST_FILE

__all__ = ["json_line", "new_folder", "real", "save_json", "whole_file"]


def real(path: Path) -> Path:
    """Return a path with all links followed. Unlike `Path.resolve`, it takes a link that leads to itself, too."""
    return Path(os.path.realpath(path))


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to; what was written appears at `path` when the block ends without an error.

    A link is followed. What is no file, such as /dev/stdout or a named pipe, is written to as it is.
    """
    path = real(path) if path.is_file() else path
    if path.exists() and not path.is_file():
        yield path
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def json_line(value: Any) -> str:
    """Return a value as one line of JSON, with the newline."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def save_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@contextmanager
def new_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Give an empty folder to write into; when the block ends without an error, it becomes `target`.

    `force` replaces an earlier export, and nothing else: a folder that has no manifest of one is never removed.

    Raises:
        OutputError: the target is taken, or cannot be written.
    """
    target = target.absolute()
    if target.is_symlink():
        target = target.resolve()
    try:
        _require_free(target, force)
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target)
        partial = target.with_name(f".{target.name}.partial-{uuid.uuid4().hex}")
        partial.mkdir()
        lock = os.open(partial, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield partial
            _require_free(target, force)
            _replace(partial, target)
        finally:
            os.close(lock)
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise OutputError(f"{target} cannot be written: {error.strerror or error}{place}. Nothing was left") from error


def _require_free(target: Path, force: bool) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(f"{target} is a file, expected a folder to write to")
    if not any(target.iterdir()):
        return
    if not force:
        raise OutputError(f"{target} is not empty. Choose another folder, or replace an earlier export with --force")
    if not _is_export(target):
        raise OutputError(f"{target} holds something other than an export, which --force does not remove either")


def _is_export(folder: Path) -> bool:
    try:
        return "exported_by" in json.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError, TypeError):
        return False


def _replace(partial: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.partial-{uuid.uuid4().hex}")
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _remove_abandoned(target: Path) -> None:
    prefix = f".{target.name}.partial-"
    for path in target.parent.iterdir():
        if path.name.startswith(prefix) and path.is_dir():
            lock = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            except BlockingIOError:
                continue
            finally:
                os.close(lock)
