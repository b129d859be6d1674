"""Corrected labels come back: nothing changed is nothing different, and every change is told and applied."""

from __future__ import annotations

import csv
import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner
from exports import exported, point_list, selected

from etl.build import build
from etl.cli import command_line
from etl.corrections import READERS, import_corrections
from etl.corrections.differences import compare
from etl.corrections.model import Marked, Place
from etl.errors import AnnotationError
from etl.export.write import write_export
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection


def handed_out(warehouse: Warehouse, name: str, folder: Path, selection: Selection | None = None) -> tuple[Path, Path]:
    """An export, and a copy of it to correct (of CVAT's two forms the videos)."""
    exported(warehouse, name, folder / "export", selection)
    part = folder / "export" / "videos" if name == "cvat" else folder / "export"
    shutil.copytree(part, folder / "corrected")
    return folder / "export", folder / "corrected"


def rebuilt(folder: Path, target: Path) -> list[tuple]:
    build(folder, target)
    with open_warehouse(target) as again:
        return point_list(selected(again))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("selection", [None, Selection(actions=("contact",))])
def test_what_was_not_changed_makes_no_difference(
    hostile: Warehouse, tmp_path: Path, name: str, selection: Selection | None
):
    export_folder, corrected = handed_out(hostile, name, tmp_path, selection)
    made = import_corrections(hostile, name, corrected, export_folder, tmp_path / "out")
    assert made.differences == ()
    assert rebuilt(tmp_path / "out", tmp_path / "warehouse") == point_list(selected(hostile))


def test_changes_in_cvat_are_told_and_applied(hostile: Warehouse, tmp_path: Path):
    export_folder, corrected = handed_out(hostile, "cvat", tmp_path)
    path = corrected / "20.xml"
    tree = ET.parse(path)
    first, second = tree.getroot().findall("track")
    point = first.find("points")  # the release at frame 9, at (99, 59): two frames earlier, 5 pixels away
    point.set("frame", "7")
    point.set("points", "96.2,54.9")
    tree.getroot().remove(second)
    added = ET.fromstring(
        '<track id="9" label="contact"><points frame="12" outside="0" points="90,50">'
        '<attribute name="agent">object-object</attribute></points></track>'
    )
    tree.getroot().append(added)
    tree.write(path)
    (corrected / "100.xml").unlink()

    made = import_corrections(hostile, "cvat", corrected, export_folder, tmp_path / "out")
    assert made.counts == {"added": 1, "removed": 1, "moved": 1, "relabelled": 0}
    assert made.places_not_returned == (Place("100", None),)
    moved = next(found for found in made.differences if found.kind == "moved")
    assert (moved.frames, moved.pixels) == (-2, 5.0)
    after = rebuilt(tmp_path / "out", tmp_path / "warehouse")
    assert [row for row in after if row[0] == "20"] == [
        ("20", "contact", "object-object", 12, 90, 50),
        ("20", "release", "hand-object", 7, 96, 55),
    ]
    assert [row for row in after if row[0] != "20"] == [row for row in point_list(selected(hostile)) if row[0] != "20"]
    with (tmp_path / "out" / "differences.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["kind"]: row for row in csv.DictReader(file)}
    assert (rows["moved"]["frames"], rows["moved"]["pixels"], rows["removed"]["event_index"]) == ("-2", "5.0", "1")


def test_changes_in_label_studio_are_told_and_applied(hostile: Warehouse, tmp_path: Path):
    export_folder, corrected = handed_out(hostile, "label-studio", tmp_path)
    path = corrected / "validation.json"
    tasks = json.loads(path.read_bytes())
    point, agent = tasks[0]["annotations"][0]["result"]
    point["value"] |= {"x": 53.0, "y": 100 * 34 / 60}
    agent["value"]["choices"] = ["hand-object"]
    tasks[0]["annotations"].append({"was_cancelled": True, "result": []})
    path.write_text(json.dumps(tasks))
    made = import_corrections(hostile, "label-studio", corrected, export_folder, tmp_path / "out")
    assert made.counts == {"added": 0, "removed": 0, "moved": 0, "relabelled": 1}
    after = rebuilt(tmp_path / "out", tmp_path / "warehouse")
    assert ("a<b>&\"c'd", "contact", "hand-object", 3, 53, 34) in after


def test_coco_without_our_fields_is_paired_by_distance_and_an_emptied_video_is_left_out(
    hostile: Warehouse, tmp_path: Path
):
    exported(hostile, "coco", tmp_path / "export", by="action-agent")
    shutil.copytree(tmp_path / "export", tmp_path / "corrected")
    path = tmp_path / "corrected" / "train.json"
    content = json.loads(path.read_bytes())
    for note in content["annotations"]:
        del note["event_index"]
        note["keypoints"][0] += 1 if note["keypoints"][0] < 99 else 0
    path.write_text(json.dumps(content))
    path = tmp_path / "corrected" / "validation.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "annotations": []}))
    made = import_corrections(hostile, "coco", tmp_path / "corrected", tmp_path / "export", tmp_path / "out")
    assert made.counts == {"added": 0, "removed": 1, "moved": 4, "relabelled": 0}
    assert made.videos_without_events == ("a<b>&\"c'd",)
    after = rebuilt(tmp_path / "out", tmp_path / "warehouse")
    assert len(after) == 10
    assert {row[0] for row in after} == {"20", "100", "=1+2", "späť"}


def test_a_copied_event_is_an_added_one():
    event = Marked(0, "contact", "hand-object", 5, 10, 10)
    copy = event._replace(point_x=13, point_y=14)
    place = Place("20", None)
    [difference] = compare({place: [event]}, {place: [event, copy]})
    assert (difference.kind, difference.after) == ("added", copy)


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "expected"),
    [
        ("cvat", "20.xml", 'label="release"', 'label="grab"', "an action: contact or release"),
        ("cvat", "20.xml", "99.00,59.00", "99,59;3,4", "a coordinate in pixels"),
        ("cvat", "20.xml", "99.00,59.00", "-9,nan", "a coordinate"),
        ("cvat", "20.xml", "<annotations>", "<!DOCTYPE a><annotations>", "without a document type"),
        ("cvat", "20.xml", "</annotations>", "", "XML"),
        ("cvat", "20.xml", "20.webm", "21.webm", "a video or frame of the export"),
        ("cvat", "20.xml", 'frame="9"', 'frame="13"', "a frame from 0 to 12, the last of the video"),
        ("cvat", "20.xml", 'frame="9"', f'frame="{"9" * 5000}"', "a frame number"),
        ("cvat", "20.xml", "99.00,59.00", "101.00,59.00", "a point in the picture of 100 × 60 px"),
        ("cvat", "20.xml", "<width>100", "<width>200", "one of 100 × 60 px, as exported"),
        ("cvat", "20.xml", 'frame="10"', 'frame="11" outside="0"/><points frame="10"', "one event per track"),
        ("cvat", "20.xml", "<points", "<tag/><points", "only <points>: events are points"),
        ("cvat", "20.xml", "<track", "<tag/><track", "<track> or <image>"),
        ("cvat", "20.xml", "<track", "<track/><track", "a point that is not outside in every track"),
        ("label-studio", "train.json", '"hand-object"', '"foot"', "an agent"),
        ("label-studio", "train.json", '"frame_number": 9', '"frame_number": "9"', "a frame number"),
        ("label-studio", "train.json", '"data"', '"date"', "an object under 'data'"),
        ("coco", "train.json", "20/frame_00009.jpg", "../../etc/passwd", "the name of a frame"),
        ("coco", "train.json", '"keypoints": [99', '"keypoints": [[]', "a coordinate in pixels"),
        ("label-studio", "train.json", '"choices", "value"', '"rectangle", "value"', "events are points"),
        ("label-studio", "train.json", '["hand-object"]', '["hand-object", "object-object"]', "one agent for every"),
        ("label-studio", "train.json", '"original_width": 100', '"original_width": 200', "one of 100 × 60 px"),
        ("coco", "train.json", '"images"', '"pictures"', "COCO"),
        ("coco", "train.json", '"keypoints": [99', f'"keypoints": [{"9" * 400}', "a coordinate from 0"),
        ("coco", "train.json", '"keypoints": [99, 59, 2]', '"keypoints": [0, 0, 0]', "of visibility 1 or 2"),
        ("coco", "train.json", '"keypoints": [99, 59, 2]', '"keypoints": [9, 9, 2, 8, 8, 2]', "one keypoint"),
        ("coco", "train.json", '"category_id": 1', '"category_id": 9', "the id of a category of the file"),
        ("coco", "train.json", '"image_id": 1', '"image_id": 99', "the id of an image of the file"),
        ("coco", "train.json", '"images": [\n{"id": 1', '"images": [\n{"id": 2', "each id of an image once"),
        ("coco", "train.json", "frame_00009", f"frame_{'0' * 5000}9", "the name of a frame"),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_is_written(
    hostile: Warehouse, tmp_path: Path, name: str, file: str, old: str, new: str, expected: str
):
    export_folder, corrected = handed_out(hostile, name, tmp_path)
    text = (corrected / file).read_text(encoding="utf-8")
    assert old in text
    (corrected / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(AnnotationError) as caught:
        import_corrections(hostile, name, corrected, export_folder, tmp_path / "out")
    assert any(expected in problem.expected for problem in caught.value.problems)
    assert not (tmp_path / "out").exists()


def test_every_fault_of_a_file_is_told_with_its_track(hostile: Warehouse, tmp_path: Path):
    export_folder, corrected = handed_out(hostile, "cvat", tmp_path)
    path = corrected / "20.xml"
    path.write_text(
        path.read_text().replace('label="release"', 'label="grab"').replace(">hand-object</attr", ">foot</attr")
    )
    with pytest.raises(AnnotationError) as caught:
        import_corrections(hostile, "cvat", corrected, export_folder, tmp_path / "out")
    assert [(problem.location, problem.found) for problem in caught.value.problems] == [
        ("track 1", "'grab'"),
        ("track 2", "'foot'"),
    ]


def test_a_track_that_stands_twice_is_refused(hostile: Warehouse, tmp_path: Path):
    export_folder, corrected = handed_out(hostile, "cvat", tmp_path)
    path = corrected / "20.xml"
    text = path.read_text()
    track = text[text.index("<track") : text.index("</track>") + len("</track>")]
    path.write_text(text.replace("</annotations>", f"{track}</annotations>"))
    with pytest.raises(AnnotationError, match="at frame 9, point 99, 59 2 times, expected every event once"):
        import_corrections(hostile, "cvat", corrected, export_folder, tmp_path / "out")


def test_an_event_that_is_corrected_in_both_forms_of_cvat_is_refused(hostile: Warehouse, tmp_path: Path):
    export_folder, _ = handed_out(hostile, "cvat", tmp_path)
    both = shutil.copytree(export_folder, tmp_path / "both")
    for path, point in ((both / "videos" / "20.xml", "98.00,59.00"), (both / "images" / "train.xml", "97.00,59.00")):
        path.write_text(path.read_text().replace("99.00,59.00", point))
    with pytest.raises(AnnotationError, match="video 20: found event 0 corrected in two files"):
        import_corrections(hostile, "cvat", both, export_folder, tmp_path / "out")


def test_a_task_that_was_skipped_did_not_come_back(hostile: Warehouse, tmp_path: Path):
    export_folder, corrected = handed_out(hostile, "label-studio", tmp_path)
    path = corrected / "validation.json"
    [task] = json.loads(path.read_bytes())
    task["annotations"][0] |= {"was_cancelled": True, "result": []}
    path.write_text(json.dumps([task]))
    made = import_corrections(hostile, "label-studio", corrected, export_folder, tmp_path / "out")
    assert made.differences == ()
    assert made.places_not_returned == (Place("a<b>&\"c'd", 3),)


def test_a_point_that_rounding_puts_beyond_the_edge_lies_on_it(hostile: Warehouse, tmp_path: Path):
    export_folder, corrected = handed_out(hostile, "cvat", tmp_path)
    path = corrected / "20.xml"
    path.write_text(path.read_text().replace("99.00,59.00", "99.80,30.00"))
    [found] = import_corrections(hostile, "cvat", corrected, export_folder, tmp_path / "out").differences
    assert found.after and found.after.point == (99, 30)


def test_an_export_of_another_format_is_refused(hostile: Warehouse, tmp_path: Path):
    export_folder, corrected = handed_out(hostile, "coco", tmp_path)
    with pytest.raises(AnnotationError, match="is an export to coco, expected cvat"):
        import_corrections(hostile, "cvat", corrected, export_folder, tmp_path / "out")
    with pytest.raises(AnnotationError, match="is not an export"):
        import_corrections(hostile, "coco", corrected, tmp_path / "nothing", tmp_path / "out")


def test_the_command_tells_the_differences(sample_warehouse: Path, tmp_path: Path):
    with open_warehouse(sample_warehouse) as opened:
        write_export(opened, "publisher", tmp_path / "export")
    (tmp_path / "corrected").mkdir()
    arguments = [
        "import",
        "cvat",
        str(tmp_path / "corrected"),
        "--export",
        str(tmp_path / "export"),
        "--output",
        str(tmp_path / "o"),
    ]
    result = CliRunner().invoke(command_line, [*arguments, "--warehouse", str(sample_warehouse)])
    assert isinstance(result.exception, AnnotationError)
    assert "is an export to publisher, expected cvat" in str(result.exception)
