"""Folders become packs and packs folders: nothing is lost on the way there and back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from clips import write_clip
from extracting import PROJECT, run, tree, write_warehouse
from packing import PICTURES, recorded, write_folder

import etl
from etl.errors import VideoError
from etl.extraction import convert, folders
from etl.extraction.folders import working_on
from etl.extraction.frames import read_frame
from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.record import read_record
from etl.extraction.standing import read_standing
from etl.files import exchange


def test_a_damaged_pack_of_ours_is_extracted_anew(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=4)
    frames = tmp_path / "frames"

    def extract() -> int:
        plan = plan_extraction(video.parent, frames, {"1": None}, time_limit_s=30, as_pack=True)
        return sum(outcome.saved_count for outcome in run_locally(plan.jobs, 1))

    assert extract() == 4
    whole = (frames / "1.tar").read_bytes()
    os.truncate(frames / "1.tar", 5000)
    assert extract() == 4
    assert (frames / "1.tar").read_bytes() == whole
    assert extract() == 0


def test_a_folder_and_a_pack_that_differ_are_an_error_that_names_both(packed):
    write_folder(packed, pictures={0: b"\xff\xd8 other"})
    before = tree(packed)
    with pytest.raises(VideoError) as caught:
        read_standing(packed, "1")
    assert str(packed / "1") in str(caught.value)
    assert str(packed / "1.tar") in str(caught.value)
    assert len(etl.pack(packed).problems) == len(etl.unpack(packed).problems) == 1
    assert tree(packed) == before


@pytest.mark.parametrize("turn", [etl.pack, etl.unpack])
def test_both_forms_of_one_extraction_are_what_a_killed_run_left_and_the_next_one_ends_it(packed, turn):
    write_folder(packed)
    assert read_standing(packed, "1").record.saved_count == 3
    assert turn(packed).converted == ("1",)
    assert len(list(packed.iterdir())) == 1
    assert read_frame(packed, recorded(3)) == PICTURES[3]


def test_a_folder_whose_frame_is_not_as_recorded_is_not_packed_and_stays(frames):
    (frames / "1" / "frame_00002.jpg").write_bytes(b"\xff\xd8 two" * 299 + b"\xff\xd8 owt")
    before = tree(frames)
    assert "frame_00002.jpg is not the frame that was extracted" in etl.pack(frames).problems[0]
    assert tree(frames) == before


def test_a_folder_with_something_of_the_users_is_not_packed_and_stays(frames):
    (frames / "1" / "notes.txt").write_text("mine")
    before = tree(frames)
    assert "in the way" in etl.pack(frames).problems[0]
    assert tree(frames) == before


def test_a_full_disk_while_packing_loses_nothing_and_says_so(frames, monkeypatch):
    before = tree(frames)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(convert, "write_pack", no_room)
    with pytest.raises(VideoError, match="No space left on device"):
        etl.pack(frames)
    assert tree(frames) == before


def test_packing_excludes_other_work_on_the_folder(frames):
    with working_on(frames), pytest.raises(VideoError, match="another command works on"):
        etl.pack(frames)
    with working_on(frames), working_on(frames):
        pass
    assert etl.pack(frames).converted == ("1",)


def test_the_command_says_what_became_of_the_videos(frames):
    write_folder(frames, "2")
    (frames / "2" / "frame_00000.jpg").unlink()
    ended = run("pack", frames)
    assert ended.returncode == 1
    assert "packed          1" in ended.stdout
    assert "left: 2: " in ended.stderr
    shutil.rmtree(frames / "2")
    ended = run("unpack", frames)
    assert (ended.returncode, read_record(frames / "1").saved_count) == (0, 3)


@pytest.mark.parametrize(
    "options",
    [
        ("unpack and pack", "--kills", "20"),  # of each of the two
        ("extract --pack", "--kills", "10"),  # of each of two sets of videos
        ("unpack and pack", "--disks"),
    ],
)
def test_no_kill_and_no_full_disk_loses_or_halves_a_video(options: tuple[str, ...]):
    script = [sys.executable, str(PROJECT / "tests/soak/frames.py"), "--only", *options]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ended = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " 0 faults" in ended.stdout


@pytest.mark.parametrize("as_pack", [False, True])
@pytest.mark.parametrize("is_in_one_step", [True, False])
def test_frames_that_are_extracted_anew_change_places_with_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_pack: bool, is_in_one_step: bool
):
    frames, places = tmp_path / "frames", []

    def watched(one: Path, other: Path) -> bool:
        places.append(one.name)  # where the old ones stand
        return is_in_one_step and exchange(one, other)

    monkeypatch.setattr(folders, "exchange", watched)
    frames.mkdir()
    for pictures in ({0: b"old"}, {0: b"new", 1: b"more"}):
        with folders.partial_folder(frames) as partial:
            source = write_folder(tmp_path / str(len(pictures)), "1", pictures)
            record = read_record(source)
            assert record
            shutil.copytree(source, partial, dirs_exist_ok=True)
            folders.publish(partial, record, frames / "1", as_pack=as_pack)
    standing = read_standing(frames, "1")
    assert standing
    assert standing.record.saved_count == 2
    assert (standing.offsets is not None) == as_pack
    assert places == ["1.tar" if as_pack else "1"]
    assert len(list(frames.iterdir())) == 2  # with the folder .partial, which the end of an extraction removes


def test_exports_drawings_and_report_examples_are_the_same_from_packs_as_from_folders(tmp_path):
    write_clip(tmp_path / "videos" / "1.webm", frames=5)
    warehouse, frames = write_warehouse(tmp_path, {"1": [2]}), tmp_path / "frames"
    etl.extract(tmp_path / "videos", frames=frames, warehouse=warehouse)
    jpeg = (frames / "1" / "frame_00002.jpg").read_bytes()
    made = {}
    for form in ("folder", "pack"):
        out = tmp_path / form
        export = etl.export(warehouse, "coco", out / "coco", frames=frames)
        drawn = etl.annotate(warehouse, out / "drawn", frames=frames)
        assert (drawn.frames, drawn.problems) == (1, ())
        report = etl.report(warehouse, out / "report", examples=1, frames=frames)
        (picture,) = (out / "coco").rglob("frame_00002.jpg")
        assert picture.is_symlink() == (form == "folder"), "a frame in a pack has no file to link to"
        assert picture.read_bytes() == jpeg
        made[form] = drawn.paths[0].read_bytes(), report.page.read_bytes()
        assert export.account.written == 1
        etl.pack(frames)
    assert made["folder"] == made["pack"]
