"""The Something-Else boxes: read piece by piece in bounded memory, joined by name, every fault with its place."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import zipfile
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from etl import child_process
from etl.companions import box_pieces, box_shares
from etl.companions.box_spool import VideoBoxes
from etl.companions.boxes import read_boxes
from etl.companions.model import BoxFiles
from etl.errors import CompanionError


def label(x1: object = 1, y1: float = 2, x2: float = 3, y2: float = 4, instance: str = "0000") -> dict[str, Any]:
    box = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return {"box2d": box, "category": "cup", "standard_category": instance, "gt_annotation": "object 0"}


def frame(name: str, *labels: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "nr_instances": len(labels), "gt_placeholders": ["cup"], "labels": list(labels)}


SOUND = {
    "7": [
        frame("7/0001.jpg", label(), label(instance="hand")),
        frame("7/0004.jpg", label(0, 0, 427.00000000000006, 9)),
    ],
    "12": [frame("12/0002.jpg"), frame("12/0001.jpg", label())],
}


def read(
    *paths: Path, annotated: set[str] | None = None, all_boxes: bool = False, quarantine: bool = False
) -> tuple[list[VideoBoxes], BoxFiles]:
    found = BoxFiles()
    videos = list(read_boxes(paths, annotated or set(), found, all_boxes=all_boxes, quarantine=quarantine))
    return videos, found


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(CompanionError) as caught:
        read(path, all_boxes=True)
    return [str(problem) for problem in caught.value.problems]


def test_half_a_letter_in_a_key_is_a_fault(tmp_path: Path):
    for old in ('"nr_instances"', '"x1"', '"gt_annotation"'):
        text = json.dumps({"1": [frame("1/0001.jpg", label())]}).replace(old, f'{old[:-1]}\\ud800"')
        assert "expected" in problems(written(tmp_path / "a.json", text))[0]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("block_bytes", [1 << 20, 1 << 7, 400])
def test_frames_are_joined_by_name_and_count_from_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None, block_bytes: int
):
    monkeypatch.setattr(box_pieces, "BLOCK_BYTES", block_bytes)
    path = written(tmp_path / "part1.json", json.dumps(SOUND, indent=indent))
    videos, found = read(path, all_boxes=True)
    assert [(video.video_id, video.rows) for video in videos] == [
        (
            "7",
            [
                (0, 0, "0000", False, "cup", 1, 2, 3, 4),
                (0, 1, "hand", True, "cup", 1, 2, 3, 4),
                (3, 0, "0000", False, "cup", 0, 0, 427.00000000000006, 9),
            ],
        ),
        ("12", [(0, 0, "0000", False, "cup", 1, 2, 3, 4)]),
    ]
    assert (found.videos, found.videos_left_out) == (2, 0)
    assert found.inputs[0].size_bytes == path.stat().st_size


def test_only_annotated_videos_are_kept_unless_asked_for(tmp_path: Path):
    videos, found = read(written(tmp_path / "part1.json", SOUND), annotated={"12"})
    assert ([video.video_id for video in videos], found.videos_left_out) == (["12"], 1)


def test_packed_and_empty_files_are_read(tmp_path: Path):
    (tmp_path / "part1.json.gz").write_bytes(gzip.compress(json.dumps(SOUND).encode()))
    assert len(read(tmp_path / "part1.json.gz", all_boxes=True)[0]) == 2
    assert read(written(tmp_path / "part2.json", " {} "), all_boxes=True)[0] == []


def test_the_members_of_an_archive_are_read(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "parts.zip", "w") as archive:
        archive.writestr("parts/one.json", json.dumps({"7": SOUND["7"]}))
        archive.writestr("parts/two.json.gz", gzip.compress(json.dumps({"12": SOUND["12"]}).encode()))
        archive.writestr("parts/readme.txt", "x")
    videos, found = read(tmp_path / "parts.zip", all_boxes=True)
    assert [video.video_id for video in videos] == ["7", "12"]
    assert [entry.name for entry in found.inputs] == ["parts.zip/parts/one.json", "parts.zip/parts/two.json.gz"]
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    assert problems(tmp_path / "none.zip") == ["none.zip: found no member that is JSON, expected a file of boxes"]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "a.json")
    assert "not a regular file" in problems(tmp_path / "a.json")[0]


def test_a_file_without_end_is_left_when_a_video_is_beyond_all_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(box_pieces, "MAX_VIDEO_BYTES", 1 << 12)
    monkeypatch.setattr(box_pieces, "BLOCK_BYTES", 1 << 10)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'{"7": [' + b" " * (1 << 14)))
    assert problems(tmp_path / "a.json.gz") == [
        "a.json.gz: found a longer array, expected at most 4,096 bytes for one video"
    ]


def test_unknown_fields_that_look_like_the_next_video_do_not_cut_it(tmp_path: Path):
    content = {"7": [{**frame("7/0001.jpg", label()), "extra": {"x": [1], "12": [2]}}], "8": [frame("8/0001.jpg")]}
    assert [video.video_id for video in read(written(tmp_path / "a.json", content), all_boxes=True)[0]] == ["7", "8"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "a.json line 1: found an empty file, expected an object"),
        ("[]", "a.json line 1: found `[]`, expected an object"),
        ('{"7": []', "a.json: found the end of the file, expected a closing brace (the file is cut short)"),
        ('{"7":\n [{]}', "a.json line 2, column 4: found `]}`, expected JSON"),
        ({"7": 3}, "a.json /7: found 3, expected an array of frames"),
        ({"7": [3]}, "a.json /7/0: found 3, expected an object with name and labels"),
        ({"7": [frame("7/1.jpg")]}, 'a.json /7/0/name: found "7/1.jpg", expected a name like 7/0001.jpg'),
        ({"7": [frame("8/0001.jpg")]}, 'a.json /7/0/name: found "8/0001.jpg", expected a name like 7/0001.jpg'),
        ({"7": [frame("7/0000.jpg")]}, 'a.json /7/0/name: found "7/0000.jpg", expected a name like 7/0001.jpg'),
        ({"7": [frame("7/0001.jpg")] * 2}, 'a.json /7/1/name: found the frame "7/0001.jpg" twice'),
        ({"7": [{"name": "7/0001.jpg"}]}, "a.json /7/0/labels: found nothing, expected an array of boxes"),
        ({"7": [{"name": "7/0001.jpg", "labels": 1}]}, "a.json /7/0/labels: found 1, expected an array of boxes"),
        ({"7": [frame("7/0001.jpg", label(3, 2, 3, 4))]}, "a.json /7/0/labels/0/box2d: found a box without area (x1 3"),
        ({"7": [frame("7/0001.jpg", label(1, 5, 3, 4))]}, "a.json /7/0/labels/0/box2d: found a box without area"),
        ({"7": [frame("7/0001.jpg", label(1, 2, 3, 1e300))]}, "a.json /7/0/labels/0/box2d/y2: found 1e+300"),
        ({"7": [frame("7/0001.jpg", label(float("nan")))]}, "a.json /7/0/labels/0/box2d/x1: found NaN, expected"),
        (
            {"7": [{**frame("7/0001.jpg"), "x": float("inf")}]},
            "a.json /7/0/x: found Infinity, expected a number of JSON",
        ),
        (f'{{"7": [{{"name": {"1" * 5000}}}]}}', "a.json /7/0/name: found a number of 5,000 digits, expected a number"),
        ({"7": [frame("7/0001.jpg", {**label(), "category": "\ud800"})]}, "a.json /7/0/labels/0/category: found"),
        ('{"7": [],}', "a.json: found a comma before the closing brace, expected JSON"),
        ('{"7": []} {}', "a.json line 1, column 11: found `{}`, expected JSON"),
        ({"7": [frame("7/0001.jpg", label("1"))]}, 'a.json /7/0/labels/0/box2d/x1: found "1", expected a number'),
        ({"7": [frame("7/0001.jpg", label(instance="cup"))]}, "a.json /7/0/labels/0/standard_category: found"),
        ({"7": [frame("7/0001.jpg", {"category": "cup", "standard_category": "0000"})]}, "a.json /7/0/labels/0/box2d"),
        ({"../7": [frame("../7/0001.jpg")]}, 'a.json /..~17: found "../7", expected a video id'),
        ('{"7": [], "7": [{"name": "7/0001.jpg", "labels": []}]}', "a.json /7: found other boxes for this video"),
        (
            json.dumps({"7": SOUND["7"]}).replace('"category"', '"category": "box", "category"', 1),
            'a.json /7/0/labels/0: found the key "category" twice',
        ),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, content: Any, expected: str):
    [problem] = problems(written(tmp_path / "a.json", content))
    assert problem.startswith(expected)


def test_a_broken_utf8_is_told(tmp_path: Path):
    (tmp_path / "a.json").write_bytes(json.dumps(SOUND).encode().replace(b"cup", b"c\xff\xfe", 1))
    assert "found the byte 0xff, expected text in UTF-8" in problems(tmp_path / "a.json")[0]


def test_a_video_in_two_parts_must_say_the_same(tmp_path: Path):
    one = written(tmp_path / "one.json", {"7": SOUND["7"]})
    same = written(tmp_path / "same.json", json.dumps({"7": SOUND["7"]}, indent=1))
    other = written(tmp_path / "other.json", {"7": SOUND["7"][:1]})
    assert len(list(read_boxes([one, same], {"7"}, BoxFiles()))) == 1
    with pytest.raises(CompanionError) as caught:
        list(read_boxes([one, other], {"7"}, BoxFiles()))
    assert [str(problem) for problem in caught.value.problems] == [
        "other.json /7: found other boxes for this video, expected what one.json /7 says"
    ]


def test_several_processes_read_what_one_reads_and_tell_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    paths = [
        written(tmp_path / "one.json", {"7": SOUND["7"], "x": [frame("x/0002.jpg", label()), frame("x/0001.jpg")]}),
        written(tmp_path / "two.json", {"12": SOUND["12"], "3": [frame("3/0001.jpg", label(3, 2, 3, 4))]}),
        written(tmp_path / "three.json", {"7": SOUND["7"], "12": [frame("12/0001.jpg")], 'é"': 3}),
    ]

    def outcome(*, quarantine: bool) -> tuple[list[str], object]:
        try:
            videos, found = read(*paths, all_boxes=True, quarantine=quarantine)
        except CompanionError as error:
            return [str(problem) for problem in error.problems], None
        told = (found.videos, [entry.name for entry in found.inputs], found.rejects)
        return [f"{video.video_id} {video.rows}" for video in videos], told

    alone = [outcome(quarantine=flag) for flag in (False, True)]
    monkeypatch.setattr(box_shares, "LEAST_BYTES", 0)
    monkeypatch.setattr(box_shares, "usable_cores", lambda: 2)
    started: list[Popen[bytes]] = []

    def start(*arguments: Any, **options: Any) -> Popen[bytes]:
        started.append(Popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    assert [outcome(quarantine=flag) for flag in (False, True)] == alone
    assert [process.returncode is None for process in started] == [False, False]
    assert [len(lines) for lines, _ in alone] == [3, 4]
    monkeypatch.setattr(child_process, "MODULE", "sys")  # it breaks down: its files are read here
    assert [outcome(quarantine=flag) for flag in (False, True)] == alone


def test_a_quarantine_sets_frames_aside(tmp_path: Path):
    content = {"7": [frame("7/0001.jpg", label()), frame("7/0002.jpg", label(5))], "8": [frame("8/0001.jpg", label())]}
    videos, found = read(written(tmp_path / "a.json", content), all_boxes=True, quarantine=True)
    assert [(video.video_id, len(video.rows)) for video in videos] == [("7", 1), ("8", 1)]
    assert [(reject.location, json.loads(reject.record)["name"]) for reject in found.rejects] == [
        ("/7/1", "7/0002.jpg")
    ]


@pytest.mark.real_data
def test_the_real_boxes_are_those_of_a_plain_reader(companions: Path):
    path = companions / "something_else_boxes.json"
    plain = json.loads(path.read_bytes())
    videos, _ = read(path, all_boxes=True)
    assert len(videos) == len(plain) == 13
    for video in videos:
        expected = [
            (int(entry["name"][-8:-4]) - 1, index, *(label["box2d"][side] for side in ("x1", "y1", "x2", "y2")))
            for entry in plain[video.video_id]
            for index, label in enumerate(entry["labels"])
        ]
        assert [(row[0], row[1], *row[5:]) for row in video.rows] == expected
    assert sorted(len({row[0] for row in video.rows}) for video in videos)[:2] == [23, 23]
