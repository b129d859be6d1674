"""Readers of tables, offline: every event comes back with frame and point."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from written import DATASETS, EXPORTS, expected, rows_of, sizes_of

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=DATASETS)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of one dataset."""
    return EXPORTS / request.param


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


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet", "croissant"])
def test_datasets_loads_the_folder_of_a_table(folder: Path, tmp_path: Path, name: str):
    from datasets import load_dataset

    loaded = load_dataset(str(folder / name), cache_dir=str(tmp_path))
    assert list(loaded) == ["events"]
    rows = loaded["events"]
    labels = {name: rows.features[name] for name in ("action", "agent")}
    found = [{**row, **{name: kind.int2str(row[name]) for name, kind in labels.items()}} for row in rows]
    assert rows_of(found) == rows_of(expected(folder))
    assert {(e["video_id"], e["template"], e["split"]) for e in found} == {
        (e["video_id"], e["template"], e["split"]) for e in expected(folder)
    }


def test_datasets_sees_pictures_and_labels_in_the_bare_parquet_files(folder: Path, tmp_path: Path):
    from datasets import Image, load_dataset

    files = [str(path) for path in sorted((folder / "huggingface" / "data").glob("*.parquet"))]
    rows = load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path))
    if "image" in rows.features:
        assert isinstance(rows.features["image"], Image)
        assert rows[0]["image"].size == sizes_of(folder)[rows[0]["video_id"]]
        rows = rows.remove_columns(["image"])
    assert rows_of(list(rows)) == rows_of(expected(folder))


def test_frictionless_validates_the_csv_and_reads_ids_as_text(folder: Path):
    from frictionless import Package

    package = Package(str(folder / "csv" / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]
    found = [row.to_dict() for row in package.get_resource("events").read_rows()]
    assert rows_of(found) == rows_of(expected(folder))
    assert {row["video_id"] for row in found} == {event["video_id"] for event in expected(folder)}


def test_frictionless_and_datasets_read_objects_and_boxes(tmp_path: Path):
    from datasets import load_dataset
    from frictionless import Package

    package = Package(str(EXPORTS / "sample" / "csv-objects" / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]
    for kind in ("objects", "boxes"):
        tables = [
            [row.to_dict() for row in package.get_resource(kind).read_rows()],
            *(
                list(load_dataset(str(EXPORTS / "sample" / name), kind, cache_dir=str(tmp_path))[kind])
                for name in ("csv-objects", "parquet-objects")
            ),
        ]
        assert tables[0]
        assert all(len(table) == len(tables[0]) for table in tables)
        for rows in zip(*tables, strict=True):
            for name, value in rows[0].items():
                values = [row[name] for row in rows]
                # pandas, by which datasets reads CSV, is off by a last digit here and there.
                assert values == [value] * 3 or all(math.isclose(v, value, rel_tol=1e-12) for v in values), values


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
            frame = item["start_frame"] + int(item["answer"]) - item["frame_base"]
            assert frame == event["frame_number"]
        else:
            assert item["answer"] == f"{event['point_x']}, {event['point_y']}"
    with (folder / "lmm-qa" / "vlmevalkit.tsv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter="\t"))) == len(loaded)
