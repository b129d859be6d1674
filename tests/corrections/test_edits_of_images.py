"""The twelve kinds of edits in tools that annotate images, COCO and Label Studio, where `test_edits.py` has CVAT.

Label Studio's edits of one task are in `test_edits.py`, too. An annotation of an image is on one frame, so there is no
shape over several. The dataset is that of `exports.py`: video 20 has a release at frame 9 and a contact at frame 4.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from edits import KINDS, Change, changes, results, told
from exports import exported, hostile_warehouse

from etl.corrections import Correction, import_corrections
from etl.errors import AnnotationError
from etl.warehouse.open import Warehouse

Edit = Callable[[dict[str, Any]], Any]
LAST = ("moved", 0, ("release", "hand-object", 9, 90, 59))
OTHER = "a<b>&\"c'd"  # a video of another split


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Its videos end with their last event, so the release of video 20 is on the last frame."""
    warehouse = hostile_warehouse(tmp_path_factory.mktemp("hostile"))
    warehouse._connection.execute("update videos set frame_count = frame_count - 3")
    return warehouse


@pytest.fixture(scope="module")
def exports(hostile: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exports")
    exported(hostile, "coco", folder / "coco", by="action-agent")
    exported(hostile, "label-studio", folder / "label-studio")
    return {name: folder / name for name in ("coco", "label-studio")}


def note_of(content: dict[str, Any], file: str = "20/frame_00009.jpg") -> dict[str, Any]:
    [image] = [image for image in content["images"] if image["file_name"] == file]
    [note] = [note for note in content["annotations"] if note["image_id"] == image["id"]]
    return note


def relabel(content: dict[str, Any], label: str) -> None:
    [category] = [category["id"] for category in content["categories"] if category["name"] == label]
    note_of(content)["category_id"] = category


def move(content: dict[str, Any], x: float) -> None:
    note_of(content)["keypoints"][0] = x


def drop_image(content: dict[str, Any]) -> None:
    note = note_of(content)
    content["annotations"].remove(note)
    content["images"] = [image for image in content["images"] if image["id"] != note["image_id"]]


def add(content: dict[str, Any]) -> None:
    [category] = [c["id"] for c in content["categories"] if c["name"] == "contact_object-object"]
    image = note_of(content)["image_id"]
    content["annotations"].append({"id": 999, "image_id": image, "category_id": category, "keypoints": [7, 8, 2]})


COCO_EDITS: dict[str, tuple[Edit, list[Change]]] = {
    "moved": (lambda c: move(c, 96), [("moved", 0, ("release", "hand-object", 9, 96, 59))]),
    "relabelled": (
        lambda c: relabel(c, "contact_hand-object"),
        [("relabelled", 0, ("contact", "hand-object", 9, 99, 59))],
    ),
    "agent changed": (
        lambda c: relabel(c, "release_object-surface"),
        [("relabelled", 0, ("release", "object-surface", 9, 99, 59))],
    ),
    "removed": (lambda c: c["annotations"].remove(note_of(c)), [("removed", 0, None)]),
    "added": (add, [("added", None, ("contact", "object-object", 9, 7, 8))]),
    "skipped task": (drop_image, []),
    "last frame": (lambda c: move(c, 90), [LAST]),
    "half pixel": (lambda c: move(c, 97.5), [("moved", 0, ("release", "hand-object", 9, 98, 59))]),
}


def import_edited(hostile: Warehouse, tool: str, export: Path, folder: Path, edit: Callable[[Path], Any]) -> Correction:
    corrected = shutil.copytree(export, folder / "corrected")
    edit(corrected)
    return import_corrections(hostile, tool, corrected, export, folder / "out")


def rewritten(path: Path, edit: Callable[[Any], Any]) -> None:
    content = json.loads(path.read_bytes())
    edit(content)
    path.write_text(json.dumps(content))


def task_of(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    return next(t for t in tasks if (t["data"]["video_id"], t["data"]["frame_number"]) == ("20", 9))


@pytest.mark.parametrize("kind", COCO_EDITS)
def test_what_was_edited_in_coco_is_what_the_report_names(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, kind: str
):
    edit, expected = COCO_EDITS[kind]
    made = import_edited(
        hostile, "coco", exports["coco"], tmp_path, lambda folder: rewritten(folder / "train.json", edit)
    )
    assert changes(made) == expected
    assert not [note for note in told(made) if "half a pixel" in note]


def test_coco_in_one_file_of_two_videos_is_read_by_video(hostile: Warehouse, exports: dict[str, Path], tmp_path: Path):
    def join(folder: Path) -> None:
        one, other = (json.loads((folder / f"{split}.json").read_bytes()) for split in ("train", "validation"))
        for image in other["images"]:
            image["id"] += 1000
        for note in other["annotations"]:
            note |= {"id": note["id"] + 1000, "image_id": note["image_id"] + 1000}
        move(one, 96)
        note_of(other, f"{OTHER}/frame_00003.jpg")["keypoints"][:2] = [40, 20]
        for name in ("images", "annotations"):
            one[name] += other[name]
        (folder / "train.json").write_text(json.dumps(one))
        (folder / "validation.json").unlink()

    made = import_edited(hostile, "coco", exports["coco"], tmp_path, join)
    assert [(found.video_id, found.kind, found.after and found.after.point) for found in made.differences] == [
        ("20", "moved", (96, 59)),
        (OTHER, "moved", (40, 20)),
    ]


def test_label_studio_in_one_file_of_two_videos_is_read_by_video(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path
):
    def join(folder: Path) -> None:
        one, other = (json.loads((folder / f"{split}.json").read_bytes()) for split in ("train", "validation"))
        results(task_of(one))[0]["value"]["x"] = 96.0
        results(other[0])[0]["value"]["x"] = 40.0
        (folder / "train.json").write_text(json.dumps(one + other))
        (folder / "validation.json").unlink()

    made = import_edited(hostile, "label-studio", exports["label-studio"], tmp_path, join)
    assert [(found.video_id, found.kind, found.after and found.after.point) for found in made.differences] == [
        ("20", "moved", (96, 59)),
        (OTHER, "moved", (40, 30)),
    ]


def test_label_studio_on_the_last_frame_of_a_video(hostile: Warehouse, exports: dict[str, Path], tmp_path: Path):
    def edit(folder: Path) -> None:
        rewritten(folder / "train.json", lambda tasks: results(task_of(tasks))[0]["value"].update(x=90.0))

    made = import_edited(hostile, "label-studio", exports["label-studio"], tmp_path, edit)
    assert changes(made) == [LAST]


@pytest.mark.parametrize("tool", ["coco", "label-studio"])
def test_an_image_that_two_files_have_is_refused_for_there_are_no_jobs_to_overlap(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, tool: str
):
    with pytest.raises(AnnotationError, match="expected each video or frame once"):
        import_edited(
            hostile, tool, exports[tool], tmp_path, lambda folder: shutil.copy(folder / "train.json", folder / "z.json")
        )


def test_two_annotations_of_one_event_in_coco_are_refused(hostile: Warehouse, exports: dict[str, Path], tmp_path: Path):
    def twice(content: dict[str, Any]) -> None:
        content["annotations"].append(note_of(content) | {"id": 999})

    with pytest.raises(AnnotationError, match=r"train\.json /images/1: found .* 2 times, expected every event once"):
        import_edited(
            hostile, "coco", exports["coco"], tmp_path, lambda folder: rewritten(folder / "train.json", twice)
        )


def test_the_documentation_says_of_every_kind_of_edit_what_each_tools_import_makes_of_it(project: Path):
    page = (project / "docs" / "exports.md").read_text(encoding="utf-8")
    [table] = re.findall(r"^\| edit \| `cvat` .*?\n\n", page, re.DOTALL | re.MULTILINE)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines()[2:]]
    assert [kind for kind, *_ in rows] == list(KINDS)
    assert all(len(cells) == 3 and all(cells) for _, *cells in rows)
