"""Objects and boxes in exports: only where they are asked for, of the selected videos only, and with their licence."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from exports import decode_all

import etl
from etl.dataset.sample.companions import BOXES_FILE, SSV2_FOLDER, companion_files
from etl.errors import OptionError, OutputError
from etl.export.format import Options
from etl.export.formats.hice import hands_of_frame
from etl.export.write import FORMATS, write_export
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection

FILES = companion_files()
OBJECTS = {
    row["id"]: row["placeholders"]
    for split in ("train", "validation")
    for row in json.loads(FILES[f"{SSV2_FOLDER}/something-something-v2-{split}.json"])
}
BOXES = json.loads(FILES[BOXES_FILE])
VIDEOS = ("900001", "900002", "900003")


@pytest.fixture(scope="module")
def warehouse(sample_with_objects: Path):
    with open_warehouse(sample_with_objects) as opened:
        yield opened


def rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)) if path.suffix == ".csv" else [json.loads(line) for line in file]


@pytest.mark.parametrize(
    ("name", "suffix"), [("csv", ".csv"), ("jsonl", ".jsonl"), ("parquet", ".parquet"), ("huggingface", ".parquet")]
)
def test_tables_have_the_objects_and_boxes_of_the_selected_videos(
    warehouse: Warehouse, tmp_path: Path, name: str, suffix: str
):
    made = etl.export(warehouse, name, tmp_path / "out", Selection(videos=VIDEOS), with_objects=True, with_boxes=True)
    found: dict[str, list[str]] = {}
    for row in rows(tmp_path / "out" / f"objects{suffix}"):
        found.setdefault(row["video_id"], []).append(row["object"])
    assert found == {video_id: OBJECTS[video_id] for video_id in VIDEOS if video_id in OBJECTS}
    boxes = [
        (video_id, int(entry["name"][-8:-4]) - 1, label["standard_category"], *map(float, label["box2d"].values()))
        for video_id in VIDEOS
        for entry in BOXES[video_id]
        for label in entry["labels"]
    ]
    written = [
        (row["video_id"], int(row["frame_number"]), row["instance"], *(float(row[s]) for s in ("x1", "y1", "x2", "y2")))
        for row in rows(tmp_path / "out" / f"boxes{suffix}")
    ]
    assert written == boxes
    told = made.manifest["companions"]
    assert told["boxes"]["rows"] == len(boxes)
    assert told["objects"]["licence"] == warehouse.manifest.companions["ssv2"].licence


@pytest.mark.parametrize(
    ("name", "suffix"), [("csv", ".csv"), ("jsonl", ".jsonl"), ("parquet", ".parquet"), ("huggingface", ".parquet")]
)
def test_the_card_describes_every_file_of_objects_and_boxes_with_its_columns_and_licence(
    warehouse: Warehouse, tmp_path: Path, name: str, suffix: str
):
    made = etl.export(warehouse, name, tmp_path / "out", Selection(videos=VIDEOS), with_objects=True, with_boxes=True)
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    header = dict(line.split(": ", 1) for line in card.split("---\n")[1].splitlines())
    configurations = {one["config_name"]: one for one in json.loads(header["configs"])}
    features = {one["config_name"]: one["features"] for one in json.loads(header["dataset_info"])}
    assert [one.get("default") for one in configurations.values()] == [True, None, None]
    for kind in ("objects", "boxes"):
        assert configurations[kind]["data_files"] == [{"split": kind, "path": f"{kind}{suffix}"}]
        written = rows(tmp_path / "out" / f"{kind}{suffix}")
        assert [feature["name"] for feature in features[kind]] == list(written[0])
        [section] = [part for part in card.split("\n## ") if part.startswith(f"{kind.capitalize()}: `{kind}{suffix}`")]
        assert all(f"| `{column}` | " in section for column in written[0])
        assert f"Licence: {made.manifest['companions'][kind]['licence']['name']}" in section


def test_the_data_package_describes_objects_and_boxes(warehouse: Warehouse, tmp_path: Path):
    etl.export(warehouse, "csv", tmp_path / "out", Selection(videos=VIDEOS), with_objects=True, with_boxes=True)
    package = json.loads((tmp_path / "out" / "datapackage.json").read_bytes())
    assert [resource["path"] for resource in package["resources"]] == ["events.csv", "objects.csv", "boxes.csv"]
    for resource in package["resources"]:
        fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        written = rows(tmp_path / "out" / resource["path"])
        assert list(fields) == list(written[0])
        keys = [tuple(row[column] for column in resource["schema"]["primaryKey"]) for row in written]
        assert len(set(keys)) == len(keys)
    assert {name for name, kind in fields.items() if kind == "number"} == {"x1", "y1", "x2", "y2"}
    assert fields["is_hand"] == "boolean"
    assert all("licenses" in resource for resource in package["resources"][1:])


def test_columns_of_objects_and_boxes_have_their_descriptions_in_the_parquet_schema(
    warehouse: Warehouse, tmp_path: Path
):
    etl.export(warehouse, "parquet", tmp_path / "out", Selection(videos=VIDEOS), with_objects=True, with_boxes=True)
    for kind in ("objects", "boxes"):
        schema = pq.read_schema(tmp_path / "out" / f"{kind}.parquet")
        assert all(field.metadata[b"description"] for field in schema)


def test_without_being_asked_for_they_are_in_no_export(warehouse: Warehouse, tmp_path: Path):
    made = etl.export(warehouse, "parquet", tmp_path / "out")
    assert "companions" not in made.manifest
    assert not list((tmp_path / "out").glob("objects*")) + list((tmp_path / "out").glob("boxes*"))


def test_coco_has_them_with_each_image(warehouse: Warehouse, tmp_path: Path):
    database = warehouse_in_memory(warehouse)
    selection = Selection(videos=VIDEOS)
    write_export(database, "coco", tmp_path / "out", selection, Options(with_objects=True, with_boxes=True))
    images = [
        image
        for split in ("train", "validation", "test", "unassigned")
        if (tmp_path / "out" / f"{split}.json").exists()
        for image in json.loads((tmp_path / "out" / f"{split}.json").read_bytes())["images"]
    ]
    assert images
    for image in images:
        video_id, frame = image["video_id"], image["frame_number"]
        assert image["objects"] == OBJECTS.get(video_id, [])
        labels = [
            label
            for entry in BOXES[video_id]
            if entry["name"] == f"{video_id}/{frame + 1:04}.jpg"
            for label in entry["labels"]
        ]
        corners = [label["box2d"] for label in labels]
        assert [box["instance"] for box in image["boxes"]] == [label["standard_category"] for label in labels]
        assert [box["bbox"] for box in image["boxes"]] == [
            [box["x1"], box["y1"], box["x2"] - box["x1"], box["y2"] - box["y1"]] for box in corners
        ]
    assert any(image["boxes"] for image in images)


def warehouse_in_memory(warehouse: Warehouse) -> Warehouse:
    from given import empty_database

    from etl.schema import TABLES

    database = empty_database()
    for table in TABLES:
        database.execute(
            f"insert into {table.name} from read_parquet(?)", [str(warehouse.path / f"{table.name}.parquet")]
        )
    decode_all(database)
    return Warehouse(warehouse.path, database, warehouse.manifest)


def test_prompts_name_the_objects_where_that_is_asked_for(warehouse: Warehouse, tmp_path: Path):
    for name, options in (("plain", False), ("named", True)):
        etl.export(warehouse, "lmm-qa", tmp_path / name, with_objects=options)
    plain, named = (
        [json.loads(line) for line in (tmp_path / name / "qa.jsonl").read_text().splitlines()]
        for name in ("plain", "named")
    )
    for one, other in zip(plain, named, strict=True):
        shown = OBJECTS.get(one["video_id"])
        told = f" The video shows: {'; '.join(shown)}." if shown else ""
        assert other["question"].replace(told, "", 1) == one["question"]
        assert told in other["question"]


def test_a_warehouse_without_them_says_how_to_get_them(sample_warehouse: Path, tmp_path: Path):
    with pytest.raises(OutputError, match=r"the warehouse has no objects\. Try: contact-release build --ssv2 DIR"):
        etl.export(sample_warehouse, "csv", tmp_path / "out", with_objects=True)
    assert not (tmp_path / "out").exists()


def test_a_format_that_has_no_place_for_them_refuses_them(sample_warehouse: Path, tmp_path: Path):
    with pytest.raises(OptionError, match="--with-boxes means nothing to the format publisher, only to: csv, jsonl"):
        etl.export(sample_warehouse, "publisher", tmp_path / "out", with_boxes=True)
    assert {name for name, kind in FORMATS.items() if "with_objects" in kind.takes} == {
        *("csv", "jsonl", "parquet", "huggingface", "coco", "lmm-qa")
    }


def test_hice_has_its_words_and_the_hands_of_every_frame(warehouse: Warehouse, tmp_path: Path):
    database = warehouse_in_memory(warehouse)
    options = Options(layout="hice", with_boxes=True)
    made = write_export(database, "e2e-spot", tmp_path / "out", Selection(videos=VIDEOS), options)
    assert (tmp_path / "out" / "class.txt").read_text() == "touch\nuntouch\n"
    entries = [entry for path in (tmp_path / "out").glob("t*.json") for entry in json.loads(path.read_bytes())]
    assert {event["label"] for entry in entries for event in entry["events"]} <= {"touch", "untouch"}
    hands = json.loads((tmp_path / "out" / "hand_anno.json").read_bytes())
    assert set(hands) >= {entry["video"] for entry in entries} != set()
    found = 0
    for entry in entries:
        assert list(hands[entry["video"]]) == [f"{number:06d}.jpg" for number in range(entry["num_frames"])]
        for number, name in enumerate(hands[entry["video"]]):
            boxes = [
                [round(label["box2d"][edge]) for edge in ("x1", "y1", "x2", "y2")]
                for frame in BOXES.get(entry["video"], [])
                if frame["name"] == f"{entry['video']}/{number + 1:04}.jpg"
                for label in frame["labels"]
                if label["standard_category"] == "hand"
            ]
            written = [hand for hand in hands[entry["video"]][name].values() if hand]
            assert sorted(hand["box"] for hand in written) == sorted(boxes)[:2]
            assert all(hand["grasp"] is None for hand in written)
            found += len(written)
    assert found and made.manifest["hands"]["frames_with_a_hand"] > 0
    assert "do not tell the left hand from the right one" in " ".join(made.account.notes)


def test_hands_are_called_left_and_right_by_their_place():
    def box(left: int, right: int) -> dict[str, int]:
        return {"x1": left, "y1": 1, "x2": right, "y2": 9}

    for given, left, right in [
        ([], None, None),
        ([box(0, 40)], 0, None),
        ([box(80, 99)], None, 80),
        ([box(70, 90), box(50, 60)], 50, 70),
        ([box(70, 90), box(50, 60), box(5, 9)], 5, 70),
    ]:
        hands = hands_of_frame(given, 100).values()
        found = [hand["box"][0] if hand else None for hand in hands]
        assert found == [left, right]


def test_layouts_are_those_of_the_format(warehouse: Warehouse, tmp_path: Path):
    with pytest.raises(OptionError, match="found 'hice' as --layout, expected flat or datumaro for coco"):
        etl.export(warehouse, "coco", tmp_path / "out", layout="hice")
    with pytest.raises(OptionError, match="is only for the layout hice"):
        etl.export(warehouse, "e2e-spot", tmp_path / "out", with_boxes=True)
    assert not (tmp_path / "out").exists()
