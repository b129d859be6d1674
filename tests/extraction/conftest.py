"""Frames of one video as a folder and as a pack; a decoding process, and what it says of a video."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packing import write_folder

import etl
from etl.extraction.one_video import Job
from etl.extraction.outcome import Outcome, extract_video
from etl.extraction.process import DecodingProcess
from etl.extraction.record import Record, read_record


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    write_folder(folder)
    return folder


@pytest.fixture
def packed(frames: Path) -> Path:
    assert etl.pack(frames).converted == ("1",)
    return frames


@pytest.fixture(scope="module")
def process() -> Iterator[DecodingProcess]:
    """One decoding process for all."""
    started = DecodingProcess()
    yield started
    started.stop()


@pytest.fixture
def described(process: DecodingProcess, tmp_path: Path) -> Callable[[Path], tuple[dict[str, str], Record]]:
    """A function that extracts a video: its problems by reason, and its record."""

    def describe(path: Path) -> tuple[dict[str, str], Record]:
        frames = tmp_path / "frames"
        outcome: Outcome = extract_video(Job(path.stem, path, frames, None, 60.0), process)
        record = read_record(frames / path.stem)
        assert record is not None
        return {problem.reason: problem.detail for problem in outcome.problems}, record

    return describe
