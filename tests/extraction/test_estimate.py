"""A dry run: what an extraction would make, counted before and after."""

from __future__ import annotations

from pathlib import Path

import pytest
from clips import write_clip
from extracting import run, tree, write_warehouse

from etl.build.extract import estimate_extraction, extract
from etl.errors import OptionError, VideoError
from etl.extraction.estimate import declared_frames

SIZE = (128, 96)


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """Videos of 12 and 24 frames in four containers; one has two files, one none, one is a web page."""
    folder = tmp_path / "videos"
    for name, codec, frames in (
        ("1.webm", "vp9", 12),
        ("2.mp4", "h264", 24),
        ("3.avi", "mjpeg", 12),
        ("4.mkv", "vp8", 24),
    ):
        write_clip(folder / name, codec, size=SIZE, frames=frames)
    write_clip(folder / "5.webm", "vp8", size=SIZE, frames=2)
    write_clip(folder / "again" / "5.webm", "vp8", size=SIZE, frames=2)
    (folder / "7.webm").write_text("<html>")
    return folder


ANNOTATED = {"1": [3], "2": [1, 20], "3": [0], "4": [50], "5": [0], "6": [0], "7": [0]}


def test_frames_are_counted_by_what_the_headers_declare(videos):
    found = {path.stem: declared_frames(path) for path in videos.iterdir() if path.is_file()}
    assert found == {"1": 12, "2": 24, "3": 12, "4": 24, "5": 2, "7": 0}


def test_what_a_dry_run_says_is_what_a_run_makes_and_it_writes_nothing(videos, tmp_path):
    warehouse = write_warehouse(tmp_path, ANNOTATED)
    before = tree(tmp_path)
    planned = estimate_extraction(videos, frames=tmp_path / "frames", warehouse=warehouse)
    assert tree(tmp_path) == before
    assert not (tmp_path / "frames").exists()
    made = extract(videos, frames=tmp_path / "frames", warehouse=warehouse)
    written = list((tmp_path / "frames").glob("[1-4]/*"))
    assert planned.estimate.frames == made.saved_count == 72
    assert planned.estimate.files == len(written) + 1, "and the record of the web page"
    size = sum(path.stat().st_size for path in written)
    assert planned.estimate.size_bytes == pytest.approx(size, rel=0.25)
    assert planned.missing == made.missing == ("6",)
    assert [outcome.video_id for outcome in planned.failed] == ["5"]
    assert planned.estimate.seconds > 0
    again = estimate_extraction(videos, frames=tmp_path / "frames", warehouse=warehouse)
    assert again.skipped == ("1", "2", "3", "4")
    assert (again.estimate.videos, again.estimate.frames) == (1, 0)


def test_only_the_annotated_frames_are_counted_where_only_they_are_saved(videos, tmp_path):
    warehouse = write_warehouse(tmp_path, ANNOTATED)
    planned = estimate_extraction(videos, frames=tmp_path / "frames", warehouse=warehouse, only="annotated")
    made = extract(videos, frames=tmp_path / "frames", warehouse=warehouse, only="annotated")
    assert planned.estimate.files - planned.estimate.videos == made.saved_count == 4
    assert planned.estimate.frames == 4 + 21 + 1 + 24


def test_a_dry_run_refuses_what_a_run_refuses(videos, tmp_path):
    warehouse = write_warehouse(tmp_path, ANNOTATED)
    with pytest.raises(OptionError, match="expected 'all' or 'annotated'"):
        estimate_extraction(videos, warehouse=warehouse, only="some")
    (tmp_path / "empty").mkdir()
    with pytest.raises(VideoError, match="none of the 7 labelled videos"):
        estimate_extraction(tmp_path / "empty", warehouse=warehouse)


def test_the_command_prints_the_plan_and_how_it_was_measured(videos, tmp_path):
    warehouse = write_warehouse(tmp_path, ANNOTATED)
    arguments = ["extract", "--videos", videos, "--frames", tmp_path / "frames", "--warehouse", warehouse, "--dry-run"]
    answer = run(*arguments, "--jobs", "2")
    assert answer.returncode == 0, answer.stderr
    lines = [" ".join(line.split()) for line in answer.stdout.splitlines()]
    assert lines[0] == "videos 5 (besides 0 done before, 1 without a file, 1 to fail)"
    assert lines[1] == "frames 72 to decode, by the declared durations"
    assert lines[2] == "files 77 frames to save, and a record for each video"
    assert lines[4].endswith("with 2 processes")
    assert "extracted into a temporary folder by one process: " in lines[5]
    assert f"nothing is written to {tmp_path / 'frames'}" in lines[5]
    assert not (tmp_path / "frames").exists()
    assert run(*arguments, "--dask", "tcp://x:1").returncode == 2
