"""Extract the frames of one video, by the publisher's procedure: every frame, original rate, JPEG quality 95, BGR.

`extract_frames` decodes and writes into a folder of its own; `publish` moves that folder to `frames/<video_id>` by
one rename; what stood there goes only if an extraction wrote it. A killed extraction leaves its folder in
`frames/.partial`, where the next run removes it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import socket
import stat
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etl.decoder import DECODER, decoder_version, load_cv2
from etl.diagnosis import VideoProblem
from etl.errors import VideoError
from etl.records import (
    RECORD_FILE,
    Record,
    Source,
    covers,
    frame_file,
    has_all_files,
    read_record,
    saved_names,
    write_record,
)
from etl.videos import Video

__all__ = [
    "JPEG_QUALITY",
    "InTheWayError",
    "Job",
    "StorageError",
    "extract_frames",
    "failed_record",
    "is_done",
    "is_in_the_way",
    "partial_folder",
    "publish",
    "remove_abandoned",
]

JPEG_QUALITY = 95

_PARTIAL = ".partial"
_PARTIAL_NAME = re.compile(r"([0-9]+)@(.+?)\.[0-9a-z]+(?:\.old)?")  # as partial_folder and publish name it
_FRAME_NAME = re.compile(r"frame_[0-9]{5,}\.jpg")
_ABANDONED_AFTER_S = 24 * 3600
_PUBLISH_TRIES = 100  # another machine may put the same video there at the same time


class StorageError(VideoError):
    """Frames cannot be written: no room, no right, no folder. It would be the same for every other video."""


class InTheWayError(VideoError):
    """What stands in the place of a video's frames was not written by an extraction."""

    def __init__(self, target: Path) -> None:
        super().__init__(f"{target} is in the way: it holds something else than extracted frames; move it elsewhere")


@dataclass(frozen=True, slots=True)
class Job:
    """One video to extract: its file, the frames folder, the frame numbers wanted (None: all), seconds it may take."""

    video_id: str
    source: Path
    frames: Path
    wanted: frozenset[int] | None
    time_limit_s: float


def extract_frames(job: Job, folder: Path) -> Record:
    """Decode a video and write the wanted frames as JPEG files into `folder`; return the record, not yet written.

    What is the matter with the video ends up in the record's problems. Of a video that failed, files may be left.
    Raises StorageError when a file cannot be written.
    """
    record = _new_record(job)
    try:
        with Video(job.source) as video:
            status = job.source.stat()
            record.source = Source(_printable(job.source.name), status.st_size, status.st_mtime_ns)
            _save_frames(job, video, folder, record)
            record.facts = video.facts()
            record.problems = video.problems()
    except StorageError:
        raise
    except VideoError as error:
        return failed_record(job, error.reason or "undecodable", str(error))
    return record


def failed_record(job: Job, reason: str, detail: str) -> Record:
    """Return the record of a video that gave no frames. `reason` is one of the schema's EXTRACTION_ERRORS."""
    record = _new_record(job)
    record.problems = [VideoProblem(reason, _printable(detail))]
    return record


def is_done(job: Job) -> bool:
    """Tell whether the frames on disk are those that the job would make.

    They are when the source's name, size and time, the decoder and the JPEG quality are the recorded ones, all wanted
    frames were saved and are there. A video that failed is always tried again.
    """
    folder = job.frames / job.video_id
    try:
        record = read_record(folder)
        status = job.source.stat()
    except (VideoError, OSError):
        return False
    if record is None or record.has_failed or record.source is None:
        return False
    expected = _new_record(job)
    return (
        record.source == Source(_printable(job.source.name), status.st_size, status.st_mtime_ns)
        and record.decoder_version == expected.decoder_version
        and record.jpeg_quality == expected.jpeg_quality
        and covers(record, job.wanted)
        and has_all_files(folder, record)
    )


@contextlib.contextmanager
def partial_folder(frames: Path) -> Iterator[Path]:
    """Make a folder of this process's own beside the finished ones; remove what is left of it afterwards."""
    folder = frames / _PARTIAL / f"{os.getpid()}@{socket.gethostname()}.{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise storage_error(frames, error) from error
    try:
        yield folder
    finally:
        _remove(folder)


def is_in_the_way(target: Path) -> bool:
    """Tell whether something stands in a video's place that is not wholly an extraction's, and so is never removed.

    An extraction's are an empty folder, and a folder with a record that holds the recorded frames alone; where the
    record is damaged, files named like frames alone.
    """
    while True:
        inode = _inode(target)
        has_others = _has_others(target)
        # Another process may have moved the folder away and begun to remove it: then what was seen is not the place's.
        if not has_others or _inode(target) == inode:
            return has_others


def publish(folder: Path, record: Record, target: Path) -> None:
    """Write the record and move the folder to its place by one rename, the earlier extraction there out of the way.

    Raises InTheWayError where the place holds anything else, StorageError when writing fails.
    """
    old = folder.with_name(f"{folder.name}.old")
    try:
        write_record(folder, record)
        for _ in range(_PUBLISH_TRIES):
            if is_in_the_way(target):
                raise InTheWayError(target)
            try:
                folder.rename(target)
                break
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
            _remove(old)
            with contextlib.suppress(FileNotFoundError):
                target.rename(old)  # removed only after the next try: the place stays free for as short as possible
        else:
            raise FileExistsError(errno.EEXIST, "something else keeps writing there", str(target))
    except OSError as error:
        raise storage_error(target, error) from error
    finally:
        _remove(old)


def remove_abandoned(frames: Path) -> None:
    """Remove what killed extractions left in the frames folder."""
    partial = frames / _PARTIAL
    for folder in list(partial.iterdir()) if partial.is_dir() else []:
        if _is_abandoned(folder):
            _remove(folder)
    with contextlib.suppress(OSError):
        partial.rmdir()


def storage_error(path: Path, error: OSError) -> StorageError:
    """Return the error to raise when something could not be written."""
    return StorageError(
        f"frames cannot be written to {path}: {error.strerror or error}. Every video extracted so far is whole; "
        "mend this and run the same command again, it goes on from there"
    )


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return None


def _has_others(target: Path) -> bool:
    """Tell whether a video's place holds anything that no extraction wrote."""
    try:
        if not stat.S_ISDIR(target.lstat().st_mode):
            return True
        with os.scandir(target) as entries:
            files = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    except FileNotFoundError:
        return False
    if not files:
        return False
    if RECORD_FILE not in files or not all(files.values()):
        return True
    others = files.keys() - {RECORD_FILE}
    try:
        record = read_record(target)
    except VideoError:
        return not all(_FRAME_NAME.fullmatch(name) for name in others)
    return record is not None and not others <= saved_names(record)  # None: it has just been replaced


def _save_frames(job: Job, video: Video, folder: Path, record: Record) -> None:
    """Decode and write the frames, and note each one in the record's columns."""
    cv2 = load_cv2()
    columns = record.frames
    for frame in video.frames(job.wanted):
        size_bytes = sha256 = None
        if frame.picture is not None:
            try:
                encoded = cv2.imencode(".jpg", frame.picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
            except cv2.error as error:
                size = f"{frame.width} × {frame.height}"
                raise VideoError(f"{job.source}: a picture of {size} cannot be a JPEG", reason="too_large") from error
            path = folder / _name(job, frame.number)
            try:
                path.write_bytes(encoded)
            except OSError as error:
                raise storage_error(job.frames, error) from error
            size_bytes, sha256 = encoded.size, hashlib.sha256(encoded).hexdigest()
        columns.time_s.append(frame.time_s)
        columns.width.append(frame.width)
        columns.height.append(frame.height)
        columns.size_bytes.append(size_bytes)
        columns.sha256.append(sha256)


def _new_record(job: Job) -> Record:
    wanted = None if job.wanted is None else sorted(job.wanted)
    return Record(job.video_id, wanted, JPEG_QUALITY, DECODER, decoder_version())


def _name(job: Job, number: int) -> str:
    return Path(frame_file(job.video_id, number)).name


def _printable(text: str) -> str:
    """Replace what is no valid Unicode: names of files may hold any bytes."""
    return text.encode("utf-8", "replace").decode()


def _is_abandoned(folder: Path) -> bool:
    """Tell whether a partial folder's process is gone; for another host's, whether the folder is a day old."""
    name = _PARTIAL_NAME.fullmatch(folder.name)
    if not name:
        return False  # nothing of ours
    if name[2] == socket.gethostname():
        return not _is_running(int(name[1]))
    try:
        return time.time() - folder.stat().st_mtime > _ABANDONED_AFTER_S
    except FileNotFoundError:
        return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(path: Path) -> None:
    """Remove a folder, a file or a link, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
