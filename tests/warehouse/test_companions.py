"""What is told of a video by its labels and boxes: in `explain`, and drawn by `annotate`."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pytest
from PIL import Image

import etl
from etl.dataset.sample import sample_videos
from etl.dataset.sample.companions import BOXES_FILE, companion_files
from etl.drawing.frame import annotate_frame
from etl.errors import QueryError
from etl.look import HAND_BOX_COLOR, OBJECT_BOX_COLOR
from etl.manifest import NO_MANIFEST, CompanionFacts
from etl.names import frame_file
from etl.warehouse.companions import Box, boxes_of_frames
from etl.warehouse.open import Warehouse, open_warehouse

BOXES = json.loads(companion_files()[BOXES_FILE])
VIDEO = sample_videos()[0]


def test_explain_tells_label_objects_and_the_boxes_of_the_frame(sample_with_objects: Path, contact_release):
    [first, *_] = BOXES[VIDEO.video_id]
    frame = int(first["name"][-8:-4]) - 1
    told = etl.explain(sample_with_objects, VIDEO.video_id, frame).companions
    assert [(box.instance, box.x1, box.y2) for box in told.boxes] == [
        (label["standard_category"], label["box2d"]["x1"], label["box2d"]["y2"]) for label in first["labels"]
    ]
    assert (told.boxed_frames, told.boxes_aligned) == (len(BOXES[VIDEO.video_id]), None)
    shown = contact_release("explain", VIDEO.video_id, str(frame), "--warehouse", str(sample_with_objects)).out
    assert told.label in shown
    assert "; ".join(told.objects) in shown
    assert f"on {told.boxed_frames} frames of the video, perhaps aligned with what was decoded" in shown
    assert all(f"{box.instance}, {box.category}: x {box.x1:g} to {box.x2:g}" in shown for box in told.boxes)


def test_without_companion_files_explain_says_nothing_of_them(sample_warehouse: Path):
    told = etl.explain(sample_warehouse, VIDEO.video_id, 0).companions
    assert (told.label, told.ssv2_split, told.objects, told.boxed_frames, told.boxes) == (None, None, (), 0, ())


def test_boxes_are_outlined_up_to_their_last_pixel_and_a_hand_over_an_object():
    picture = Image.new("RGB", (60, 40))
    boxes = [
        Box("hand", True, "", 10, 5, 30, 25),
        Box("0000", False, "", 20, 5, 60.00000001, 40),
        Box("1", False, "", 90, 1, 99, 2),
    ]
    pixels = np.asarray(annotate_frame(picture, [], boxes=boxes))
    hand = np.argwhere((pixels == HAND_BOX_COLOR).all(axis=2))
    assert (hand.min(axis=0).tolist(), hand.max(axis=0).tolist()) == ([5, 10], [24, 29])
    thing = np.argwhere((pixels == OBJECT_BOX_COLOR).all(axis=2))
    assert (thing.min(axis=0).tolist()[1], thing.max(axis=0).tolist()) == (20, [39, 59])
    assert tuple(pixels[5, 29]) == HAND_BOX_COLOR


def test_annotate_draws_the_boxes_of_the_frame_where_asked_for(sample_with_objects: Path, tmp_path: Path):
    event = VIDEO.events[0]
    path = tmp_path / frame_file(VIDEO.video_id, event.frame_number)
    path.parent.mkdir()
    Image.new("RGB", (427, 240)).save(path.with_suffix(".png"))
    for name, boxes in (("plain", False), ("boxed", True)):
        drawn = etl.annotate(
            sample_with_objects,
            tmp_path / name,
            frames=tmp_path / "none",
            images=[path.with_suffix(".png")],
            boxes=boxes,
        )
        assert drawn.problems == ()
    plain, boxed = (
        np.asarray(Image.open(tmp_path / name / frame_file(VIDEO.video_id, event.frame_number)).convert("RGB")).astype(
            int
        )
        for name in ("plain", "boxed")
    )
    label = next(
        label
        for entry in BOXES[VIDEO.video_id]
        if entry["name"].endswith(f"/{event.frame_number + 1:04}.jpg")
        for label in entry["labels"]
        if label["standard_category"] == "0000"
    )
    left, middle = round(label["box2d"]["x1"]), round((label["box2d"]["y1"] + label["box2d"]["y2"]) / 2)
    assert np.abs(boxed - plain)[middle, left].sum() > 100


def test_without_boxes_it_says_how_to_get_them(sample_warehouse: Path):
    with (
        open_warehouse(sample_warehouse) as opened,
        pytest.raises(QueryError, match=r"the warehouse has no boxes\. Try: contact-release build --boxes FILE"),
    ):
        boxes_of_frames(opened, [(VIDEO.video_id, 0)])


def test_boxes_that_are_not_aligned_are_left_out_and_named():
    from given import given

    database: duckdb.DuckDBPyConnection = given(
        "1 put train 100 50 20 10\n2 put test", "1 contact hand-object 2 10 10\n2 contact hand-object 2 1 1"
    )
    database.execute("insert into boxes values ('1', 30, 0, '0000', false, 'cup', 0, 0, 9, 9)")
    database.execute("insert into boxes values ('1', 2, 0, '0000', false, 'cup', 0, 0, 9, 9)")
    database.execute("insert into boxes values ('2', 2, 0, 'hand', true, 'hand', 0, 0, 9, 9)")
    opened = Warehouse(
        Path("given"), database, msgspec.structs.replace(NO_MANIFEST, companions={"boxes": CompanionFacts((), {})})
    )
    found, notes = boxes_of_frames(opened, [("1", 2), ("2", 2), ("2", 3)])
    assert found == {("2", 2): [Box("hand", True, "hand", 0, 0, 9, 9)]}
    assert notes == ["1: its boxes are left out, because their frames are not those of the decoded video"]
