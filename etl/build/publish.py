"""Publish a warehouse whole or not at all.

    warehouse/
      .builds/3f2a…/          the files of one build
      .current → .builds/3f2a…
      events.parquet → .current/events.parquet      and so on: the stable paths

A build writes into a folder of its own and then replaces the link `.current` by one rename, so a reader finds the
files of one build behind every path, the old one or the new one, no matter when the writer was killed. A lock, which
the system frees when its holder dies, lets one build at a time write; it removes what killed builds have left.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.errors import WarehouseError
from etl.files import make_folder
from etl.names import BUILDS, DATABASE_FILE

__all__ = ["publishing"]

CURRENT = ".current"
LOCK = ".lock"
_BUILD = re.compile(r"[0-9a-f]{32}")
_LINK = re.compile(r"\..+\.[0-9a-f]{32}")  # the name that _link uses until the link is in its place


@contextmanager
def publishing(warehouse: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Give an empty folder to write a build into; when the block ends without an error, publish it.

    Calls `on_wait` before waiting for another build of the same warehouse.

    Raises:
        WarehouseError: the folder cannot be written to, or holds files where the stable paths must be. The
            standing warehouse is as it was.
    """
    try:
        make_folder(warehouse)
        with _locked(warehouse / LOCK, on_wait):
            _require_own_builds(warehouse / BUILDS)
            _remove_all_builds_but(warehouse, _current(warehouse))
            build = warehouse.absolute() / BUILDS / uuid.uuid4().hex
            build.mkdir(parents=True)
            try:
                yield build
                _publish(warehouse, build)
            finally:
                _remove_all_builds_but(warehouse, _current(warehouse))
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        message = f"the warehouse {warehouse} cannot be written: {error.strerror or error}{place}"
        raise WarehouseError(f"{message}. What stood there before is untouched.") from error


def _require_own_builds(builds: Path) -> None:
    """Raise WarehouseError if the folder of the builds is a link: what is behind it is not ours to remove."""
    if builds.is_symlink():
        raise WarehouseError(
            f"{builds} is a link to {builds.readlink()}, and links are not followed. "
            "Move it elsewhere, or build into another folder with --warehouse DIR"
        )


def _publish(warehouse: Path, build: Path) -> None:
    files = sorted(build.iterdir())
    for path in files:
        _sync(path)
    _sync(build)
    for path in files:
        _link(warehouse / path.name, f"{CURRENT}/{path.name}")
    # A write-ahead log that a session left next to the old database must not be applied to the new one.
    (warehouse / f"{DATABASE_FILE}.wal").unlink(missing_ok=True)
    _link(warehouse / CURRENT, f"{BUILDS}/{build.name}")
    _sync(warehouse)


def _link(link: Path, target: str) -> None:
    """Make `link` lead to `target`, replacing an earlier link in one step."""
    if link.is_symlink() and str(link.readlink()) == target:
        return
    if os.path.lexists(link) and not _is_ours(link):
        raise WarehouseError(
            f"{link} is in the way: a warehouse keeps its files in {BUILDS} and links to them. "
            "Move it elsewhere, or build into another folder with --warehouse DIR"
        )
    temporary = link.with_name(f".{link.name}.{uuid.uuid4().hex}")
    temporary.symlink_to(target)
    temporary.replace(link)


def _is_ours(link: Path) -> bool:
    """Tell whether this is the link to the current build, as builds make it."""
    return link.name == CURRENT and link.is_symlink() and link.readlink().parent == Path(BUILDS)


def _current(warehouse: Path) -> str | None:
    """Return the name of the published build, if there is one."""
    link = warehouse / CURRENT
    return link.readlink().name if _is_ours(link) else None


def _remove_all_builds_but(warehouse: Path, kept: str | None) -> None:
    builds = warehouse / BUILDS
    for path in builds.iterdir() if builds.is_dir() else ():
        if path.name != kept and _BUILD.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
    for path in warehouse.iterdir():
        if path.is_symlink() and _LINK.fullmatch(path.name):
            path.unlink()


@contextmanager
def _locked(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    # A link is not followed, and a file of this name is not emptied: both could be somebody else's.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _sync(path: Path) -> None:
    """Have the system write a file or folder to the disk, so that the rename cannot overtake it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
