"""Folders of frames: whole or not there, what others wrote stays, what killed runs left goes."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
from clips import write_clip
from extracting import extract, plan, reasons, tree

from etl.extraction import folders as frame_folders
from etl.extraction.folders import InTheWayError, StorageError, partial_folder, publish, remove_abandoned
from etl.extraction.outcome import extract_video
from etl.extraction.process import DecodingProcess
from etl.extraction.record import read_record


def test_what_no_extraction_wrote_is_in_the_way_and_stays(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    for name in "1234567":
        write_clip(videos / f"{name}.webm", "vp8", frames=2)
    (frames / "1" / "old").mkdir(parents=True)
    (frames / "2").write_text("a file")
    (frames / "3").symlink_to(tmp_path / "nowhere")
    (frames / "4").mkdir()
    (frames / "4" / "frame_00000.jpg").write_text("of another tool")
    extract(videos, frames, "567")
    (frames / "5" / "notes.txt").write_text("mine")
    (frames / "6" / "frame_00002.jpg").write_text("not recorded")
    (frames / "7" / "extraction.json").write_text("{}")
    (frames / "7" / "notes.txt").write_text("mine")
    for name in "567":
        os.utime(videos / f"{name}.webm", ns=(0, 0))  # asks for another extraction
    before = tree(frames)
    outcomes = extract(videos, frames, "1234567")
    assert {name: reasons(outcome) for name, outcome in outcomes.items()} == {
        name: ["in_the_way"] for name in "1234567"
    }
    assert f"{frames / '1'} is in the way" in outcomes["1"].problems[0].detail
    assert tree(frames) == before
    assert (frames / "1" / "old").is_dir()
    assert (frames / "3").is_symlink()


def test_videos_in_folders_of_their_own_survive_an_extraction_into_the_same_folder(tmp_path):
    video = write_clip(tmp_path / "nest" / "1" / "1.webm", "vp8", frames=2)
    assert reasons(extract(tmp_path / "nest", tmp_path / "nest", "1")["1"]) == ["in_the_way"]
    assert video.is_file()


def test_what_comes_into_a_videos_place_while_it_is_decoded_stays(tmp_path):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=2).parent, tmp_path / "frames"
    job = plan(videos, frames, "1").jobs[0]
    (frames / "1").mkdir()
    (frames / "1" / "notes.txt").write_text("mine")
    process = DecodingProcess()
    try:
        outcome = extract_video(job, process)
    finally:
        process.stop()
    assert (reasons(outcome), outcome.has_failed) == (["in_the_way"], True)
    assert (frames / "1" / "notes.txt").read_text() == "mine"
    assert [path.name for path in frames.glob(".partial/*")] == []


def test_an_empty_folder_in_a_videos_place_is_replaced(tmp_path):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=2).parent, tmp_path / "frames"
    (frames / "1").mkdir(parents=True)
    assert extract(videos, frames, "1")["1"].saved_count == 2


def test_frames_stay_when_a_second_file_for_their_video_turns_up(tmp_path):
    videos, frames = tmp_path / "videos", tmp_path / "frames"
    extract(write_clip(videos / "1.webm", "vp8", frames=2).parent, frames, "1")
    before = tree(frames)
    write_clip(videos / "1.mp4", "h264", size=(426, 240), frames=2)
    outcome = extract(videos, frames, "1")["1"]
    assert (reasons(outcome), outcome.has_failed) == (["two_files"], True)
    assert tree(frames) == before


def test_what_a_hidden_folder_holds_of_others_is_never_removed(tmp_path):
    (tmp_path / ".partial" / "mine").mkdir(parents=True)
    os.utime(tmp_path / ".partial" / "mine", (0, 0))
    remove_abandoned(tmp_path)
    assert (tmp_path / ".partial" / "mine").is_dir()


def test_a_hidden_folder_that_is_a_link_is_neither_cleared_nor_written_to(tmp_path):
    elsewhere = tmp_path / "elsewhere" / f"999999999@{socket.gethostname()}.a"
    elsewhere.mkdir(parents=True)
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / ".partial").symlink_to(elsewhere.parent)
    remove_abandoned(tmp_path / "frames")
    with pytest.raises(StorageError, match="links are not followed"), partial_folder(tmp_path / "frames"):
        pass
    assert list(elsewhere.parent.iterdir()) == [elsewhere]


def test_a_process_number_that_no_process_can_have_is_not_ours(tmp_path):
    left = tmp_path / ".partial" / f"{10**20}@{socket.gethostname()}.a"
    left.mkdir(parents=True)
    remove_abandoned(tmp_path)
    assert left.is_dir()


def test_what_killed_runs_left_is_removed_and_what_runs_is_not(tmp_path):
    with partial_folder(tmp_path) as running:
        host = running.name.partition("@")[2].rpartition(".")[0]
        for name in (f"4194304@{host}.abc", f"4194304@{host}.abc.old", "1@elsewhere.def", f"1@{host}.ghi"):
            (running.parent / name / "deep").mkdir(parents=True)
        day_s = 24 * 3600
        for name, age_s in {"1@elsewhere.def": day_s + 60, "2@elsewhere.new": day_s - 60}.items():
            (running.parent / name).mkdir(exist_ok=True)
            os.utime(running.parent / name, (time.time() - age_s,) * 2)
        remove_abandoned(tmp_path)
        left = {path.name for path in running.parent.iterdir()}
        assert left == {running.name, f"1@{host}.ghi", "2@elsewhere.new"}


@pytest.mark.parametrize(("hours", "is_left"), [(23.9, True), (24.1, False)])
def test_what_another_machine_left_is_removed_after_a_day(tmp_path, hours, is_left):
    left = tmp_path / ".partial" / "1@elsewhere.abc"
    left.mkdir(parents=True)
    then = time.time() - hours * 3600
    os.utime(left, (then, then))
    remove_abandoned(tmp_path)
    assert left.exists() is is_left


def test_a_run_that_ends_does_not_take_the_folder_of_another_ones_unfinished_frames(tmp_path):
    errors = []

    def often(act) -> None:
        try:
            for _ in range(1000):
                act()
        except BaseException as error:
            errors.append(error)

    def begin_a_video() -> None:
        with partial_folder(tmp_path):
            pass

    def end_a_run() -> None:
        remove_abandoned(tmp_path)

    acts = (begin_a_video, begin_a_video, end_a_run, end_a_run)
    threads = [threading.Thread(target=often, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_two_that_publish_one_video_at_a_time_leave_a_whole_one(tmp_path):
    videos = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=3).parent
    frames = tmp_path / "frames"
    extract(videos, frames, "1")
    record = read_record(frames / "1")
    assert record is not None
    expected = tree(frames)
    errors = []

    def publish_often() -> None:
        try:
            for _ in range(50):
                with partial_folder(frames) as folder:
                    for path in list((tmp_path / "copy").glob("*.jpg")):
                        (folder / path.name).write_bytes(path.read_bytes())
                    publish(folder, record, frames / "1")
        except BaseException as error:
            errors.append(error)

    (frames / "1").rename(tmp_path / "copy")
    threads = [threading.Thread(target=publish_often) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    remove_abandoned(frames)
    assert tree(frames) == expected


def test_a_folder_that_another_process_moves_away_while_it_is_looked_at_is_not_in_the_way(tmp_path, monkeypatch):
    videos = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=3).parent
    frames, place = tmp_path / "frames", tmp_path / "frames" / "1"
    extract(videos, frames, "1")
    expected = tree(place)
    record = read_record(place)
    assert record is not None
    look = frame_folders._has_others
    looks = []

    def look_while_another_publishes(folder: int, target: Path) -> bool:
        looks.append(target)
        if len(looks) == 1:
            (place / "extraction.json").rename(tmp_path / "record")
            place.rename(tmp_path / "half removed")
            shutil.copytree(tmp_path / "half removed", place)
            shutil.copy(tmp_path / "record", place / "extraction.json")
        return look(folder, target)

    monkeypatch.setattr(frame_folders, "_has_others", look_while_another_publishes)
    with partial_folder(frames) as folder:
        for path in place.glob("*.jpg"):
            shutil.copy(path, folder)
        publish(folder, record, place)
    assert len(looks) >= 2
    assert tree(place) == expected


def test_what_comes_into_a_videos_place_in_the_moment_after_the_look_goes_back(tmp_path, monkeypatch):
    videos = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=3).parent
    frames, place = tmp_path / "frames", tmp_path / "frames" / "1"
    extract(videos, frames, "1")
    record = read_record(place)
    assert record is not None
    look = frame_folders._has_others

    def look_before_another_comes(folder: int, target: Path) -> bool:
        has_others = look(folder, target)
        if not (tmp_path / "moved").exists():
            place.rename(tmp_path / "moved")
            place.mkdir()
            (place / "notes.txt").write_text("mine")
        return has_others

    monkeypatch.setattr(frame_folders, "_has_others", look_before_another_comes)
    with partial_folder(frames) as folder, pytest.raises(InTheWayError):
        publish(folder, record, place)
    assert [path.name for path in place.iterdir()] == ["notes.txt"]
