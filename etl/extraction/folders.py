"""A video's frames, `frames/<video_id>` or `frames/<video_id>.tar`: what is in their place, how new ones get there.

Frames are written in `frames/.partial`, are packed there if asked, and one step puts the folder or pack in its place;
what was there before, in either form, is removed only if an extraction wrote it. A killed extraction leaves its folder
in `frames/.partial`, where the next run removes it.

Several machines may extract the same video at a time. What is in a place is therefore judged by an open descriptor: a
path may lead to another folder at each look, and a new folder may have the inode of one that was removed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import socket
import stat
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from etl.errors import VideoError
from etl.extraction.pack_file import holds_frames_alone, write_pack
from etl.extraction.record import MAX_RECORD_BYTES, RECORD_FILE, Record, parse_record, saved_names, write_record
from etl.files import exchange, put_beside, remove
from etl.names import FRAME_NAME, pack_file

__all__ = [
    "InTheWayError",
    "StorageError",
    "is_in_the_way",
    "partial_folder",
    "publish",
    "remove_abandoned",
    "remove_extracted",
    "storage_error",
    "what_is_in_the_way",
    "working_on",
]

_PARTIAL = ".partial"
_PACK = "pack"
_PARTIAL_NAME = re.compile(r"([0-9]{1,9})@(.+?)\.[0-9a-z]+(?:\.old)?")  # the names that partial_folder and publish give
_ABANDONED_AFTER_S = 24 * 3600
_TRIES = 100  # another machine may do the same, or undo it, at the same time


class StorageError(VideoError):
    """Frames cannot be written: no space, no permission, no folder. It would be the same for every other video."""


class InTheWayError(VideoError):
    """What is in the place of a video's frames was not written by an extraction."""

    def __init__(self, target: Path) -> None:
        super().__init__(f"{target} is in the way: it holds something other than extracted frames; move it elsewhere")


@contextlib.contextmanager
def partial_folder(frames: Path) -> Iterator[Path]:
    """Make a folder for this process in the frames folder; remove what is left of it afterwards."""
    partial = frames / _PARTIAL
    if partial.is_symlink():
        raise StorageError(f"{partial} is a link to {partial.readlink()}, and links are not followed. Move it away")
    folder = partial / f"{os.getpid()}@{socket.gethostname()}.{uuid.uuid4().hex}"
    try:
        _make(folder)
    except OSError as error:
        raise storage_error(frames, error) from error
    try:
        yield folder
    finally:
        remove(folder)


def is_in_the_way(target: Path, *, is_pack: bool = False) -> bool:
    """Tell whether a video's place holds anything that no extraction wrote, and that is therefore never removed.

    These count as an extraction's: an empty folder, and a folder with a record and only the recorded frames or, if the
    record is damaged, only files named like frames. With `is_pack`, `target` is the place of a pack, where it is a file
    that holds only a record and frames.
    """
    while True:
        try:
            with _standing(target, is_pack=is_pack) as folder:
                if folder is None:
                    return False
                has_others = _has_others(folder, target)
                if _is_at(folder, target):  # else another process has moved it, and is perhaps removing it
                    return has_others
        except InTheWayError:
            return True


def what_is_in_the_way(frames: Path, video_id: str) -> Path | None:
    """Return the path of a video's folder or pack that is in the way; None if neither is."""
    folder, pack = frames / video_id, frames / pack_file(video_id)
    if is_in_the_way(folder):
        return folder
    return pack if is_in_the_way(pack, is_pack=True) else None


def publish(folder: Path, record: Record, target: Path, *, as_pack: bool = False) -> None:
    """Write the record and put the folder in its place; an earlier extraction there is swapped out.

    `target` is the place of the folder; with `as_pack`, a pack is made and put in its place next to it.
    Raises InTheWayError if the places hold anything else, StorageError if writing fails.
    """
    old = folder.with_name(f"{folder.name}.old")
    pack, made = target.with_name(pack_file(target.name)), folder / _PACK
    new, place, other = (made, pack, target) if as_pack else (folder, target, pack)
    try:
        write_record(folder, record)
        if as_pack:
            write_pack(folder, record, made)
        if os.path.lexists(other) and is_in_the_way(place, is_pack=as_pack):
            raise InTheWayError(place)
        _move_away(other, old, is_pack=not as_pack)
        for _ in range(_TRIES):
            try:
                if as_pack:
                    put_beside(made, pack)
                else:
                    folder.rename(target)
                return
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
            if _move_away(place, new, is_pack=as_pack, move=exchange):
                return  # the caller removes what is in the folder now
            remove(old)
            _move_away(place, old, is_pack=as_pack)  # removed after the next try: the place is free only for a moment
        raise FileExistsError(errno.EEXIST, "something else keeps writing there", str(target))
    except OSError as error:
        raise storage_error(target, error) from error
    finally:
        remove(old)


def remove_extracted(place: Path, old: Path, *, is_pack: bool) -> None:
    """Remove a video's folder or pack, by way of the free path `old`. Raises InTheWayError if it is neither."""
    try:
        _move_away(place, old, is_pack=is_pack)
    except OSError as error:
        raise storage_error(place, error) from error
    finally:
        remove(old)


@contextlib.contextmanager
def working_on(frames: Path, *, alone: bool = False) -> Iterator[None]:
    """Lock a frames folder: shared with other extractions, or alone, as a conversion needs.

    Raises StorageError if another command's lock excludes this one. A file system without locks excludes none.
    """
    try:
        folder = os.open(frames, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise storage_error(frames, error) from error
    try:
        fcntl.flock(folder, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(folder)
        raise StorageError(f"another command works on {frames}, and packing must run alone. Try again later") from error
    except OSError:
        pass
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.close(folder)


def remove_abandoned(frames: Path) -> None:
    """Remove what killed extractions left in the frames folder."""
    partial = frames / _PARTIAL
    try:
        left = [] if partial.is_symlink() else list(partial.iterdir())  # what is behind a link is not ours
    except OSError:  # there was nothing, or another process has just removed it
        return
    for folder in left:
        if _is_abandoned(folder):
            remove(folder)
    with contextlib.suppress(OSError):
        partial.rmdir()


def storage_error(path: Path, error: OSError) -> StorageError:
    """Return the error to raise when something could not be written."""
    return StorageError(
        f"frames cannot be written to {path}: {error.strerror or error}. Every video extracted so far is whole; "
        "fix this and run the same command again; it goes on from there"
    )


def _make(folder: Path) -> None:
    """Make a folder in `.partial`, which another process may remove while it is empty."""
    for _ in range(_TRIES):
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            folder.mkdir(parents=True)
            return
    folder.mkdir(parents=True)


def _move_away(target: Path, old: Path, *, is_pack: bool, move: Callable[[Path, Path], object] = Path.rename) -> bool:
    """Move an extraction's folder or pack out of its place; return whether one was there.

    Raises InTheWayError if something else is there.
    """
    with _standing(target, is_pack=is_pack) as folder:
        if folder is None:
            return False
        if _has_others(folder, target):
            if _is_at(folder, target):
                raise InTheWayError(target)
            return False
        with contextlib.suppress(FileNotFoundError):
            if not move(target, old):
                return False
            if _is_at(folder, old) or not is_in_the_way(old, is_pack=is_pack):
                return True
            move(old, target)  # it appeared just after the look
    return False


@contextlib.contextmanager
def _standing(target: Path, *, is_pack: bool) -> Iterator[int | None]:
    """Hold open the folder or the pack in a video's place, as a file descriptor; None if there is nothing.

    Raises InTheWayError if there is something else, or if it cannot be read.
    """
    kind = os.O_NONBLOCK if is_pack else os.O_DIRECTORY
    try:
        folder = os.open(target, os.O_RDONLY | kind | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        raise InTheWayError(target) from error
    try:
        if is_pack and not stat.S_ISREG(os.fstat(folder).st_mode):
            raise InTheWayError(target)
        yield folder
    finally:
        os.close(folder)


def _is_at(folder: int, path: Path) -> bool:
    """Tell whether an open folder is the one at a path; nothing else can have its inode while it is open."""
    try:
        return os.path.samestat(os.fstat(folder), path.lstat())
    except OSError:
        return False


def _has_others(folder: int, target: Path) -> bool:
    """Tell whether an open folder or pack, found at `target`, holds anything that no extraction wrote."""
    try:
        if stat.S_ISREG(os.fstat(folder).st_mode):
            return not holds_frames_alone(folder)
        with os.scandir(folder) as entries:
            files = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
        if not files:
            return False
        if not all(files.values()):
            return True
        with os.fdopen(os.open(RECORD_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder), "rb") as file:
            content = file.read(MAX_RECORD_BYTES + 1)
    except OSError:
        return True
    others = files.keys() - {RECORD_FILE}
    try:
        return not others <= saved_names(parse_record(content, target / RECORD_FILE, target.name))
    except VideoError:
        return not all(FRAME_NAME.fullmatch(name) for name in others)


def _is_abandoned(folder: Path) -> bool:
    """Tell whether a partial folder's process is gone; on another host, whether the folder is a day old."""
    name = _PARTIAL_NAME.fullmatch(folder.name)
    if not name:
        return False  # not ours
    if name[2] == socket.gethostname():
        return not _is_running(int(name[1]))
    try:
        return time.time() - folder.stat().st_mtime > _ABANDONED_AFTER_S
    except FileNotFoundError:
        return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return True
