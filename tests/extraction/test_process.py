"""Decoding in a process of its own: hangs, crashes and stops cost only the video at hand."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading

import pytest
from clips import write_clip, write_long_clip
from extracting import plan, reasons, wait_until_it_writes

from etl.extraction.folders import partial_folder, remove_abandoned
from etl.extraction.outcome import extract_video
from etl.extraction.plan import run_locally
from etl.extraction.process import DecodingProcess, StoppedError


def test_a_video_over_its_time_limit_is_given_up_and_the_next_one_goes_on(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    for name in "12":
        write_clip(videos / f"{name}.webm", "vp8", frames=2)
    first, second = plan(videos, frames, "12").jobs
    process = DecodingProcess()
    try:
        extract_video(second, process)
        os.kill(process._process.pid, signal.SIGSTOP)  # a decoder that hangs
        outcome = extract_video(dataclasses.replace(first, time_limit_s=0.3), process)
        assert reasons(outcome) == ["time_limit"]
        assert "longer than the time limit of 0.3 s" in outcome.problems[0].detail
        assert [path.name for path in (frames / "1").iterdir()] == ["extraction.json"]
        assert extract_video(second, process).saved_count == 2
    finally:
        process.stop()


def test_a_video_that_crashes_the_decoder_fails_and_the_next_one_goes_on(tmp_path):
    videos, frames = write_long_clip(tmp_path / "videos" / "1.webm").parent, tmp_path / "frames"
    write_clip(videos / "2.webm", "vp8", frames=2)
    first, second = plan(videos, frames, "12").jobs
    process = DecodingProcess()

    def crash_in_the_middle() -> None:
        wait_until_it_writes(None, frames)
        os.kill(process._process.pid, signal.SIGSEGV)

    try:
        extract_video(second, process)
        threading.Thread(target=crash_in_the_middle).start()
        outcome = extract_video(first, process)
        assert reasons(outcome) == ["crash"]
        assert "crashed the decoder (exit status -11)" in outcome.problems[0].detail
        assert [path.name for path in (frames / "1").iterdir()] == ["extraction.json"], "no frame is left of it"
        assert extract_video(second, process).saved_count == 2
    finally:
        process.stop()


def test_a_process_that_was_started_beforehand_is_the_one_that_extracts(tmp_path):
    write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=2)
    (job,) = plan(tmp_path / "videos", tmp_path / "frames", "1").jobs
    process = DecodingProcess()
    try:
        process.start()
        started = process._process.pid
        assert [outcome.saved_count for outcome in run_locally([job], 2, process)] == [2]
        with pytest.raises(ProcessLookupError):
            os.kill(started, 0)
    finally:
        process.stop()


def test_a_stopped_process_records_nothing(tmp_path):
    videos = write_long_clip(tmp_path / "1.webm").parent
    job = plan(videos, tmp_path / "frames", "1").jobs[0]
    process = DecodingProcess()

    def stop_in_the_middle() -> None:
        wait_until_it_writes(None, job.frames)
        process.stop()

    threading.Thread(target=stop_in_the_middle).start()
    with pytest.raises(StoppedError), partial_folder(job.frames) as folder:
        process.extract(job, folder)
    with pytest.raises(StoppedError):
        process.extract(job, tmp_path)
    remove_abandoned(job.frames)
    assert list(job.frames.iterdir()) == []


def test_closing_the_run_stops_all_at_once(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    write_clip(videos / "0.webm", frames=3)
    for number in (1, 2, 3):
        write_long_clip(videos / f"{number}.webm")
    running = run_locally(plan(videos, frames, "0123").jobs, 2)
    assert next(running).saved_count == 3
    wait_until_it_writes(None, frames)
    running.close()
    assert sorted(path.name for path in frames.iterdir()) == [".partial", "0"], "none was waited for"
    assert list((frames / ".partial").iterdir()) == []
