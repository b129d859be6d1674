"""Extract the frames of one video, by the publisher's procedure: every frame, original rate, its JPEG quality, BGR."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from etl.errors import VideoError, printable
from etl.extraction.folders import StorageError, storage_error
from etl.extraction.record import Record, SourceFile, covers
from etl.extraction.standing import is_whole, read_standing
from etl.names import frame_name
from etl.schema import JPEG_QUALITY
from etl.videos.decoder import DECODER, decoder_version, load_cv2
from etl.videos.diagnosis import VideoProblem
from etl.videos.messages import Messages
from etl.videos.video import Video

__all__ = ["Job", "extract_frames", "failed_record", "is_done"]


@dataclass(frozen=True, slots=True)
class Job:
    """One video to extract: its file, the frames folder, the wanted frame numbers (None: all), the time limit.

    `as_pack`: whether its frames become a pack instead of a folder.
    """

    video_id: str
    source: Path
    frames: Path
    wanted: frozenset[int] | None
    time_limit_s: float
    as_pack: bool = False


def extract_frames(job: Job, folder: Path, messages: Messages | None = None) -> Record:
    """Decode a video and write the wanted frames as JPEG files into `folder`; return the record, not yet written.

    `messages` collects the messages of this process's decoder. Problems with the video go into the record. A video
    that failed may leave files behind. Raises StorageError if a file cannot be written.
    """
    record = _new_record(job)
    try:
        with Video(job.source, messages) as video:
            record.source = _source(job, video.status)
            _save_frames(job, video, folder, record)
            record.facts = video.facts()
            record.problems = [VideoProblem(p.reason, printable(p.detail)) for p in video.problems()]
    except StorageError:
        raise
    except VideoError as error:
        return failed_record(job, error.reason or "undecodable", str(error))
    return record


def failed_record(job: Job, reason: str, detail: str) -> Record:
    """Return the record of a video that gave no frames. `reason` is one of the schema's EXTRACTION_ERRORS."""
    record = _new_record(job)
    record.problems = [VideoProblem(reason, printable(detail))]
    return record


def is_done(job: Job) -> bool:
    """Tell whether the frames on disk are those that the job would make.

    They are if the source's name, size and time, the decoder and the JPEG quality are the recorded ones, and all wanted
    frames were saved and are there, in a folder or a pack with nothing else in its place. A video that failed is always
    tried again.
    """
    try:
        standing = read_standing(job.frames, job.video_id)
        if standing is None:
            return False
        record = standing.record
        return (
            not record.has_failed
            and record.source == _source(job, job.source.stat())
            and record.decoder_version == decoder_version()
            and record.jpeg_quality == JPEG_QUALITY
            and covers(record, job.wanted)
            and is_whole(job.frames, standing)
        )
    except (VideoError, OSError):  # OSError: the video is gone, or another process moves the folder
        return False


def _save_frames(job: Job, video: Video, folder: Path, record: Record) -> None:
    """Decode and write the frames, and note each one in the record's columns."""
    cv2 = load_cv2()
    columns, place = record.frames, os.fspath(folder)
    for frame in video.frames(job.wanted):
        size_bytes = sha256 = None
        if frame.picture is not None:
            try:
                encoded = cv2.imencode(".jpg", frame.picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
            except cv2.error as error:
                size = f"{frame.width} × {frame.height}"
                raise VideoError(f"{job.source}: a picture of {size} cannot be a JPEG", reason="too_large") from error
            try:
                with open(f"{place}/{frame_name(frame.number)}", "wb") as file:  # noqa: PTH123 - of a million frames
                    file.write(encoded)
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


def _source(job: Job, status: os.stat_result) -> SourceFile:
    return SourceFile(printable(job.source.name), status.st_size, status.st_mtime_ns)
