"""Videos without a label: extracted with the others, and known to SQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from clips import smash, write_clip
from extracting import run, write_warehouse

import etl
from etl.errors import OptionError, VideoError

FACTS = "select video_id, width, height, frame_count, codec, video_file, saved_frame_count from unlabelled_videos"
ROWS = [("9", 427, 240, 5, "vp8", "9.webm", 5), ("10", 320, 240, 4, "vp8", "10.webm", 4)]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A warehouse of the videos 2 and 7; a folder of the videos 2, 10 and 9; a folder for their frames."""
    warehouse = write_warehouse(tmp_path, {"2": [0], "7": [1]})
    write_clip(tmp_path / "videos" / "2.webm", "vp8", frames=3)
    write_clip(tmp_path / "videos" / "deep" / "10.webm", "vp8", size=(320, 240), frames=4)
    write_clip(tmp_path / "videos" / "9.webm", "vp8", frames=5)
    return warehouse, tmp_path / "videos", tmp_path / "frames"


def ask(warehouse: Path, sql: str) -> list[tuple]:
    with etl.open_warehouse(warehouse) as opened:
        return opened.query(sql).fetchall()


@pytest.mark.parametrize("pack", [False, True])
def test_every_video_file_is_extracted_and_known_to_sql_after_each_build(folders, pack):
    warehouse, videos, frames = folders
    found = etl.extract(videos, frames=frames, warehouse=warehouse, unlabelled=True, pack=pack, jobs=1)
    assert sorted(outcome.video_id for outcome in found.outcomes) == ["10", "2", "9"]
    assert found.missing == ("7",)
    assert ask(warehouse, FACTS) == ROWS
    assert ask(warehouse, "select distinct video_id from frame_index order by all") == [("2",), ("7",)]
    assert {path.suffix for path in frames.iterdir() if path.name[0] != "."} == ({".tar"} if pack else {""})
    with etl.open_warehouse(warehouse) as opened:
        assert not etl.check(opened).failed

    etl.build(warehouse.parent / "metadata", warehouse, frames=frames)
    assert ask(warehouse, FACTS) == ROWS
    again = etl.extract(videos, frames=frames, warehouse=warehouse, unlabelled=True, pack=pack, jobs=1)
    assert sorted(again.skipped) == ["10", "2", "9"]
    assert ask(warehouse, FACTS) == ROWS


def test_without_being_asked_for_no_unlabelled_video_is_extracted(folders):
    warehouse, videos, frames = folders
    found = etl.extract(videos, frames=frames, warehouse=warehouse, jobs=1)
    assert [outcome.video_id for outcome in found.outcomes] == ["2"]
    assert ask(warehouse, FACTS) == []


def test_an_unlabelled_video_that_gives_no_frames_has_a_row_without_facts_and_its_reason(folders):
    warehouse, videos, frames = folders
    (videos / "9.webm").write_text("<html>")
    (videos / "deep" / "10.webm").unlink()
    smash(write_clip(videos / "10.mp4", "h264", size=(426, 240)), [4])
    found = etl.extract(videos, frames=frames, warehouse=warehouse, unlabelled=True, jobs=1)
    assert [outcome.video_id for outcome in found.failed] == ["9"]
    rows = ask(warehouse, "select video_id, frame_count is null, saved_frame_count = 0 from unlabelled_videos")
    assert rows == [("9", True, True), ("10", False, False)]
    problems = ask(warehouse, "select video_id, reason, level from extraction_problems order by video_id::integer")
    assert problems == [("7", "missing", "error"), ("9", "not_a_video", "error"), ("10", "damaged", "warning")]


def test_shares_leave_the_unlabelled_videos_to_a_build(folders):
    warehouse, videos, frames = folders
    for number in (1, 2, 3):
        etl.extract(videos, frames=frames, warehouse=warehouse, unlabelled=True, shard=(number, 3), jobs=1)
    assert ask(warehouse, FACTS) == []
    etl.build(warehouse.parent / "metadata", warehouse, frames=frames)
    assert ask(warehouse, FACTS) == ROWS


def test_what_no_extraction_wrote_among_the_frames_is_no_unlabelled_video(folders):
    warehouse, videos, frames = folders
    etl.extract(videos, frames=frames, warehouse=warehouse, jobs=1)
    (frames / "notes").mkdir()
    (frames / "notes" / "todo.txt").write_text("label these")
    (frames / "backup.tar").write_bytes(b"no pack")
    (frames / "nothing").mkdir()
    etl.build(warehouse.parent / "metadata", warehouse, frames=frames)
    assert ask(warehouse, FACTS) == []


def test_a_damaged_record_of_an_unlabelled_video_is_named_and_the_warehouse_stays(folders):
    warehouse, videos, frames = folders
    etl.extract(videos, frames=frames, warehouse=warehouse, unlabelled=True, jobs=1)
    (frames / "9" / "extraction.json").write_text("{")
    with pytest.raises(VideoError, match=r"9/extraction\.json is damaged"):
        etl.build(warehouse.parent / "metadata", warehouse, frames=frames)
    assert ask(warehouse, FACTS) == ROWS


def test_a_name_that_can_be_no_video_id_is_told_and_left_out(folders):
    warehouse, videos, frames = folders
    write_clip(videos / " 11.webm", "vp8", frames=2)
    found = etl.extract(videos, frames=frames, warehouse=warehouse, unlabelled=True, jobs=1)
    assert found.warnings == ("the name ' 11' of a video file cannot be a video id; it is left out",)
    assert ask(warehouse, FACTS) == ROWS


def test_annotated_frames_of_unlabelled_videos_cannot_be_asked_for(folders):
    warehouse, videos, frames = folders
    with pytest.raises(OptionError, match="--unlabelled goes with --only all"):
        etl.extract(videos, frames=frames, warehouse=warehouse, unlabelled=True, only="annotated")


def test_a_dry_run_counts_the_unlabelled_videos_too(folders):
    warehouse, videos, frames = folders
    arguments = ("extract", "--videos", videos, "--frames", frames, "--warehouse", warehouse, "--dry-run")
    assert run(*arguments).stdout.split()[:2] == ["videos", "1"]
    assert run(*arguments, "--unlabelled").stdout.split()[:2] == ["videos", "3"]
    assert not frames.exists()
