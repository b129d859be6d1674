"""Extraction: the publisher's frames, each video whole, nothing done twice."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import av
import pytest
from clips import packets, smash, write_clip, write_long_clip
from extracting import plain_loop, tree, wait_until_it_writes

from etl.errors import OutputError, VideoError
from etl.extraction import folders as frame_folders
from etl.extraction import one_video as frames_module
from etl.extraction.folders import InTheWayError, StorageError, partial_folder, publish, remove_abandoned
from etl.extraction.one_video import extract_frames
from etl.extraction.outcome import Outcome, extract_video
from etl.extraction.plan import Plan, around, plan_extraction, run_locally, shard_of
from etl.extraction.process import DecodingProcess, StoppedError
from etl.extraction.record import read_record
from etl.videos.messages import Messages
from etl.videos.video import Video


def plan(videos: Path, frames: Path, wanted) -> Plan:
    if not isinstance(wanted, dict):
        wanted = dict.fromkeys(wanted)
    return plan_extraction(videos, frames, wanted, time_limit_s=30)


def extract(videos: Path, frames: Path, wanted, processes: int = 1) -> dict[str, Outcome]:
    planned = plan(videos, frames, wanted)
    outcomes = [*planned.failed, *run_locally(planned.jobs, processes)]
    return {outcome.video_id: outcome for outcome in outcomes}


def reasons(outcome: Outcome) -> list[str]:
    return [problem.reason for problem in outcome.problems]


@pytest.mark.parametrize(
    ("name", "codec", "size"),
    [
        ("1.webm", "vp8", (427, 240)),
        ("1.webm", "vp9", (427, 240)),
        ("1.webm", "vp9", (240, 240)),
        ("1.mp4", "h264", (426, 240)),
        ("1.mkv", "h264", (427, 240)),
        ("1.avi", "mjpeg", (427, 240)),
    ],
)
def test_frames_are_byte_identical_to_the_plain_loops(tmp_path, name, codec, size):
    video = write_clip(tmp_path / "videos" / name, codec, size=size, frames=30)
    if codec == "h264":
        with av.open(str(video)) as container:
            assert av.video.frame.PictureType.B in {frame.pict_type for frame in container.decode(video=0)}
    outcomes = extract(video.parent, tmp_path / "frames", ["1"])
    assert outcomes["1"].saved_count == 30
    assert outcomes["1"].problems == ()
    plain = {path.name: path.read_bytes() for path in plain_loop(video, tmp_path / "plain")}
    ours = {path.name: path.read_bytes() for path in (tmp_path / "frames" / "1").glob("*.jpg")}
    assert len(plain) == 30
    assert ours == plain


def test_a_record_says_what_every_frame_is_and_what_it_was_made_from(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=5)
    extract(video.parent, tmp_path / "frames", ["1"])
    record = read_record(tmp_path / "frames" / "1")
    assert record is not None
    hashes = tree(tmp_path / "frames" / "1")
    assert record.frames.sha256 == [hashes[f"frame_{n:05d}.jpg"] for n in range(5)]
    assert record.frames.size_bytes == [
        (tmp_path / "frames" / "1" / f"frame_{n:05d}.jpg").stat().st_size for n in range(5)
    ]
    assert (record.source.name, record.source.size_bytes) == ("1.webm", video.stat().st_size)
    assert record.decoder == "OpenCV FFMPEG"
    assert "avcodec" in record.decoder_version
    assert record.facts.frame_count == 5


def test_only_the_wanted_frames_are_saved_under_their_numbers(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=12)
    outcome = extract(video.parent, tmp_path / "frames", {"1": {2, 5}})["1"]
    assert outcome.saved_count == 2
    plain = plain_loop(video, tmp_path / "plain")
    for number in (2, 5):
        name = f"frame_{number:05d}.jpg"
        assert (tmp_path / "frames" / "1" / name).read_bytes() == plain[number].read_bytes()
    assert sorted(path.name for path in (tmp_path / "frames" / "1").glob("*.jpg")) == [
        "frame_00002.jpg",
        "frame_00005.jpg",
    ]
    record = read_record(tmp_path / "frames" / "1")
    assert record is not None
    assert len(record.frames.time_s) == 6, "decoded no further than the last one"


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


def test_frames_that_are_there_are_not_made_again_for_fewer(tmp_path):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8").parent, tmp_path / "frames"
    extract(videos, frames, {"1": {3, 5}})
    assert plan(videos, frames, {"1": {3}}).done == ["1"]
    assert [job.video_id for job in plan(videos, frames, {"1": {3, 4}}).jobs] == ["1"]
    assert [job.video_id for job in plan(videos, frames, {"1": None}).jobs] == ["1"]
    extract(videos, frames, {"1": None})
    assert plan(videos, frames, {"1": {3}}).done == ["1"]


def test_a_record_with_columns_of_different_lengths_is_damaged(tmp_path):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=3).parent, tmp_path / "frames"
    extract(videos, frames, "1")
    path = frames / "1" / "extraction.json"
    content = json.loads(path.read_text())
    content["frames"]["width"].pop()
    path.write_text(json.dumps(content))
    with pytest.raises(VideoError, match=r"is damaged \(/frames: found .*width 2, .*, expected columns of one"):
        read_record(frames / "1")
    assert extract(videos, frames, "1")["1"].saved_count == 3


@pytest.mark.parametrize("way", ["replaced", "written to"])
def test_a_video_that_changes_while_it_is_decoded_is_done_again(tmp_path, monkeypatch, way):
    videos, frames = write_clip(tmp_path / "videos" / "1.webm", "vp8", frames=3).parent, tmp_path / "frames"
    other = write_clip(tmp_path / "other.webm", "vp8", frames=5)

    class ChangingVideo(Video):
        def __init__(self, path: Path, messages: Messages | None = None) -> None:
            super().__init__(path, messages)
            if way == "replaced":
                other.replace(path)
            else:
                os.utime(path, ns=(0, 0))

    monkeypatch.setattr(frames_module, "Video", ChangingVideo)
    job = plan(videos, frames, "1").jobs[0]
    with partial_folder(frames) as folder:
        publish(folder, extract_frames(job, folder), frames / "1")
    monkeypatch.undo()
    assert read_record(frames / "1").saved_count == 3
    assert extract(videos, frames, "1")["1"].saved_count == (5 if way == "replaced" else 3)
    assert plan(videos, frames, "1").done == ["1"]


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


def test_what_the_decoder_complains_of_is_in_the_record(tmp_path):
    videos = smash(write_clip(tmp_path / "videos" / "1.mp4", "h264", size=(426, 240)), [4], keep=10).parent
    outcome = extract(videos, tmp_path / "frames", "1")["1"]
    assert reasons(outcome) == ["damaged"]
    assert "the decoder reported" in outcome.problems[0].detail


def test_frames_that_the_decoder_cannot_convert_are_not_saved(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.mp4", "h264, interlaced", size=(426, 240))
    outcome = extract(video.parent, tmp_path / "frames", "1")["1"]
    if outcome.has_failed:  # OpenCV 5.0; older ones convert them
        assert reasons(outcome) == ["undecodable"]
        assert "cannot convert its pictures to BGR" in outcome.problems[0].detail
        assert [path.name for path in (tmp_path / "frames" / "1").iterdir()] == ["extraction.json"]
    else:
        plain = {path.name: path.read_bytes() for path in plain_loop(video, tmp_path / "plain")}
        assert {path.name: path.read_bytes() for path in (tmp_path / "frames" / "1").glob("*.jpg")} == plain


def test_a_video_that_is_cut_off_is_not_called_damaged(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=12)
    position, size = packets(video)[8]
    video.write_bytes(video.read_bytes()[: position + size // 2])
    outcome = extract(video.parent, tmp_path / "frames", "1")["1"]
    assert (reasons(outcome), outcome.saved_count) == (["truncated"], 8)


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


def test_frames_that_cannot_be_written_end_the_run_with_a_clear_error(tmp_path):
    videos = write_clip(tmp_path / "videos" / "1.webm", "vp8").parent
    (tmp_path / "frames").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be written to .*: File exists"):
        plan(videos, tmp_path / "frames", "1")


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


def test_all_shards_together_are_one_machine(tmp_path):
    ids = [str(number) for number in range(1000)]
    shards = [[video_id for video_id in ids if shard_of(video_id, 7) == shard] for shard in range(1, 8)]
    assert sorted(video_id for shard in shards for video_id in shard) == sorted(ids)
    assert all(90 < len(shard) < 200 for shard in shards)
    assert shard_of("20", 16) == 11, "a share must never change, or running arrays would overlap"
    assert shard_of("20", 1) == 1
