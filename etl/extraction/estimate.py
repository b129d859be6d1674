"""Estimate an extraction: frames from the declared durations, bytes and time measured on a few of the videos."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etl.errors import VideoError
from etl.extraction.one_video import Job
from etl.extraction.outcome import extract_video
from etl.extraction.process import DecodingProcess
from etl.files import temporary_folder
from etl.schema import NOMINAL_FRAME_RATE
from etl.videos.containers import open_video_file
from etl.videos.headers import read_container
from etl.videos.tracks import shown_times

__all__ = ["Estimate", "declared_frames", "estimate_jobs"]

_SAMPLES = 5


@dataclass(frozen=True)
class Estimate:
    """What an extraction would decode and save.

    `frames`: to decode, by the declared durations. `files`: frames to save and a record for each video, or a pack for
    each. `size_bytes` and `seconds`, for one process, are projected from `sample_videos` videos, whose `sample_frames`
    frames were decoded in `sample_seconds`.
    """

    videos: int
    frames: int
    files: int
    size_bytes: int
    seconds: float
    sample_videos: int
    sample_frames: int
    sample_seconds: float


def estimate_jobs(jobs: Sequence[Job]) -> Estimate:
    """Count what the jobs would make, and run a few of them in a temporary folder to measure.

    Nothing else is written. Raises StorageError if there is no space for these few.
    """
    declared = [declared_frames(job.source) for job in jobs]
    decoded = [_decoded(job, count) for job, count in zip(jobs, declared, strict=True)]
    saved = [_saved(job, count) for job, count in zip(jobs, declared, strict=True)]
    step = max(len(jobs) // _SAMPLES, 1)
    process = DecodingProcess()
    frames = saved_frames = size_bytes = 0
    seconds = 0.0
    chosen = jobs[::step][:_SAMPLES]
    with temporary_folder() as folder:
        try:
            for number, job in enumerate(chosen):
                begin = time.perf_counter()
                outcome = extract_video(replace(job, frames=folder), process)
                if number or len(chosen) == 1:  # the first one includes the start of the process
                    seconds += time.perf_counter() - begin
                    frames += decoded[jobs.index(job)]
                saved_frames += outcome.saved_count
        finally:
            process.stop()
        size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Estimate(
        videos=len(jobs),
        frames=sum(decoded),
        files=sum(1 if job.as_pack else count + 1 for job, count in zip(jobs, saved, strict=True)),
        size_bytes=round(sum(saved) * size_bytes / saved_frames) if saved_frames else 0,
        seconds=sum(decoded) * seconds / frames if frames else 0.0,
        sample_videos=max(len(chosen) - 1, min(len(chosen), 1)),
        sample_frames=frames,
        sample_seconds=seconds,
    )


def declared_frames(source: Path) -> int:
    """Return how many frames a video's headers declare; 0 if it is not a video or they declare nothing."""
    try:
        file = open_video_file(source)
    except VideoError:
        return 0
    try:
        track = read_container(file).video
    finally:
        os.close(file)
    if track is None:
        return 0
    if track.sample_times:
        return sum(len(times) for times in shown_times(track))
    return round((track.declared_s or 0.0) * (track.frame_rate or NOMINAL_FRAME_RATE))


def _decoded(job: Job, declared: int) -> int:
    return declared if job.wanted is None else min(max(job.wanted, default=-1) + 1, declared)


def _saved(job: Job, declared: int) -> int:
    return declared if job.wanted is None else sum(number < declared for number in job.wanted)
