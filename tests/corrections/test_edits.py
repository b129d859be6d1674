"""Twelve kinds of edits in every annotation tool: the report names exactly what was done, and nothing else.

The edits are made on one dataset: video 20 (13 frames; release 0 at frame 9, contact 1 at 4), späť (16 frames; release
0 at 12, contact 1 at 2) and the others of `exports.py`.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cvat_dumps import Dumped, project_dump, video_dump
from edits import KINDS, Change, changes, results, told
from exports import exported, point_list, selected

from etl.build import build
from etl.corrections import Correction, import_corrections
from etl.corrections.differences import compare
from etl.corrections.model import Marked, Place
from etl.errors import AnnotationError
from etl.warehouse.open import Warehouse, open_warehouse

RELEASE = Dumped("release", 9, 99, 59, event_index=0)
CONTACT = Dumped("contact", 4, 0, 0, event_index=1)
OTHERS = [
    Dumped("release", 12, 33, 21, "object-surface", event_index=0),
    Dumped("contact", 2, 3, 4, "object-surface", event_index=1),
]
WHOLE = range(13)
NEW = Dumped("contact", 11, 7, 8, "object-object")
ADDED = ("added", None, ("contact", "object-object", 11, 7, 8))
HALF = 0.5


def cvat(*events: Dumped, frames: range = WHOLE) -> str:
    return video_dump("20.webm", frames, events)


CVAT_EDITS: dict[str, tuple[list[str], list[Change]]] = {
    "moved": (
        [cvat(replace(RELEASE, frame=7, x=96.2, y=54.9), CONTACT)],
        [("moved", 0, ("release", "hand-object", 7, 96, 55))],
    ),
    "relabelled": (
        [cvat(replace(RELEASE, label="contact"), CONTACT)],
        [("relabelled", 0, ("contact", "hand-object", 9, 99, 59))],
    ),
    "agent changed": (
        [cvat(RELEASE, replace(CONTACT, agent="object-surface"))],
        [("relabelled", 1, ("contact", "object-surface", 4, 0, 0))],
    ),
    "removed": ([cvat(RELEASE)], [("removed", 1, None)]),
    "added": ([cvat(RELEASE, CONTACT, NEW)], [ADDED]),
    "shape over several frames": ([cvat(replace(RELEASE, lasts=3), CONTACT, replace(NEW, lasts=2))], [ADDED]),
    "skipped task": ([cvat(RELEASE, CONTACT)], []),
    "overlap of jobs": (
        [
            video_dump("20.webm", range(10), [RELEASE, CONTACT], tag="job", number=1),
            video_dump("20.webm", range(8, 13), [RELEASE, NEW], tag="job", number=2),
        ],
        [ADDED],
    ),
    "project of two videos": (
        [project_dump([("20.webm", WHOLE, [RELEASE, CONTACT, NEW]), ("späť.webm", range(16), OTHERS)])],
        [ADDED],
    ),
    "last frame": (
        [cvat(replace(RELEASE, frame=12), CONTACT)],
        [("moved", 0, ("release", "hand-object", 12, 99, 59))],
    ),
    "half pixel": (
        [cvat(RELEASE, replace(CONTACT, x=HALF, y=0))],
        [("moved", 1, ("contact", "hand-object", 4, 1, 0))],
    ),
}


def test_every_kind_of_edit_is_tried_in_cvat():
    assert set(KINDS) - set(CVAT_EDITS) == {"two annotations"}  # two files of one video: test_cvat_dumps.py


@pytest.mark.parametrize("edit", CVAT_EDITS)
def test_what_was_edited_in_cvat_is_what_the_report_names(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, edit: str
):
    files, expected = CVAT_EDITS[edit]
    for number, text in enumerate(files):
        (tmp_path / "corrected" / str(number)).mkdir(parents=True)
        (tmp_path / "corrected" / str(number) / "annotations.xml").write_text(text, encoding="utf-8")
    made = import_corrections(hostile, "cvat", tmp_path / "corrected", exports["cvat"], tmp_path / "out")
    assert changes(made) == expected


def label_studio_added(task: dict[str, Any]) -> None:
    point, agent = copy.deepcopy(results(task)[:2])
    point["id"] = agent["id"] = "x7Kq2"
    point["value"] |= {"x": 7.0, "y": 100 * 8 / 60, "keypointlabels": ["contact"]}
    agent["value"]["choices"] = ["object-object"]
    results(task).extend([point, agent])


def label_studio_two(task: dict[str, Any]) -> None:
    second = copy.deepcopy(task["annotations"][0])
    second["id"] = 99
    task["annotations"].append(second)
    second["result"][0]["value"]["x"] = 50.0


# Of the task of video 20, frame 9, with its one event.
LABEL_STUDIO_EDITS: dict[str, tuple[Callable[[dict[str, Any]], Any], list[Change]]] = {
    "moved": (
        lambda task: results(task)[0]["value"].update(x=96.0),
        [("moved", 0, ("release", "hand-object", 9, 96, 59))],
    ),
    "relabelled": (
        lambda task: results(task)[0]["value"].update(keypointlabels=["contact"]),
        [("relabelled", 0, ("contact", "hand-object", 9, 99, 59))],
    ),
    "agent changed": (
        lambda task: results(task)[1]["value"].update(choices=["object-surface"]),
        [("relabelled", 0, ("release", "object-surface", 9, 99, 59))],
    ),
    "removed": (lambda task: results(task).clear(), [("removed", 0, None)]),
    "added": (label_studio_added, [("added", None, ("contact", "object-object", 9, 7, 8))]),
    "skipped task": (lambda task: task["annotations"][0].update(was_cancelled=True, result=[]), []),
    "a task that nobody annotated": (lambda task: task.update(annotations=[]), []),
    "two annotations": (label_studio_two, [("moved", 0, ("release", "hand-object", 9, 50, 59))]),
    "half pixel": (
        lambda task: results(task)[0]["value"].update(x=98.5 - 0.01),
        [("moved", 0, ("release", "hand-object", 9, 98, 59))],
    ),
}


def import_label_studio(hostile: Warehouse, export: Path, tmp_path: Path, edit: Callable[[dict[str, Any]], Any]):
    corrected = shutil.copytree(export, tmp_path / "corrected")
    tasks = json.loads((corrected / "train.json").read_bytes())
    edit(next(t for t in tasks if (t["data"]["video_id"], t["data"]["frame_number"]) == ("20", 9)))
    (corrected / "train.json").write_text(json.dumps(tasks))
    return import_corrections(hostile, "label-studio", corrected, export, tmp_path / "out")


@pytest.mark.parametrize("edit", LABEL_STUDIO_EDITS)
def test_what_was_edited_in_label_studio_is_what_the_report_names(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, edit: str
):
    change, expected = LABEL_STUDIO_EDITS[edit]
    made = import_label_studio(hostile, exports["label-studio"], tmp_path, change)
    assert changes(made) == expected
    assert any("several annotations" in note for note in made.notes) is (edit == "two annotations")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda task: results(task)[0].update(image_rotation=90), "/annotations/0/result/0: found 'image_rotation 90'"),
        (lambda task: results(task)[1].update(image_rotation=90), "/annotations/0/result/1: found 'image_rotation 90'"),
        (lambda task: results(task).append(results(task)[1]), "one agent for every key point"),
        (lambda task: results(task)[1].update(original_width=200), "one size of the picture"),
        (lambda task: task["data"].update(frame_number=8), "found \"frame '20 8' and '20 9'\", expected one frame"),
        (lambda task: results(task).append(results(task)[0]), "each key point's id once"),
        (lambda task: task["data"].update(split="test"), "found the split 'test', expected 'train', as exported"),
    ],
)
def test_what_contradicts_itself_in_label_studio_is_refused_with_its_place(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, edit: Callable, expected: str
):
    with pytest.raises(AnnotationError) as caught:
        import_label_studio(hostile, exports["label-studio"], tmp_path, edit)
    assert "train.json /1" in str(caught.value)
    assert expected in str(caught.value)


def test_drafts_are_told_and_json_min_is_named(hostile: Warehouse, exports: dict[str, Path], tmp_path: Path):
    made = import_label_studio(hostile, exports["label-studio"], tmp_path, lambda task: task.update(drafts=[7]))
    assert told(made) == ("1 task with drafts that were never submitted: drafts do not count.",)
    flat = {"id": 1, "image": "x.jpg", "action": [], "agent": "hand-object", "annotator": 1, "annotation_id": 1}
    (tmp_path / "min").mkdir()
    (tmp_path / "min" / "result.json").write_text(json.dumps([flat]))
    with pytest.raises(AnnotationError, match="JSON-MIN, which does not tie an agent to its point"):
        import_corrections(hostile, "label-studio", tmp_path / "min", exports["label-studio"], tmp_path / "o")


def import_coco(hostile: Warehouse, export: Path, tmp_path: Path, edit: Callable[[dict[str, Any]], Any]) -> Correction:
    corrected = shutil.copytree(export, tmp_path / "corrected")
    for path in corrected.glob("*.json"):
        if path.name != "manifest.json":
            content = json.loads(path.read_bytes())
            edit(content)
            path.write_text(json.dumps(content))
    return import_corrections(hostile, "coco", corrected, export, tmp_path / "out")


def shift(content: dict[str, Any], offset: float) -> None:
    for note in content["annotations"]:
        note["keypoints"][0] += offset
        note["keypoints"][1] += offset


@pytest.mark.parametrize("offset", [HALF, -HALF])
def test_a_constant_half_pixel_is_the_tools_and_is_told(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, offset: float
):
    made = import_coco(hostile, exports["coco"], tmp_path, lambda content: shift(content, offset))
    assert changes(made) == []
    assert f"half a pixel from where they were exported ({offset:+g}, {offset:+g} px)" in made.notes[0]


def test_beside_a_constant_half_pixel_an_edit_is_still_named(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path
):
    def edit(content: dict[str, Any]) -> None:
        shift(content, HALF)
        for note in content["annotations"]:
            if note["keypoints"][0] == 99.5:  # the release of video 20
                note["keypoints"][0] = 90.5

    made = import_coco(hostile, exports["coco"], tmp_path, edit)
    assert changes(made) == [("moved", 0, ("release", "hand-object", 9, 90, 59))]


def drop_what_datumaro_drops(content: dict[str, Any]) -> None:
    for note in content["annotations"]:
        del note["agent"], note["event_index"]
    for image in content["images"]:
        for name in ("video_id", "frame_number", "template"):
            del image[name]


def test_coco_comes_back_from_a_tool_that_drops_the_agents(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path
):
    made = import_coco(hostile, exports["coco"], tmp_path, drop_what_datumaro_drops)
    assert changes(made) == []
    assert made.notes[0].startswith("11 events came back without an agent")
    build(tmp_path / "out", tmp_path / "warehouse")
    with open_warehouse(tmp_path / "warehouse") as again:
        assert point_list(selected(again)) == point_list(selected(hostile))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda c: c["categories"].append({"id": 1, "name": "release"}), "/categories/2: found 1, expected each id"),
        (lambda c: c["categories"][0].update(id=[1]), "/categories/0: found [1], expected an integer as id"),
        (lambda c: c["images"][0].update(id=None), "/images/0: found None, expected an integer as id"),
        (lambda c: c["annotations"].append(c["annotations"][0]), "expected each id of an annotation once"),
        (lambda c: c["images"][0].update(frame_number=77), "and 77', expected one frame"),
        (lambda c: c["images"][0].update(video_id="99"), "and '99'\", expected one video"),
        (lambda c: c["annotations"][0].update(attributes={"agent": "foot"}), "expected one agent"),
        (lambda c: c["annotations"][0].pop("agent"), "found None, expected an agent"),
    ],
)
def test_what_contradicts_itself_in_coco_is_refused_with_its_place(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, edit: Callable, expected: str
):
    def edit_one(content: dict[str, Any]) -> None:
        if len(content["annotations"]) > 1:  # a file where nothing is left would tell of no agents at all
            edit(content)

    with pytest.raises(AnnotationError) as caught:
        import_coco(hostile, exports["coco"], tmp_path, edit_one)
    assert expected in str(caught.value)


def test_events_without_an_index_are_paired_as_two_releases_are_where_a_frame_costs_ten_pixels():
    place = Place("20", None)
    near = Marked(None, "contact", "hand-object", 5, 40, 10)
    far = Marked(None, "contact", "hand-object", 9, 10, 10)
    old = Marked(0, "contact", "hand-object", 4, 10, 10)
    found = compare({place: [old]}, {place: [far, near]})
    assert [(difference.kind, difference.after) for difference in found] == [("moved", near), ("added", far)]


@pytest.mark.parametrize(("given", "pixel"), [("10.49", 10), ("10.50", 11), ("11.50", 12), ("10.999", 11), ("0.5", 1)])
def test_a_point_between_two_pixels_goes_up(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, given: str, pixel: int
):
    (tmp_path / "corrected").mkdir()
    text = cvat(RELEASE, replace(CONTACT, y=7)).replace("0.00,7.00", f"{given},7.00")
    (tmp_path / "corrected" / "20.xml").write_text(text)
    made = import_corrections(hostile, "cvat", tmp_path / "corrected", exports["cvat"], tmp_path / "out")
    assert changes(made) == [("moved", 1, ("contact", "hand-object", 4, pixel, 7))]


@pytest.mark.parametrize("output", ["export", "export/new", "corrected", "corrected/new", "."])
def test_an_output_that_would_touch_an_input_is_refused(hostile: Warehouse, tmp_path: Path, output: str):
    exported(hostile, "coco", tmp_path / "export")
    shutil.copytree(tmp_path / "export", tmp_path / "corrected")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Exception, match="within"):
        import_corrections(hostile, "coco", tmp_path / "corrected", tmp_path / "export", tmp_path / output, force=True)
    assert sorted(tmp_path.rglob("*")) == before
