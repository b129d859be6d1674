"""Packs: one file for each video, the same bytes as the folder, and nothing lost on the way there and back."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import msgspec
import pytest
from clips import write_clip
from extracting import PROJECT, plain_loop, run, tree, write_warehouse

import etl
from etl.errors import VideoError
from etl.extraction import convert, folders
from etl.extraction.folders import working_on
from etl.extraction.frames import RecordedFrame, packed_frames, read_frame
from etl.extraction.pack_file import read_pack
from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.record import read_record
from etl.extraction.standing import read_standing
from etl.files import exchange

PICTURES = {0: b"\xff\xd8 zero", 2: b"\xff\xd8 two" * 300, 3: b"\xff\xd8" + bytes(510)}


def write_folder(frames: Path, video_id: str = "1", pictures: dict[int, bytes] = PICTURES) -> Path:
    """Write a video's folder as an extraction leaves it, without decoding anything."""
    folder = frames / video_id
    folder.mkdir(parents=True)
    count = max(pictures) + 1
    saved = [pictures.get(number) for number in range(count)]
    record = {
        "video_id": video_id,
        "wanted": sorted(pictures),
        "jpeg_quality": 95,
        "decoder": "OpenCV FFMPEG",
        "decoder_version": "1",
        "source": {"name": f"{video_id}.webm", "size_bytes": 1, "modified_ns": 1},
        "facts": {
            "width": 8,
            "height": 8,
            "frame_count": None,
            "frame_rate": None,
            "duration_s": None,
            "is_variable_rate": None,
            "codec": "vp9",
            "declared_frame_count": None,
        },
        "frames": {
            "time_s": [None] * count,
            "width": [8] * count,
            "height": [8] * count,
            "size_bytes": [content and len(content) for content in saved],
            "sha256": [content and hashlib.sha256(content).hexdigest() for content in saved],
        },
        "problems": [],
        "version": 2,
    }
    (folder / "extraction.json").write_bytes(msgspec.json.encode(record))
    for number, content in pictures.items():
        (folder / f"frame_{number:05d}.jpg").write_bytes(content)
    return folder


def recorded(number: int, offset: int | None = None) -> RecordedFrame:
    content = PICTURES[number]
    return RecordedFrame("1", number, len(content), hashlib.sha256(content).hexdigest(), offset)


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    write_folder(folder)
    return folder


@pytest.fixture
def packed(frames: Path) -> Path:
    assert etl.pack(frames).converted == ("1",)
    return frames


def members(pack: Path) -> dict[str, bytes]:
    with tarfile.open(pack) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


def test_a_pack_holds_the_record_first_and_every_frame_to_the_byte_and_unpacks_to_the_same_folder(frames):
    before = {path.name: path.read_bytes() for path in (frames / "1").iterdir()}
    etl.pack(frames)
    assert [path.name for path in frames.iterdir()] == ["1.tar"]
    found = members(frames / "1.tar")
    assert list(found) == ["extraction.json", "frame_00000.jpg", "frame_00002.jpg", "frame_00003.jpg"]
    assert found == before
    first = (frames / "1.tar").read_bytes()
    etl.unpack(frames)
    assert [path.name for path in frames.iterdir()] == ["1"]
    assert {path.name: path.read_bytes() for path in (frames / "1").iterdir()} == before
    os.utime(frames / "1" / "frame_00000.jpg", (1, 1))
    etl.pack(frames)
    assert (frames / "1.tar").read_bytes() == first, "the same frames make the same bytes"


def test_extract_pack_makes_the_frames_of_the_plain_loop_and_the_bytes_of_pack(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=6)
    for as_pack, name in ((True, "packs"), (False, "folders")):
        plan = plan_extraction(video.parent, tmp_path / name, {"1": None}, time_limit_s=30, as_pack=as_pack)
        assert [outcome.saved_count for outcome in run_locally(plan.jobs, 1)] == [6]
    assert [path.name for path in (tmp_path / "packs").iterdir() if path.name != ".partial"] == ["1.tar"]
    plain = {path.name: path.read_bytes() for path in plain_loop(video, tmp_path / "plain")}
    found = members(tmp_path / "packs" / "1.tar")
    del found["extraction.json"]
    assert found == plain
    etl.pack(tmp_path / "folders")
    assert tree(tmp_path / "folders") == tree(tmp_path / "packs")
    again = plan_extraction(video.parent, tmp_path / "packs", {"1": None}, time_limit_s=30)
    assert again.done == ["1"], "a pack is done, whichever form is asked for"
    os.utime(video, (1, 1))
    for as_pack, name in ((False, "1"), (True, "1.tar")):
        os.utime(video, (1, 2 + as_pack))
        plan = plan_extraction(video.parent, tmp_path / "packs", {"1": None}, time_limit_s=30, as_pack=as_pack)
        list(run_locally(plan.jobs, 1))
        assert [path.name for path in (tmp_path / "packs").iterdir() if path.name != ".partial"] == [name]


def test_the_index_names_the_pack_and_where_each_frame_begins(tmp_path):
    write_clip(tmp_path / "videos" / "1.webm", frames=5)
    warehouse = write_warehouse(tmp_path, {"1": [2]})
    etl.extract(tmp_path / "videos", frames=tmp_path / "frames", warehouse=warehouse, pack=True)
    content = (tmp_path / "frames" / "1.tar").read_bytes()
    with etl.open_warehouse(warehouse) as opened:
        rows = opened.query("select file, offset_bytes, size_bytes, sha256 from frame_index").fetchall()
        assert len(rows) == 5
        for file, offset, size, sha256 in rows:
            assert file == "1.tar"
            assert hashlib.sha256(content[offset : offset + size]).hexdigest() == sha256


@pytest.mark.parametrize("offset", [None, 0, 1024, 10**9])
def test_a_packed_frame_is_read_whatever_the_index_says_of_its_place(packed, offset):
    assert read_frame(packed, recorded(2, offset)) == PICTURES[2]


def test_a_frame_is_read_from_its_folder_though_the_index_names_a_pack(frames):
    assert read_frame(frames, recorded(2, 512)) == PICTURES[2]
    assert packed_frames(frames, "1", [2]) == {}


def test_frames_without_an_index_come_from_the_pack_checked(packed):
    assert packed_frames(packed, "1", [0, 1, 2, 99, -1]) == {0: PICTURES[0], 2: PICTURES[2]}


@pytest.mark.parametrize("cut", [100, 600, 3000])
def test_a_pack_that_is_cut_off_is_named_with_the_frame(packed, cut):
    os.truncate(packed / "1.tar", cut)
    with pytest.raises(VideoError, match=r"frame_00003\.jpg.*1\.tar") as caught:
        read_frame(packed, recorded(3))
    assert "damaged" in str(caught.value)


def test_a_pack_with_a_flipped_byte_is_named_with_the_frame(packed):
    content = bytearray((packed / "1.tar").read_bytes())
    pack = read_pack(packed / "1.tar", "1")
    assert pack is not None
    content[pack.offsets[2] or 0] ^= 1
    (packed / "1.tar").write_bytes(content)
    with pytest.raises(VideoError, match=r"1\.tar/frame_00002\.jpg is not the one that was extracted"):
        read_frame(packed, recorded(2))
    assert "frame_00002.jpg" in etl.unpack(packed).problems[0]
    assert [path.name for path in packed.iterdir()] == ["1.tar"]


def change_record(pack: Path, change) -> None:
    """Rewrite a pack with another record, and nothing else amiss."""
    found = members(pack)
    record = json.loads(found["extraction.json"])
    change(record)
    found["extraction.json"] = msgspec.json.encode(record)
    with tarfile.open(pack, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in found.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda record: record.update(video_id="../2"), "/video_id"),
        (lambda record: record["frames"]["size_bytes"].__setitem__(0, 2**29), "bytes, expected"),
        (lambda record: record["frames"]["size_bytes"].__setitem__(0, -5), "/frames/size_bytes/0"),
        (lambda record: record["frames"]["sha256"].__setitem__(0, "x"), "/frames/sha256/0"),
        (lambda record: record.update(version=9), "another version"),
    ],
)
def test_a_hostile_record_in_a_pack_is_refused(packed, change, found):
    change_record(packed / "1.tar", change)
    for read in (lambda: read_standing(packed, "1"), lambda: read_frame(packed, recorded(0))):
        with pytest.raises(VideoError, match=found):
            read()
    assert len(etl.unpack(packed).problems) == 1
    assert [path.name for path in packed.iterdir()] == ["1.tar"]


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/etc/passwd"), os.mkfifo])
def test_what_is_no_file_in_a_packs_place_is_refused_without_waiting(tmp_path, make):
    (tmp_path / "frames").mkdir()
    make(tmp_path / "frames" / "1.tar")
    with pytest.raises(VideoError, match="cannot be read"):
        read_frame(tmp_path / "frames", recorded(0))
    with pytest.raises(VideoError, match="cannot be read"):
        read_standing(tmp_path / "frames", "1")


def test_what_no_extraction_wrote_in_a_packs_place_is_in_the_way_and_stays(tmp_path):
    video = write_clip(tmp_path / "videos" / "1.webm", frames=2)
    frames = tmp_path / "frames"
    frames.mkdir()
    with tarfile.open(frames / "1.tar", "w") as archive:
        archive.add(video, "holiday.webm")
    before = tree(frames)
    for as_pack in (True, False):
        plan = plan_extraction(video.parent, frames, {"1": None}, time_limit_s=30, as_pack=as_pack)
        assert [problem.reason for outcome in plan.failed for problem in outcome.problems] == ["in_the_way"]
    assert tree(frames) == before


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
