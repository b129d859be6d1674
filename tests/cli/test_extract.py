"""The command `extract`, as it is used: what it prints, and what becomes of odd files."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from clips import (
    cut,
    encrypt_mp4,
    lock,
    packets,
    smash,
    turn,
    write_clip,
    write_resized,
    write_sound,
)
from extracting import assert_whole, run, write_warehouse

from etl.extraction.plan import shard_of
from etl.warehouse.open import open_warehouse


def ask(warehouse, sql):
    with open_warehouse(warehouse) as opened:
        return opened.query(sql).fetchall()


def test_a_run_prints_a_summary_and_nothing_of_the_decoder(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0], "2": [0], "3": [0], "4": [0]})
    videos = tmp_path / "videos"
    write_clip(videos / "1.webm", "vp8", frames=3)
    smash(write_clip(videos / "deep" / "2.mp4", "h264", size=(426, 240)), [4])
    (videos / "3.webm").write_text("<html>")
    arguments = ("extract", "--videos", videos, "--frames", tmp_path / "frames", "--warehouse", warehouse)
    answer = run(*arguments)
    assert answer.returncode == 1
    lines = [line.split("  (")[0].rsplit(None, 1) for line in answer.stdout.splitlines()]
    assert lines[:4] == [["  done", "2"], ["  skipped", "0"], ["  failed", "1"], ["  no file", "1"]]
    assert "not_a_video 1" in answer.stdout
    assert "damaged 1" in answer.stdout
    assert "failed: 3: not_a_video" in answer.stderr
    assert "no file: 4" in answer.stderr
    assert "3 of 3 videos" in answer.stderr
    assert "FFMPEG" not in answer.stdout + answer.stderr
    assert ask(warehouse, "select count(*) from frame_index where video_id = '1'") == [(3,)]

    (videos / "3.webm").unlink()
    again = run(*arguments, "--quiet")
    assert again.returncode == 0
    assert "skipped         2" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--videos", "nowhere"], 2, "'nowhere' does not exist"),
        (["--videos", ".", "--context", "2"], 2, "--context goes with --only annotated"),
        (["--videos", ".", "--only", "annotated", "--context", "101"], 2, "101 is not in the range 0<=x<=100"),
        (["--videos", ".", "--shard", "0/4"], 2, "expected I/N with 1 <= I <= N"),
        (["--videos", ".", "--shard", "5/4"], 2, "expected I/N with 1 <= I <= N"),
        (["--videos", ".", "--shard", "1"], 2, "expected I/N with 1 <= I <= N"),
        (["--videos", ".", "--jobs", "0"], 2, "--jobs"),
        (["--videos", ".", "--time-limit", "nan"], 2, "'nan' is not a finite number"),
        (["--videos", ".", "--time-limit", "inf"], 2, "--time-limit"),
        (["--videos", ".", "--time-limit", "1e300"], 2, "--time-limit"),
        (["--videos", ".", "--dask", "tcp://127.0.0.1:1", "--jobs", "2"], 2, "--jobs is for this machine"),
        (["--videos", "."], 1, "there is no warehouse in"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(tmp_path, arguments, status, message):
    answer = run("extract", *arguments, "--warehouse", tmp_path / "none")
    assert answer.returncode == status
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_without_any_labelled_video_is_an_error(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0]})
    (tmp_path / "videos").mkdir()
    answer = run("extract", "--videos", tmp_path / "videos", "--frames", tmp_path / "f", "--warehouse", warehouse)
    assert answer.returncode == 1
    assert "none of the 1 labelled videos is in" in answer.stderr


def test_a_share_without_a_video_or_without_a_file_is_no_failure(tmp_path):
    warehouse = write_warehouse(tmp_path, {"1": [0]})
    (tmp_path / "videos").mkdir()
    arguments = ("--videos", tmp_path / "videos", "--frames", tmp_path / "f", "--warehouse", warehouse)
    share = shard_of("1", 1000)
    for number, missing in ((share, 1), (share % 1000 + 1, 0)):
        answer = run("extract", *arguments, "--shard", f"{number}/1000")
        assert (answer.returncode, "Traceback" in answer.stderr) == (0, False), answer.stderr
        assert f"no file  {missing:>8}" in answer.stdout


def odd_files(folder: Path) -> dict[str, str | None]:
    """Make broken and odd files; return the reason that each must be given, None for those that are sound."""
    made: dict[str, str | None] = {}

    def make(name: str, reason: str | None, content: bytes | None = None) -> Path:
        made[Path(name).stem] = reason
        path = folder / name
        if content is not None:
            path.write_bytes(content)
        return path

    folder.mkdir(parents=True)
    clip = write_clip(folder.parent / "vp9.webm", frames=20).read_bytes()
    mp4 = write_clip(folder.parent / "h264.mp4", "h264", size=(426, 240), frames=20).read_bytes()
    head = packets(folder.parent / "vp9.webm")[0][0]

    make("empty.webm", "not_a_video", b"")
    make("zeros.webm", "not_a_video", bytes(50_000))
    make("page.webm", "not_a_video", b"<!DOCTYPE html><title>404</title>")
    make("picture.webm", "not_a_video", b"\xff\xd8\xff\xe0" + clip)
    make("still.mp4", "not_a_video", b"\0\0\0\x1cftypavif" + mp4)
    make("pointer.webm", "not_a_video", b"version https://git-lfs.github.com/spec/v1\n")
    make("playlist.webm", "not_a_video", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n../vp9.webm\n")
    make("concat.webm", "not_a_video", b"ffconcat version 1.0\nfile '../vp9.webm'\n")
    make("noise.webm", "not_a_video", random.Random(0).randbytes(5000))
    make("magic.webm", "undecodable", b"\x1a\x45\xdf\xa3" + random.Random(0).randbytes(5000))
    make("box.mp4", "undecodable", b"\0\0\0\x18ftypisom" + random.Random(0).randbytes(5000))
    make("riff.avi", "undecodable", b"RIFF\xff\xff\0\0AVI " + random.Random(0).randbytes(5000))
    make("head.webm", "undecodable", clip[:head])
    make("stub.webm", "undecodable", clip[:100])
    cut(make("tail.mp4", "undecodable", mp4), 0.6)  # its header is at the end
    write_sound(make("sound.webm", "undecodable"))
    write_clip(make("av1.webm", "undecodable"), "av1", size=(428, 240))
    lock(make("locked.webm", "undecodable", clip))
    encrypt_mp4(make("encrypted.mp4", "undecodable"))
    smash(make("smashed.webm", "undecodable", clip), range(20))
    os.mkfifo(make("pipe.webm", "unreadable"))
    make("folder.webm", "unreadable").mkdir()
    make("link.webm", "unreadable").symlink_to("nothing")
    make("circle.webm", "unreadable").symlink_to("circle.webm")
    make("twice.webm", "two_files", clip)
    make("twice.mp4", "two_files", mp4)
    smash(make("damaged.webm", "damaged", clip), [9], keep=2)
    smash(make("end.webm", "damaged", clip), [19])
    smash(make("damaged264.mp4", "damaged", mp4), [9])
    cut(make("cut.webm", "truncated", clip), 0.5)
    cut(write_clip(make("cutoff.avi", "truncated"), "mjpeg", frames=20), 0.5)
    write_resized(make("resized.webm", "size_change"), "vp9", [(427, 240), (320, 180)])
    turn(make("turned.mp4", "rotated", mp4))
    make("sound clip 'ü\" %05d.webm", None, clip)
    make("-dash.webm", None, clip)
    make("other.mov", None, clip)
    (folder / "nested").mkdir()
    make("nested/inside.webm", None, clip)
    make("linked.webm", None).symlink_to(folder.parent / "vp9.webm")
    write_clip(make("uneven.webm", None), times_ms=[0, 33, 133, 383, 424])
    write_clip(make("live.webm", None), "vp8", container_options={"live": "1"})
    write_clip(make("one.webm", None), frames=1)
    return made


def test_each_of_many_odd_files_gets_its_reason_and_none_stops_the_others(tmp_path):
    expected = odd_files(tmp_path / "videos")
    assert sum(reason is not None for reason in expected.values()) >= 25
    warehouse = write_warehouse(tmp_path, {video_id: [0] for video_id in expected})
    answer = run(
        *("extract", "--videos", tmp_path / "videos", "--frames", tmp_path / "frames"),
        *("--warehouse", warehouse, "--jobs", "2", "--time-limit", "60"),
    )
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    found = dict(ask(warehouse, "from extraction_problems select video_id, reason order by level desc"))
    assert {video_id: found.get(video_id) for video_id in expected} == expected
    failed = {row[0] for row in ask(warehouse, "from extraction_problems select video_id where level = 'error'")}
    decoded = {row[0] for row in ask(warehouse, "from videos select video_id where frame_count > 0")}
    assert failed | decoded == set(expected)
    assert not failed & decoded
    details = dict(ask(warehouse, "from extraction_problems select video_id, detail where level = 'error'"))
    assert "encrypted" in details["locked"]
    assert "encrypted" in details["encrypted"]
    assert "codec av1" in details["av1"]
    assert "not one picture" in details["head"]
    assert "it is cut off" in details["tail"]
    assert "it holds sound only" in details["sound"]
    assert str(tmp_path / "videos" / "twice.mp4") in details["twice"]
    assert str(tmp_path / "videos" / "twice.webm") in details["twice"]
    assert_whole(tmp_path / "frames")
