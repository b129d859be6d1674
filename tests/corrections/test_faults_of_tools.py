"""What would be passed over or misread in the files of annotation tools is refused with its place, or told.

The dataset is that of `exports.py`: video 20 has 13 frames, a release at frame 9 and a contact at frame 4.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cvat_dumps import Dumped, project_dump, video_dump
from edits import changes, results, told

from etl.corrections import Correction, import_corrections
from etl.errors import AnnotationError
from etl.warehouse.open import Warehouse

RELEASE = Dumped("release", 9, 99, 59, event_index=0)
CONTACT = Dumped("contact", 4, 0, 0, event_index=1)
WHOLE = range(13)
DUMP = video_dump("20.webm", WHOLE, [RELEASE, CONTACT])
LONG = video_dump("20.webm", WHOLE, [replace(RELEASE, lasts=3), CONTACT])
FIRST = '<points frame="9" keyframe="1"'
OTHER_TASK = "<task><id>3</id><mode>interpolation</mode><source>other.webm</source></task></meta>"


@pytest.fixture
def bring_in(hostile: Warehouse, exports: dict[str, Path], tmp_path: Path) -> Callable[..., Correction]:
    def bring_in(tool: str, text: str, name: str = "") -> Correction:
        folder = tmp_path / "corrected"
        folder.mkdir(exist_ok=True)
        (folder / (name or ("a.xml" if tool == "cvat" else "train.json"))).write_text(text, encoding="utf-8")
        return import_corrections(hostile, tool, folder, exports[tool], None)

    return bring_in


def refusal(bring_in: Callable[..., Correction], tool: str, text: str) -> str:
    with pytest.raises(AnnotationError) as caught:
        bring_in(tool, text)
    return str(caught.value)


def edited(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (DUMP.replace('"agent"', '"Agent"'), "track 1: found \"Agent 'hand-object'\", expected the agent under"),
        (edited(DUMP, 'outside="1"', 'outside="true"'), "track 1: found \"outside 'true'\", expected 0 or 1"),
        (edited(DUMP, FIRST, f'{FIRST} points="5,5"/>{FIRST}'), "track 1: found 'frame 9 twice in a track'"),
        (edited(LONG, "hand-object", "object-object"), "agent in one track 'object-object' and 'hand-object'"),
        (edited(LONG, '"event_index">0', '"event_index">5'), "event_index in one track '5' and '0'"),
        (edited(DUMP, "99.00,59.00", "9_9,59"), "track 1: found '9_9', expected a coordinate in pixels"),
        (edited(DUMP, "99.00,59.00", "９９,59"), "FULLWIDTH DIGIT NINE"),
        (edited(DUMP, "<width>100", "<width>100.5"), "meta: found \"the width '100.5'\", expected a number of pixels"),
        (edited(DUMP, "<width>100", "<width>-100"), "meta: found \"the width '-100'\", expected a number of pixels"),
        (edited(DUMP, "</meta>", OTHER_TASK), "meta: found '<task> and <task> in <meta>', expected one that says"),
        (edited(DUMP, "</meta>", OTHER_TASK.replace("task", "job")), "meta: found '<task> and <job> in <meta>'"),
        (edited(DUMP, "</meta>", "<original_size><width>9</width><height>60</height></original_size></meta>"),
         "meta: found 'size (100, 60) and (9, 60)', expected one size"),
        (edited(DUMP, "<start>0", "<start>x"), "meta: found \"<start> 'x'\", expected a number"),
        (edited(DUMP, "<stop>12", "<stop>13"), "a segment of the frames 0 to 13', expected a part of the task's"),
        (edited(DUMP, "<start>0</start><stop>12", "<start>5</start><stop>2"), "a segment of the frames 5 to 2'"),
        (project_dump([("20.webm", WHOLE, [RELEASE]), ("späť.webm", range(16), [])]).replace("<id>12<", "<id>11<"),
         "meta: found \"task '11' 2 times\", expected each task of the project once"),
    ],
)  # fmt: skip
def test_what_would_be_misread_in_cvat_is_refused_with_its_place(bring_in, text: str, problem: str):
    found = refusal(bring_in, "cvat", text)
    assert "a.xml" in found
    assert problem in found


def test_attributes_that_an_annotator_added_in_cvat_are_named_as_passed_over(bring_in):
    made = bring_in("cvat", DUMP.replace("</points>", '<attribute name="certainty">low</attribute></points>'))
    assert (changes(made), told(made)) == ([], ("a.xml: ignored the attributes certainty.",))


def test_a_file_whose_ending_is_in_capitals_is_read(bring_in):
    assert changes(bring_in("cvat", DUMP.replace("99.00", "90.00"), "ANNOTATIONS.XML")) == [
        ("moved", 0, ("release", "hand-object", 9, 90, 59))
    ]


@pytest.mark.parametrize("name", ["job_7.zip", "project-1.csv"])
def test_archives_and_tables_are_named_as_passed_over_beside_annotations_and_where_there_are_none(bring_in, name: str):
    with pytest.raises(AnnotationError, match=f"holds no cvat annotations. Ignored {name}: unpack archives"):
        bring_in("cvat", "", name)
    assert f"Ignored {name}" in told(bring_in("cvat", DUMP))[0]


def coco(exports: dict[str, Path]) -> dict[str, Any]:
    return json.loads((exports["coco"] / "train.json").read_bytes())


def note_of(content: dict[str, Any]) -> dict[str, Any]:
    return next(note for note in content["annotations"] if note["keypoints"][0] == 99)


def image_of(content: dict[str, Any]) -> dict[str, Any]:
    return next(image for image in content["images"] if image["file_name"] == "20/frame_00009.jpg")


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda c: note_of(c).update(iscrowd=1), "/annotations/1: found 'iscrowd 1', expected 0"),
        (lambda c: note_of(c).update(num_keypoints=0), "/annotations/1: found 'num_keypoints 1 and 0'"),
        (lambda c: note_of(c).pop("keypoints"), "/annotations/1: found 'nothing', expected a list under 'keypoints'"),
        (lambda c: note_of(c).update(keypoints=[99, 59, True]), "/annotations/1: found [99, 59, True], expected a key"),
        (lambda c: note_of(c).update(keypoints=["9_9", 59, 2]), "/annotations/1: found '9_9', expected a coordinate"),
        (lambda c: note_of(c).update(attributes=["x"]), "/annotations/1: found ['x'], expected an object under"),
        (lambda c: note_of(c).update(Agent=note_of(c).pop("agent")), "expected the agent under the name agent"),
        (lambda c: [n.update(attributes={"who": n.pop("agent")}) for n in c["annotations"]], "who 'hand-object'"),
        (lambda c: image_of(c).update(width=100.6), "/images/1: found 'the width 100.6', expected a number of pixels"),
        (lambda c: image_of(c).update(width=True), "/images/1: found 'the width True', expected a number of pixels"),
        (lambda c: image_of(c).pop("file_name"), "/images/1: found None, expected the name of a frame"),
        (lambda c: image_of(c).update(template="x"), "/images/1: found the template 'x', expected '=cmd"),
    ],
)  # fmt: skip
def test_what_would_be_passed_over_in_coco_is_refused_with_its_place(
    bring_in, exports: dict[str, Path], edit: Callable[[dict[str, Any]], Any], problem: str
):
    content = coco(exports)
    edit(content)
    assert problem in refusal(bring_in, "coco", json.dumps(content))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"keypoints": [99, 59, 2]', '"keypoints": [5, 5, 2], "keypoints": [99, 59, 2]', "/annotations/1"),
        ('"info"', '"annotations": [], "info"', "the file"),
    ],
)
def test_a_key_that_stands_twice_in_a_tools_json_is_refused_with_its_place(
    bring_in, exports: dict[str, Path], old: str, new: str, place: str
):
    key = new.split('"')[1]
    text = edited(json.dumps(coco(exports)), old, new)
    assert f"found \"the key '{key}' twice in {place}\", expected every key once" in refusal(bring_in, "coco", text)


def test_points_beside_their_boxes_in_coco_are_counted_for_only_points_count(bring_in, exports: dict[str, Path]):
    content = coco(exports)
    note_of(content)["bbox"] = [40, 10, 24, 24]
    made = bring_in("coco", json.dumps(content))
    assert changes(made) == []
    assert told(made) == ("1 point outside the annotation's box: boxes are ignored.",)


def test_indices_that_a_tool_wrote_as_floats_are_the_same_indices(bring_in, exports: dict[str, Path]):
    content = coco(exports)
    for note in content["annotations"]:
        note["event_index"] = float(note["event_index"])
    note_of(content)["keypoints"][0] = 20
    assert changes(bring_in("coco", json.dumps(content))) == [("moved", 0, ("release", "hand-object", 9, 20, 59))]


def tasks_of(exports: dict[str, Path]) -> list[dict[str, Any]]:
    return json.loads((exports["label-studio"] / "train.json").read_bytes())


def task_of(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    return next(t for t in tasks if (t["data"]["video_id"], t["data"]["frame_number"]) == ("20", 9))


RELATION = {"from_id": "event-0", "to_id": "event-1", "type": "relation", "direction": "right"}


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda t: [r.pop("original_width") for r in results(t)], "/result/0: found 'no original_width and original"),
        (lambda t: results(t)[0]["value"].update(x=None), "/result/0: found None, expected a percentage of"),
        (lambda t: results(t)[0]["value"].update(x="9_9"), "/result/0: found '9_9', expected a percentage of"),
        (lambda t: [r.update(original_width=-100) for r in results(t)], "found 'the width -100', expected a number of"),
        (lambda t: results(t).append(RELATION), "/result/2: found 'relation', expected only key points"),
        (lambda t: results(t)[0].update(type="keypoint"), "/result/0: found 'keypoint', expected only key points"),
        (lambda t: results(t)[0].pop("type"), "found 'nothing', expected text under 'type'"),
        (lambda t: results(t)[0].update(id=7), "found 7, expected text under 'id'"),
        (lambda t: results(t)[1]["value"].update(choices="hand-object"), "expected a list under 'choices'"),
        (lambda t: t["annotations"][0].update(result=None), "found None, expected a list under 'result'"),
        (lambda t: t["annotations"][0].update(was_cancelled="no"), "\"was_cancelled 'no'\", expected true or false"),
        (lambda t: t.update(completions=t.pop("annotations")), "found 'nothing', expected a list under 'annotations'"),
        (lambda t: t.update(data=[1]), "found [1], expected an object under 'data'"),
        (lambda t: t["data"].update(template="x"), "found the template 'x', expected '=cmd"),
    ],
)  # fmt: skip
def test_what_would_be_misread_in_label_studio_is_refused_with_its_place(
    bring_in, exports: dict[str, Path], edit: Callable[[dict[str, Any]], Any], problem: str
):
    tasks = tasks_of(exports)
    edit(task_of(tasks))
    found = refusal(bring_in, "label-studio", json.dumps(tasks))
    assert "train.json /1" in found
    assert problem in found


def test_predictions_in_label_studio_that_nobody_submitted_are_told_and_are_no_annotations(
    bring_in, exports: dict[str, Path]
):
    tasks = tasks_of(exports)
    one = copy.deepcopy(tasks)
    task_of(one).update(predictions=task_of(one)["annotations"], annotations=[])
    made = bring_in("label-studio", json.dumps(one))
    assert changes(made) == []
    assert "1 task with predictions that nobody submitted as an annotation" in told(made)[0]
    for task in tasks:
        task.update(predictions=task["annotations"], annotations=[])
    assert "holds no label-studio annotations. 4 tasks with predictions" in refusal(
        bring_in, "label-studio", json.dumps(tasks)
    )
