"""The views of objects and boxes against a slow count in plain Python, on the sample and on real files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from recount_companions import Files, recount_objects

import etl
from etl.dataset.sample import sample_folder
from etl.dataset.sample.companions import BOXES_FILE, SSV2_FOLDER, write_companions

COLUMNS = {"events_far_from_boxes": "video_id, event_index, nearest_distance_px"}
PREFIX = "something-something-v2-"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sample", id="sample"),
        pytest.param("a", marks=pytest.mark.real_data, id="real rows a and c"),
        pytest.param("b", marks=pytest.mark.real_data, id="real rows b and c"),
    ],
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp(request.param if request.param == "sample" else f"ssv2_part_{request.param}")
    if request.param == "sample":
        metadata, answers = sample_folder(), folder / SSV2_FOLDER / f"{PREFIX}test-answers.csv"
        write_companions(folder)
        labels = {split: folder / SSV2_FOLDER / f"{PREFIX}{split}.json" for split in ("train", "validation", "test")}
        boxes = folder / BOXES_FILE
    else:
        metadata, answers = request.getfixturevalue("real_metadata"), None
        companions = request.getfixturevalue("companions")
        (folder / SSV2_FOLDER).mkdir()
        labels = {"train": folder / SSV2_FOLDER / "train.json", "validation": folder / SSV2_FOLDER / "validation.json"}
        labels["train"].symlink_to(companions / f"ssv2_rows_{request.param}.json")
        labels["validation"].symlink_to(companions / "ssv2_rows_c.json")
        boxes = companions / "something_else_boxes.json"
    etl.build(metadata, folder / "warehouse", ssv2=folder / SSV2_FOLDER, boxes=boxes)
    return folder / "warehouse", recount_objects(Files(metadata, labels, answers, boxes))


def in_order(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(rows, key=lambda row: [str(value) for value in row if not isinstance(value, float)])


def test_every_view_has_the_rows_of_a_slow_count(case: tuple[Path, dict[str, Any]]):
    warehouse, expected = case
    with etl.open_warehouse(warehouse) as opened:
        for view, rows in expected.items():
            found = opened.query(f"select {COLUMNS.get(view, '*')} from {view}").fetchall()
            assert len(found) == len(rows), view
            for found_row, row in zip(in_order(found), in_order(rows), strict=True):
                assert found_row == pytest.approx(row, abs=1e-6), view
    assert all(expected[view] for view in ("object_events", "template_objects", "object_pairs", "objects_by_split"))
    if "ssv2_part" not in str(warehouse):
        assert all(rows for view, rows in expected.items() if view != "events_far_from_boxes")
