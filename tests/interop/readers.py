"""The real readers, offline, on exports that `make_exports.py` wrote: every event comes back with frame and point.

`make interop` runs this, in an environment of its own that does not have the package.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["FIFTYONE_DO_NOT_TRACK"] = "1"

import pytest

EXPORTS = Path(os.environ["INTEROP_EXPORTS"])
DATASETS = [name for name in ("hostile", "sample", "real") if (EXPORTS / name).is_dir()]
FRAME_FILE = re.compile(r"(?:.*/)?([^/]+)/frame_(\d{5})(?:\.jpg)?", re.DOTALL)
Row = tuple[str, str, str, int, int, int]

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=DATASETS)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of one dataset."""
    return EXPORTS / request.param


def expected(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


def rows_of(events: list[dict]) -> list[Row]:
    columns = ("video_id", "action", "agent", "frame_number", "point_x", "point_y")
    return sorted(tuple(event[column] for column in columns) for event in events)


def sizes_of(folder: Path) -> dict[str, tuple[int, int]]:
    return {event["video_id"]: (event["width"], event["height"]) for event in expected(folder)}


def labels(folder: Path, suffix: str = ".json") -> Iterator[Path]:
    return (path for path in sorted(folder.glob(f"*{suffix}")) if path.name != "manifest.json")


def test_pandas_reads_csv_jsonl_and_parquet(folder: Path):
    import pandas as pd

    text = {"video_id": str, "template": str}
    tables = {
        "csv": pd.read_csv(folder / "csv" / "events.csv", dtype=text, keep_default_na=False),
        "jsonl": pd.read_json(folder / "jsonl" / "events.jsonl", lines=True, dtype=text),
        "parquet": pd.read_parquet(folder / "parquet" / "events.parquet"),
    }
    templates = sorted((event["video_id"], event["template"]) for event in expected(folder))
    for name, table in tables.items():
        found = table.to_dict("records")
        assert rows_of(found) == rows_of(expected(folder)), name
        assert sorted((row["video_id"], row["template"]) for row in found) == templates, name


def test_datasets_reads_the_hugging_face_folder(folder: Path, tmp_path: Path):
    from datasets import ClassLabel, load_dataset

    loaded = load_dataset(str(folder / "huggingface"), cache_dir=str(tmp_path))
    found, sizes = [], sizes_of(folder)
    for split, rows in loaded.items():
        assert isinstance(rows.features["action"], ClassLabel)
        for row in rows.remove_columns(["image"]) if "image" in rows.features else rows:
            action, agent = (rows.features[name].int2str(row[name]) for name in ("action", "agent"))
            found.append({**row, "action": action, "agent": agent})
            assert row["split"] == split
        if "image" in rows.features:
            assert rows[0]["image"].size == sizes[rows[0]["video_id"]]
    assert rows_of(found) == rows_of(expected(folder))
    assert {(e["video_id"], e["template"]) for e in found} == {(e["video_id"], e["template"]) for e in expected(folder)}


def test_pycocotools_reads_coco_and_scores_it_against_itself(folder: Path):
    import numpy as np
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    found = []
    for path in labels(folder / "coco"):
        coco = COCO(str(path))
        for note in coco.loadAnns(coco.getAnnIds()):
            image = coco.loadImgs(note["image_id"])[0]
            video_id, number = FRAME_FILE.fullmatch(image["file_name"]).groups()
            action = coco.loadCats(note["category_id"])[0]["name"]
            found.append((video_id, action, note["agent"], int(number), *note["keypoints"][:2]))
        results = [{**note, "score": 1.0} for note in coco.loadAnns(coco.getAnnIds())]
        scores = COCOeval(coco, coco.loadRes(results), "keypoints")
        scores.params.kpt_oks_sigmas = np.array([0.25])
        scores.evaluate()
        scores.accumulate()
        scores.summarize()
        assert scores.stats[0] > 0.99
    assert sorted(found) == rows_of(expected(folder))


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "real"])  # it wants the pictures on disk
def test_datumaro_reads_cvats_image_tasks(dataset: str):
    from datumaro import Dataset, Points

    folder = EXPORTS / dataset
    found = []
    for path in labels(folder / "cvat" / "images", ".xml"):
        loaded = Dataset.import_from(str(path), "cvat")
        names = [label.name for label in loaded.categories()[next(iter(loaded.categories()))].items]
        for item in loaded:
            video_id, number = FRAME_FILE.fullmatch(item.id).groups()
            for point in item.annotations:
                assert isinstance(point, Points)
                found.append((video_id, names[point.label], point.attributes["agent"], int(number), *point.points))
    assert sorted(found) == rows_of(expected(folder))


def test_datumaro_reads_cvats_video_tasks(folder: Path):
    from datumaro import Dataset, Points

    found, wanted = [], rows_of(expected(folder))
    paths = sorted((folder / "cvat" / "videos").glob("*.xml"))[:200]
    for path in paths:
        loaded = Dataset.import_from(str(path), "cvat")
        names = [label.name for label in loaded.categories()[next(iter(loaded.categories()))].items]
        for item in loaded:
            number = int(item.attributes["frame"])
            for point in item.annotations:
                if isinstance(point, Points) and not point.attributes["outside"]:
                    row = (path.stem, names[point.label], point.attributes["agent"], number, *point.points)
                    found.append(row)
    chosen = {path.stem for path in paths}
    assert sorted(found) == [row for row in wanted if row[0] in chosen]


def test_label_studio_validates_and_converts_its_tasks(folder: Path, tmp_path: Path):
    from label_studio_sdk.converter import Converter
    from label_studio_sdk.label_interface import LabelInterface

    configuration = (folder / "label-studio" / "labelling.xml").read_text(encoding="utf-8")
    interface = LabelInterface(configuration)
    found = []
    for path in labels(folder / "label-studio"):
        tasks = json.loads(path.read_bytes())
        for task in tasks[:300]:
            prediction = {"result": task["annotations"][0]["result"]}
            assert interface.validate_prediction(prediction, return_errors=True) == []
        output = tmp_path / path.stem
        Converter(configuration, str(output)).convert(str(path), str(output), "JSON_MIN", is_dir=False)
        for task in json.loads((output / "result.json").read_bytes()):
            assert task["template"] is not None
            for point in task["action"]:
                x, y = point["x"] * point["original_width"] / 100, point["y"] * point["original_height"] / 100
                found.append((task["video_id"], point["keypointlabels"][0], task["frame_number"], round(x), round(y)))
    assert sorted(found) == sorted((row[0], row[1], *row[3:]) for row in rows_of(expected(folder)))


def test_mlcroissant_reads_the_records_and_checks_the_checksum(folder: Path):
    import mlcroissant

    loaded = mlcroissant.Dataset(jsonld=str(folder / "croissant" / "croissant.json"))
    assert not loaded.metadata.issues.errors
    found = []
    for record in loaded.records("events"):
        values = {name.removeprefix("events/"): value for name, value in record.items()}
        found.append({name: v.decode() if isinstance(v, bytes) else int(v) for name, v in values.items()})
    assert rows_of(found) == rows_of(expected(folder))
    assert {e["template"] for e in found} == {e["template"] for e in expected(folder)}


def test_webdataset_reads_the_shards(folder: Path):
    import webdataset

    found, sizes, has_frames = [], sizes_of(folder), folder.name != "real"
    for split in ("train", "validation", "test", "unassigned"):
        urls = [f"file:{path}" for path in sorted((folder / "webdataset").glob(f"{split}-*.tar"))]
        for sample in webdataset.WebDataset(urls, shardshuffle=False).decode("pil"):
            video = sample["json"]
            assert video["split"] == split
            found += [{"video_id": video["video_id"], **event} for event in video["events"]]
            pictures = [name for name in sample if name.endswith(".jpg")]
            assert all(sample[name].size == sizes[video["video_id"]] for name in pictures)
            assert len(pictures) == (len({event["frame_number"] for event in video["events"]}) if has_frames else 0)
    assert rows_of(found) == rows_of(expected(folder))


def test_rerun_reads_the_recordings(folder: Path):
    from rerun.chunk import RrdReader

    found = []
    for path in sorted((folder / "rerun").glob("*.rrd")):
        for chunk in RrdReader(str(path)).stream():
            if chunk.entity_path != "/video/events":
                continue
            for row in chunk.to_record_batch().to_pylist():
                points = row.get("Points2D:positions")
                if points:
                    for (x, y), label in zip(points, row["Points2D:labels"], strict=True):
                        found.append((path.stem, *label.split(" "), row["frame"], int(x), int(y)))
    recorded = {path.stem for path in (folder / "rerun").glob("*.rrd")}
    assert sorted(found) == [row for row in rows_of(expected(folder)) if row[0] in recorded]


@pytest.mark.skipif("sample" not in DATASETS, reason="no sample")
@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "real"])
def test_fiftyone_reads_the_samples(dataset: str):
    from fiftyone.utils.data import LegacyFiftyOneDatasetImporter

    importer = LegacyFiftyOneDatasetImporter(str(EXPORTS / dataset / "fiftyone"))
    found, sizes = [], sizes_of(EXPORTS / dataset)
    with importer:
        for sample in importer:
            assert Path(sample.filepath).is_file()
            for point in sample.events.keypoints:
                x, y = (share * side for share, side in zip(point.points[0], sizes[sample["video_id"]], strict=True))
                row = (point.label, point.agent, sample["frame_number"], round(x), round(y))
                found.append((sample["video_id"], *row))
    assert sorted(found) == rows_of(expected(EXPORTS / dataset))


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "hostile"])
def test_datasets_reads_the_questions(dataset: str, tmp_path: Path):
    from datasets import load_dataset

    folder = EXPORTS / dataset
    loaded = load_dataset(
        "json", data_files={"test": str(folder / "lmm-qa" / "qa.jsonl")}, split="test", cache_dir=str(tmp_path)
    )
    events = {(event["video_id"], event["event_index"]): event for event in expected(folder)}
    for item in loaded:
        event = events[item["video_id"], item["event_index"]]
        if item["kind"] == "when":
            assert item["start_frame"] + int(item["answer"]) == event["frame_number"]
        else:
            assert item["answer"] == f"{event['point_x']}, {event['point_y']}"
    with (folder / "lmm-qa" / "vlmevalkit.tsv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter="\t"))) == len(loaded)
