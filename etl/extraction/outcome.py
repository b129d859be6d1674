"""The outcome of one video: its frames, or the reason why there are none; published as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etl.errors import VideoError
from etl.extraction.folders import InTheWayError, partial_folder, publish
from etl.extraction.one_video import Job, failed_record
from etl.extraction.process import DecodingProcess
from etl.extraction.record import Record
from etl.extraction.standing import read_standing
from etl.videos.diagnosis import VideoProblem

__all__ = ["Outcome", "extract_video", "fail_video"]

_KEEPS_FRAMES = ("two_files", "unreadable", "time_limit")  # failures after which earlier frames may still be correct


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one video: how many frames are on disk now, and what was wrong."""

    video_id: str
    saved_count: int
    problems: tuple[VideoProblem, ...]
    has_failed: bool


def extract_video(job: Job, process: DecodingProcess) -> Outcome:
    """Extract one video with a decoding process and publish it: whole, or as a record of why not.

    Raises StorageError when the frames folder cannot be written to, StoppedError when the process was stopped.
    """
    with partial_folder(job.frames) as folder:
        record = process.extract(job, folder)
        return _publish(job, folder, record)


def fail_video(job: Job, reason: str, detail: str) -> Outcome:
    """Publish the record of a video that cannot be extracted. `reason` is one of the schema's EXTRACTION_ERRORS.

    Raises StorageError when the frames folder cannot be written to.
    """
    with partial_folder(job.frames) as folder:
        return _publish(job, folder, failed_record(job, reason, detail))


def _publish(job: Job, folder: Path, record: Record) -> Outcome:
    """Publish a record with its frames. Earlier frames stay if the failure says nothing against them."""
    problems = tuple(record.problems)
    if record.has_failed:
        for leftover in folder.iterdir():
            leftover.unlink()
        if all(problem.reason in _KEEPS_FRAMES for problem in problems) and (count := _saved_before(job)):
            return Outcome(job.video_id, count, problems, has_failed=True)
    try:
        publish(folder, record, job.frames / job.video_id, as_pack=job.as_pack)
    except InTheWayError as error:
        return Outcome(job.video_id, 0, (VideoProblem("in_the_way", str(error)),), has_failed=True)
    return Outcome(job.video_id, record.saved_count, problems, record.has_failed)


def _saved_before(job: Job) -> int:
    """Return how many frames an earlier extraction saved."""
    try:
        standing = read_standing(job.frames, job.video_id)
    except VideoError:
        return 0
    return standing.record.saved_count if standing else 0
