"""What an extraction does, leaves and does again; which ids and folders it refuses; the share of each machine."""

from __future__ import annotations

import os

import pytest
from clips import write_clip
from extracting import extract, plan, reasons, tree

from etl.errors import OutputError, VideoError
from etl.extraction import one_video as frames_module
from etl.extraction import plan as plan_module
from etl.extraction.folders import StorageError
from etl.extraction.plan import around, shard_of
from etl.extraction.record import read_record


def test_context_goes_to_both_sides_and_not_below_frame_0():
    assert around({1, 10}, 2) == {0, 1, 2, 3, 8, 9, 10, 11, 12}
    assert around({4}, 0) == {4}


def test_what_is_done_is_left_alone_and_what_changed_is_done_again(tmp_path, monkeypatch):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    for number in range(3):
        write_clip(videos / f"{number}.webm", "vp8", frames=4, seed=number)
    extract(videos, frames, "012")
    assert plan(videos, frames, "012").done == ["0", "1", "2"]

    write_clip(videos / "0.webm", "vp8", frames=5)
    os.utime(videos / "1.webm", ns=(0, 0))
    (frames / "2" / "frame_00003.jpg").unlink()
    assert [job.video_id for job in plan(videos, frames, "012").jobs] == ["0", "1", "2"]
    assert extract(videos, frames, "012")["0"].saved_count == 5
    assert plan(videos, frames, "012").jobs == []

    (frames / "2" / "frame_00000.jpg").write_bytes(b"cut")
    (frames / "1" / "extraction.json").write_text("{}")
    assert [job.video_id for job in plan(videos, frames, "012").jobs] == ["1", "2"]
    extract(videos, frames, "012")

    monkeypatch.setattr(frames_module, "decoder_version", lambda: "another")
    assert len(plan(videos, frames, "012").jobs) == 3
    monkeypatch.undo()
    monkeypatch.setattr(frames_module, "JPEG_QUALITY", 90)
    assert len(plan(videos, frames, "012").jobs) == 3


def test_what_stands_beside_whole_frames_is_in_the_way(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    for number in range(5):
        write_clip(videos / f"{number}.webm", "vp8", frames=4, seed=number)
    extract(videos, frames, "01234")
    (frames / "0" / "notes.txt").write_text("mine")
    (frames / "1" / "frame_00004.jpg").write_text("one too many")
    (frames / "2.tar").mkdir()
    (frames / "3" / "more").mkdir()
    found = plan(videos, frames, "01234")
    assert found.done == ["4"]
    assert [(outcome.video_id, *reasons(outcome)) for outcome in found.failed] == [(n, "in_the_way") for n in "0123"]
    assert found.jobs == []


def test_several_processes_find_what_one_finds(tmp_path, monkeypatch):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    for number in range(5):
        write_clip(videos / f"{number}.webm", "vp8", frames=4, seed=number)
    extract(videos, frames, "01234")
    (frames / "1" / "notes.txt").write_text("mine")
    (frames / "3" / "frame_00001.jpg").unlink()
    by_one = plan(videos, frames, "012345")
    assert (by_one.done, [job.video_id for job in by_one.jobs], by_one.missing) == (["0", "2", "4"], ["3"], ["5"])
    monkeypatch.setattr(plan_module, "LEAST_JOBS", 0)
    for cores in (1, 2, 3, 9):
        monkeypatch.setattr(plan_module, "usable_cores", lambda cores=cores: cores)
        assert plan(videos, frames, "012345") == by_one
    assert plan(videos, frames, "5").missing == ["5"]


def test_frames_that_are_there_are_not_made_again_for_fewer(tmp_path):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8").parent, tmp_path / "frames"
    extract(videos, frames, {"1": {3, 5}})
    assert plan(videos, frames, {"1": {3}}).done == ["1"]
    assert [job.video_id for job in plan(videos, frames, {"1": {3, 4}}).jobs] == ["1"]
    assert [job.video_id for job in plan(videos, frames, {"1": None}).jobs] == ["1"]
    extract(videos, frames, {"1": None})
    assert plan(videos, frames, {"1": {3}}).done == ["1"]


def test_a_failed_video_is_tried_again(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    content = write_clip(videos / "1.webm", "vp8").read_bytes()
    (videos / "1.webm").write_bytes(b"<html>")
    assert extract(videos, frames, "1")["1"].has_failed
    assert [job.video_id for job in plan(videos, frames, "1").jobs] == ["1"]
    (videos / "1.webm").write_bytes(content)
    assert not extract(videos, frames, "1")["1"].has_failed


def test_a_video_that_broke_has_no_frames_any_more(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    extract(write_clip(videos / "1.webm", "vp8").parent, frames, "1")
    (videos / "1.webm").write_bytes(b"<html>")
    extract(videos, frames, "1")
    assert [path.name for path in (frames / "1").iterdir()] == ["extraction.json"]
    assert read_record(frames / "1").has_failed


def test_frames_stay_when_their_video_is_gone(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    extract(write_clip(videos / "1.webm", "vp8").parent, frames, "1")
    before = tree(frames)
    (videos / "1.webm").unlink()
    assert plan(videos, frames, "1").missing == ["1"]
    assert tree(frames) == before


def test_two_files_for_one_id_are_a_problem_that_names_both(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    write_clip(videos / "a" / "1.webm", "vp8")
    write_clip(videos / "b" / "1.mp4", "h264", size=(426, 240))
    outcome = extract(videos, frames, "1")["1"]
    assert reasons(outcome) == ["two_files"]
    assert str(videos / "a" / "1.webm") in outcome.problems[0].detail
    assert str(videos / "b" / "1.mp4") in outcome.problems[0].detail
    assert read_record(frames / "1").problems == list(outcome.problems)


@pytest.mark.parametrize("video_id", ["", ".", "..", ".partial", "a/b", "../x", "a\0b", "x" * 300])
def test_an_id_that_cannot_name_a_folder_is_refused(tmp_path, video_id):
    with pytest.raises(VideoError, match="cannot be the name of a folder"):
        plan(tmp_path, tmp_path / "frames", [video_id])


def test_the_longest_id_that_builds_can_be_extracted(tmp_path):
    longest = "x" * 200
    assert plan(tmp_path, tmp_path / "frames", [longest]).missing == [longest]
    with pytest.raises(VideoError, match="cannot be the name of a folder"):
        plan(tmp_path, tmp_path / "frames", [longest + "x"])


def test_no_frames_are_put_among_the_builds_of_a_warehouse(tmp_path):
    with pytest.raises(OutputError, match="which the next build of that warehouse clears"):
        plan(tmp_path, tmp_path / ".builds" / "frames", "1")
    assert list(tmp_path.iterdir()) == []


def test_frames_that_cannot_be_written_end_the_run_with_a_clear_error(tmp_path):
    videos = write_clip(tmp_path / "videos" / "1.webm", "vp8").parent
    (tmp_path / "frames").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be written to .*: it is not a folder, expected one to write to"):
        plan(videos, tmp_path / "frames", "1")


def test_all_shards_together_are_one_machine(tmp_path):
    ids = [str(number) for number in range(1000)]
    shards = [[video_id for video_id in ids if shard_of(video_id, 7) == shard] for shard in range(1, 8)]
    assert sorted(video_id for shard in shards for video_id in shard) == sorted(ids)
    assert all(90 < len(shard) < 200 for shard in shards)
    assert shard_of("20", 16) == 11, "a share must never change, or running arrays would overlap"
    assert shard_of("20", 1) == 1
