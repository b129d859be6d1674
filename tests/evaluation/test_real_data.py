"""The published ceilings, floors and counts, on the real annotations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import plain
import polars as pl
import pytest
from evaluating import value

import etl
from etl.evaluation.truth import load_truth
from etl.warehouse.selection import Selection

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def warehouse(real_metadata: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[etl.Warehouse]:
    folder = tmp_path_factory.mktemp("real") / "warehouse"
    etl.build(real_metadata, folder)
    with etl.open_warehouse(folder) as warehouse:
        yield warehouse


def oracle(warehouse: etl.Warehouse, split: str) -> pl.DataFrame:
    events = load_truth(warehouse, Selection(splits=(split,))).events
    return events.select("video_id", "action", "agent", "frame_number", "point_x", "point_y")


@pytest.mark.parametrize(
    ("split", "spot", "single"), [("train", 99.956, 2069), ("validation", 99.616, 110), ("test", 100, 235)]
)
def test_an_oracle_scores_the_documented_ceiling(warehouse: etl.Warehouse, split: str, spot: float, single: int):
    found = etl.evaluate(
        warehouse,
        oracle(warehouse, split),
        selection=Selection(splits=(split,)),
        measures=["spot", "strict", "single-event"],
        resamples=0,
    )
    for column in ("value", "ceiling"):
        for tolerance in (0, 1, 2, 4):
            assert round(value(found, "spot", "mAP", tolerance, column=column), 3) == spot
            assert value(found, "strict", "mAP", tolerance, column=column) == 100
        assert value(found, "single-event", "accuracy", 0, column=column) == 100
    assert value(found, "single-event", "accuracy", 0, column="events") == single


def test_two_videos_with_a_single_event_are_in_no_split(warehouse: etl.Warehouse):
    videos = load_truth(warehouse, Selection()).videos.filter(pl.col("events") == 1)
    assert len(videos) == 2416
    assert len(videos.filter(pl.col("split") == "unassigned")) == 2


def test_spot_is_the_plain_protocol_to_the_last_digit_on_a_split_with_shared_frames(warehouse: etl.Warehouse):
    split = Selection(splits=("validation",))
    events = load_truth(warehouse, split).events
    blurred = events.with_row_index("n").select(
        "video_id",
        "action",
        frame=(pl.col("frame_number") + pl.col("n") % 7 - 3).clip(0),
        score=(pl.col("n") * 37 % 101) / 101,
    )
    found = etl.evaluate(warehouse, blurred, selection=split, measures=["spot"], resamples=0)
    for action in ("contact", "release"):
        truth = dict(
            events.filter(pl.col("action") == action)
            .group_by("video_id", maintain_order=True)
            .agg("frame_number")
            .rows()
        )
        mine = blurred.filter(pl.col("action") == action).select("video_id", "frame", "score").rows()
        for tolerance in (0, 1, 2, 4):
            expected = 100 * plain.average_precision(mine, truth, tolerance)
            assert value(found, "spot", "AP", tolerance, label=action) == expected


def test_the_papers_clips_have_62_released_points_and_the_published_floors(warehouse: etl.Warehouse):
    answers = pl.DataFrame({"clip": ["2648_1"], "answer": ["Prediction: 4\nPredicted BBox: [10, 10, 120, 120]"]})
    found = etl.evaluate(warehouse, answers)
    assert value(found, "paper", "mean IoU", None, 120, column="events") == 62
    assert value(found, "paper", "accuracy", 0, column="events") == 99
    floors = [value(found, "paper", "accuracy", t, column=c) for c in ("uniform", "constant") for t in (0, 2)]
    assert [round(floor, 1) for floor in floors] == [9.8, 48.3, 21.2, 80.8]
