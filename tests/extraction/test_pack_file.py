"""Packs: one file for each video, the same bytes as the folder, and read though it may be damaged or hostile."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import msgspec
import pytest
from clips import write_clip
from extracting import plain_loop, tree, write_warehouse
from packing import PICTURES, members, recorded

import etl
from etl.errors import VideoError
from etl.extraction.frames import packed_frames, read_frame
from etl.extraction.pack_file import read_pack
from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.standing import read_standing


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
