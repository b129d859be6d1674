"""Companion files on their way into a warehouse, and what becomes of them there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from clips import write_clip
from datasets import dataset, event, write

import etl
from etl.build.extract import extract
from etl.dataset.sample.companions import BOXES_FILE
from etl.errors import CompanionError
from etl.warehouse.open import open_warehouse

TABLES = ("ssv2_videos", "objects", "boxes")


def boxes(video_id: str, *numbers: int) -> dict[str, list[dict[str, object]]]:
    label = {"box2d": {"x1": 0, "y1": 0, "x2": 9, "y2": 9}, "category": "box", "standard_category": "0000"}
    return {video_id: [{"name": f"{video_id}/{number:04}.jpg", "labels": [label]} for number in numbers]}


def asked(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with open_warehouse(warehouse) as opened:
        return opened.query(sql).fetchall()


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    return write(tmp_path / "metadata", dataset({video_id: [event()] for video_id in ("1", "2", "10")}))


def test_frames_that_are_taken_up_keep_the_companion_tables_and_tell_which_boxes_are_aligned(
    metadata: Path, tmp_path: Path
):
    row = {"id": "1", "label": "a", "template": "Push [something]", "placeholders": ["a box"]}
    (tmp_path / "ssv2").mkdir()
    (tmp_path / "ssv2" / "train.json").write_text(json.dumps([row]))
    (tmp_path / "boxes.json").write_text(json.dumps(boxes("1", 1, 3) | boxes("2", 1, 5) | boxes("10", 1)))
    template = next(iter(json.loads((metadata / "template_to_video_ids_map.json").read_bytes())))
    (tmp_path / "ssv2" / "train.json").write_text(json.dumps([{**row, "template": template, "placeholders": []}]))
    warehouse = tmp_path / "w"
    etl.build(metadata, warehouse, ssv2=tmp_path / "ssv2", boxes=tmp_path / "boxes.json")
    before = [(warehouse / f"{name}.parquet").read_bytes() for name in TABLES]
    told = json.loads((warehouse / "manifest.json").read_bytes())["companions"]
    aligned = "select video_id, boxes_aligned from boxed_videos order by all"
    assert asked(warehouse, aligned) == [("1", None), ("10", None), ("2", None)]
    for video_id in ("1", "2"):  # of 4 frames each: fewer than the boxes of video 2 have
        write_clip(tmp_path / "videos" / f"{video_id}.webm", "vp8", frames=4)
    extract(tmp_path / "videos", frames=tmp_path / "frames", warehouse=warehouse, jobs=1)
    assert [(warehouse / f"{name}.parquet").read_bytes() for name in TABLES] == before
    assert json.loads((warehouse / "manifest.json").read_bytes())["companions"] == told
    assert asked(warehouse, aligned) == [("1", True), ("10", None), ("2", False)]


def test_a_label_has_the_number_of_its_template_in_the_list_where_there_is_one(metadata: Path, tmp_path: Path):
    template = next(iter(json.loads((metadata / "template_to_video_ids_map.json").read_bytes())))
    row = {"id": "1", "label": "a", "template": template, "placeholders": []}
    (tmp_path / "ssv2").mkdir()
    for name, content in (("train", [row]), ("test", [{"id": "7"}]), ("labels", {template: "41"})):
        (tmp_path / "ssv2" / f"{name}.json").write_text(json.dumps(content))
    etl.build(metadata, tmp_path / "w", ssv2=tmp_path / "ssv2")
    sql = "select video_id, class_id, ssv2_split, is_annotated from ssv2_videos order by video_id"
    assert asked(tmp_path / "w", sql) == [("1", 41, "train", True), ("7", None, "test", False)]


def test_boxes_are_in_the_order_of_the_videos_whatever_the_folder_is_called(metadata: Path, tmp_path: Path):
    (tmp_path / "one.json").write_text(json.dumps(boxes("10", 2, 1)))
    (tmp_path / "two.json").write_text(json.dumps(boxes("2", 1) | boxes("10", 2, 1)))
    warehouse = tmp_path / "w [x]*"
    summary = etl.build(metadata, warehouse, boxes=[tmp_path / "one.json", tmp_path / "two.json"])
    assert summary.rows["boxes"] == 3
    assert asked(warehouse, "select video_id, frame_number from boxes") == [("2", 0), ("10", 0), ("10", 1)]


def test_several_files_of_boxes_follow_one_option_as_a_shell_writes_a_pattern(
    contact_release: Callable[..., tuple[int | str | None, str, str]], metadata: Path, tmp_path: Path
):
    parts = [tmp_path / f"part{video_id}.json" for video_id in ("1", "2", "10")]
    for path in parts:
        path.write_text(json.dumps(boxes(path.stem.removeprefix("part"), 1)))
    names = [str(path) for path in parts]
    status, printed, told = contact_release(
        "build", "--boxes", *names, str(metadata), "--warehouse", str(tmp_path / "w")
    )
    assert (status, printed.split()[-2:]) == (0, ["boxes", "3"])
    assert "reading 3 files of boxes" in told
    more = contact_release("build", str(metadata), "--all-boxes", str(parts[0]), "--boxes", names[1])
    assert (more[0], "unexpected extra argument" in more[2]) == (2, True)


def test_a_video_of_the_label_files_is_annotated_where_the_annotations_have_it(tmp_path: Path):
    (tmp_path / "ssv2").mkdir()
    listed: list[dict[str, object]] = [
        {"id": video_id, "label": "a", "template": "push", "placeholders": []} for video_id in ("7", "1", "10")
    ]
    (tmp_path / "ssv2" / "train.json").write_text(json.dumps(listed))
    videos = {video_id: [event()] for video_id in ("1", "2", "10")}
    etl.build(write(tmp_path / "five", dataset(videos, {"push": list(videos)})), tmp_path / "w", ssv2=tmp_path / "ssv2")
    assert asked(tmp_path / "w", "from ssv2_videos select video_id, is_annotated") == [
        ("1", True),
        ("7", False),
        ("10", True),
    ]


def test_faulty_boxes_leave_the_standing_warehouse_and_no_trace(metadata: Path, tmp_path: Path):
    warehouse = tmp_path / "w"
    etl.build(metadata, warehouse)
    before = sorted(path.readlink() for path in warehouse.iterdir() if path.is_symlink())
    (tmp_path / "boxes.json").write_text(json.dumps({**boxes("1", 1), **boxes("../2", 1)}))
    with pytest.raises(CompanionError, match="1 problem"):
        etl.build(metadata, warehouse, boxes=tmp_path / "boxes.json")
    assert sorted(path.readlink() for path in warehouse.iterdir() if path.is_symlink()) == before
    assert len(list((warehouse / ".builds").iterdir())) == 1
    summary = etl.build(metadata, warehouse, boxes=tmp_path / "boxes.json", quarantine=True)
    assert (summary.rows["boxes"], summary.rows["rejects"]) == (1, 1)


def test_the_manifest_names_inputs_and_licences(sample_with_objects: Path):
    told = json.loads((sample_with_objects / "manifest.json").read_bytes())["companions"]
    assert [entry["file"] for entry in told["boxes"]["inputs"]] == [Path(BOXES_FILE).name]
    assert told["boxes"]["licence"]["name"] == "MIT"
    assert len(told["ssv2"]["inputs"]) == 5
    assert told["ssv2"]["licence"]["name"] == "MIT"
