"""Publisher's files, CSV, JSON lines, Parquet: read back, they are the selected rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from exports import HOSTILE, exported, hostile_warehouse, selected

from etl.build import build
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return hostile_warehouse(tmp_path_factory.mktemp("hostile"), decoded=False)


SOME = Selection(actions=("contact",), where="frame_number < 8")


def test_jsonl_gives_back_the_rows(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "jsonl", tmp_path / "out", SOME)
    lines = (tmp_path / "out" / "events.jsonl").read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == selected(hostile, SOME)
    assert lines[-1] == ""


def test_csv_gives_back_the_rows_in_three_readers(hostile: Warehouse, tmp_path: Path):
    made = exported(hostile, "csv", tmp_path / "out")
    path = tmp_path / "out" / "events.csv"
    rows = selected(hostile)
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{key: str(value) for key, value in row.items()} for row in rows]
    assert pl.read_csv(path, schema_overrides={"video_id": pl.String}).to_dicts() == rows
    text = {"video_id": "VARCHAR"}
    assert duckdb.read_csv(str(path), dtype=text, all_varchar=False).pl().to_dicts() == rows
    assert made.account.notes[0].startswith("3 texts start as a formula does")


def test_parquet_gives_back_the_rows_with_descriptions_and_units(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "parquet", tmp_path / "out", SOME)
    table = pq.read_table(tmp_path / "out" / "events.parquet")
    assert table.to_pylist() == selected(hostile, SOME)
    assert table.schema.field("point_x").metadata[b"unit"] == b"px"
    assert table.schema.field("split").metadata[b"allowed"] == b"train, validation, test, unassigned"


def test_the_publishers_files_build_the_same_warehouse(hostile: Warehouse, tmp_path: Path):
    exported(hostile, "publisher", tmp_path / "out")
    events = json.loads((tmp_path / "out" / "video_events_labels.json").read_bytes())
    assert events == HOSTILE["video_events_labels.json"]
    templates = json.loads((tmp_path / "out" / "template_to_video_ids_map.json").read_bytes())
    assert list(templates.items()) == list(HOSTILE["template_to_video_ids_map.json"].items())
    build(tmp_path / "out", tmp_path / "warehouse")
    with open_warehouse(tmp_path / "warehouse") as again:
        assert selected(again) == selected(hostile)


def test_part_of_the_publishers_files_builds_a_warehouse_of_that_part(hostile: Warehouse, tmp_path: Path):
    selection = Selection(splits=("train", "test"))
    exported(hostile, "publisher", tmp_path / "out", selection)
    build(tmp_path / "out", tmp_path / "warehouse")
    with open_warehouse(tmp_path / "warehouse") as again:
        drop = ("template_id",)
        assert [{k: v for k, v in row.items() if k not in drop} for row in selected(again)] == [
            {k: v for k, v in row.items() if k not in drop} for row in selected(hostile, selection)
        ]


@pytest.mark.real_data
def test_the_real_data_make_the_round_trip(real_metadata: Path, tmp_path: Path):
    build(real_metadata, tmp_path / "first")
    with open_warehouse(tmp_path / "first") as first:
        counts = exported(first, "publisher", tmp_path / "out").manifest["counts"]
    assert (counts["events_written"], counts["videos_selected"], counts["unassigned_videos_selected"]) == (
        24_222,
        10_130,
        39,
    )
    assert counts["events_selected_by_action"] == {"contact": 13_816, "release": 10_406}
    build(tmp_path / "out", tmp_path / "second")
    for table in ("events", "videos", "templates", "splits", "frame_index"):
        name = f"{table}.parquet"
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
