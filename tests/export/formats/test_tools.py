"""Annotation tools and lists: CVAT, Label Studio, ActivityNet, MMAction2 give back what was selected."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from exports import exported, hostile_warehouse, point_list, selected

from etl.warehouse.open import Warehouse


def agent_of(element: ET.Element) -> str | None:
    return next(item.text for item in element.iter("attribute") if item.get("name") == "agent")


def point_of(element: ET.Element) -> tuple[int, int]:
    x, y = map(float, element.get("points").split(","))
    assert (x, y) == (int(x), int(y))
    return int(x), int(y)


def test_cvat_video_tasks_give_back_every_event(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "cvat", tmp_path / "out")
    found = []
    for path in (tmp_path / "out" / "videos").iterdir():
        root = ET.parse(path).getroot()
        assert root.find("meta/task/name").text == path.stem
        stop = int(root.findtext("meta/task/stop_frame", ""))
        for track in root.iter("track"):
            first, *twin = track.findall("points")
            number = int(first.attrib["frame"])
            assert first.get("outside") == "0"
            assert [(int(p.attrib["frame"]), p.get("outside")) for p in twin] == ([(number + 1, "1")] * (number < stop))
            found.append((path.stem, track.get("label"), agent_of(first), number, *point_of(first)))
    assert sorted(found) == point_list(selected(hostile))


def test_cvat_image_tasks_give_back_every_event_and_find_their_frames(hostile: Warehouse, frames: Path, tmp_path: Path):
    exported(hostile, "cvat", tmp_path / "out", frames=frames)
    found = []
    for path in (tmp_path / "out" / "images").glob("*.xml"):
        for image in ET.parse(path).getroot().iter("image"):
            video_id, number = re.fullmatch(r"(.+)/frame_(\d{5})\.jpg", image.attrib["name"], re.DOTALL).groups()
            assert (tmp_path / "out" / "images" / "images" / image.attrib["name"]).is_file()
            assert (image.get("width"), image.get("height")) == ("100", "60")
            for point in image.iter("points"):
                found.append((video_id, point.get("label"), agent_of(point), int(number), *point_of(point)))
    assert sorted(found) == point_list(selected(hostile))


def test_cvat_leaves_out_what_lies_past_the_end(tmp_path: Path):
    warehouse = hostile_warehouse(tmp_path / "data")
    warehouse._connection.execute("update videos set frame_count = 9 where video_id = '20'")
    made = exported(warehouse, "cvat", tmp_path / "out")
    assert made.account.left_out == {"its frame lies past the last decoded frame of the video": [("20", 0)]}
    assert len(ET.parse(tmp_path / "out" / "videos" / "20.xml").getroot().findall("track")) == 1


def test_label_studio_tasks_give_back_every_event(hostile: Warehouse, frames: Path, tmp_path: Path):
    exported(hostile, "label-studio", tmp_path / "out", frames=frames)
    found = []
    templates = {row["video_id"]: row["template"] for row in selected(hostile)}
    for path in (tmp_path / "out").glob("*.json"):
        if path.name == "manifest.json":
            continue
        for task in json.loads(path.read_bytes()):
            data = task["data"]
            assert data["template"] == templates[data["video_id"]]
            assert data["split"] == path.stem
            assert (tmp_path / "out" / "images" / data["video_id"] / f"frame_{data['frame_number']:05d}.jpg").is_file()
            results = task["annotations"][0]["result"]
            for point, agent in zip(results[::2], results[1::2], strict=True):
                assert point["id"] == agent["id"]
                x, y = point["value"]["x"] * 100 / 100, point["value"]["y"] * 60 / 100
                action, who = point["value"]["keypointlabels"][0], agent["value"]["choices"][0]
                found.append((data["video_id"], action, who, data["frame_number"], round(x), round(y)))
    assert sorted(found) == point_list(selected(hostile))


def test_activitynet_has_the_intervals_and_counts_what_has_no_partner(hostile: Warehouse, tmp_path: Path):
    made = exported(hostile, "activitynet", tmp_path / "out")
    database = json.loads((tmp_path / "out" / "activitynet.json").read_bytes())["database"]
    assert database["20"]["annotations"] == [
        {
            "label": "hand-object",
            "segment": [0.4, 0.9],
            "contact": {"frame": 4, "point": [0, 0]},
            "release": {"frame": 9, "point": [99, 59]},
        }
    ]
    assert [note["segment"] for note in database["=1+2"]["annotations"]] == [[0.7, 0.8]]
    assert database["20"]["subset"] == "training"
    assert made.account.written == 6
    assert made.account.lost == 5


def test_mmaction2_lists_decoded_counts_and_says_how_frames_are_named(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "mmaction2", tmp_path / "out")
    assert (tmp_path / "out" / "train.txt").read_text(encoding="utf-8").splitlines() == ["20 13 0", "=1+2 12 1"]
    assert "filename_tmpl='frame_{:05}.jpg',\n    start_index=0" in (tmp_path / "out" / "config.py").read_text()
    lines = (tmp_path / "out" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert point_list([json.loads(line) for line in lines]) == point_list(selected(hostile))


def test_cvat_names_the_videos_true_file_and_has_labels_and_steps(tmp_path: Path):
    warehouse = hostile_warehouse(tmp_path / "data")
    warehouse._connection.execute("update videos set video_file = '20.mp4' where video_id = '20'")
    exported(warehouse, "cvat", tmp_path / "out")
    sources = {p.stem: ET.parse(p).getroot().findtext("meta/task/source") for p in (tmp_path / "out/videos").iterdir()}
    assert (sources["20"], sources["100"]) == ("20.mp4", "100.webm")
    labels = json.loads((tmp_path / "out" / "labels.json").read_bytes())
    assert [label["name"] for label in labels] == ["contact", "release"]
    for label in labels:
        assert [attribute["name"] for attribute in label["attributes"]] == ["agent", "event_index"]
        assert label["attributes"][0]["values"] == ["hand-object", "object-surface", "object-object"]
    assert len({label["color"] for label in labels}) == 2
    steps = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert all(word in steps for word in ("labels.json", "CVAT for video 1.1", "CVAT for images 1.1", "zip"))


def test_label_studios_labels_differ_in_colour_and_its_settings_are_told(hostile: Warehouse, tmp_path: Path):
    made = exported(hostile, "label-studio", tmp_path / "out")
    labels = ET.parse(tmp_path / "out" / "labelling.xml").getroot().iter("Label")
    assert {label.get("value"): label.get("background") for label in labels} == {
        "contact": "#0072b2",
        "release": "#d55e00",
    }
    assert "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT is the export's folder" in made.account.notes[0]
    assert "do **not** sync it" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("layout", ["flat", "datumaro"])
def test_cocos_layouts_hold_the_same_and_the_sigma_stands_beside(hostile: Warehouse, tmp_path: Path, layout: str):
    exported(hostile, "coco", tmp_path / "out", layout=layout)
    name = {"flat": "train.json", "datumaro": "annotations/person_keypoints_train.json"}[layout]
    content = json.loads((tmp_path / "out" / name).read_bytes())
    assert len(content["annotations"]) == 5
    assert all(note["segmentation"] == [] for note in content["annotations"])
    assert float((tmp_path / "out" / "kpt_oks_sigmas.txt").read_text()) == 0.25


def test_the_csvs_data_package_gives_every_column_its_type(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "csv", tmp_path / "out")
    [resource] = json.loads((tmp_path / "out" / "datapackage.json").read_bytes())["resources"]
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    header = (tmp_path / "out" / "events.csv").read_text(encoding="utf-8").split("\n", 1)[0]
    assert list(types) == header.replace('"', "").split(",")
    assert (types["video_id"], types["frame_number"]) == ("string", "integer")


def test_the_hugging_face_card_has_a_licence_of_the_hubs_form_and_the_column_image(
    hostile: Warehouse, frames: Path, tmp_path: Path
):
    exported(hostile, "huggingface", tmp_path / "out", frames=frames)
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert re.search(r'^license: "other"$', card, re.MULTILINE)
    assert re.search(r'^license_name: "[a-z0-9-]+"$', card, re.MULTILINE)
    assert re.search(r'^license_link: "https://.+"$', card, re.MULTILINE)
    assert "| `image` |" in card


def test_a_cvat_track_on_the_last_frame_has_no_frame_after_it_to_end_at(tmp_path: Path):
    warehouse = hostile_warehouse(tmp_path / "data")
    warehouse._connection.execute("update videos set frame_count = 10 where video_id = '20'")  # an event lies at 9
    made = exported(warehouse, "cvat", tmp_path / "out")
    tracks = ET.parse(tmp_path / "out" / "videos" / "20.xml").getroot().findall("track")
    frames = [[(p.get("frame"), p.get("outside")) for p in track.findall("points")] for track in tracks]
    assert frames == [[("9", "0")], [("4", "0"), ("5", "1")]]
    assert made.account.lost == 0
