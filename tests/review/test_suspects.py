"""Suspects: each signal finds what it is for, parts add up to scores, predictions speak for and against."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from given import given

import etl
from etl.evaluation.reading_process import Reading
from etl.manifest import NO_MANIFEST
from etl.warehouse.open import Warehouse

# A template with 24 videos in which all is as usual; the contact lies a little elsewhere in each.
VIDEOS = [f"{video} push train" for video in range(1, 25)]
EVENTS = [
    line
    for video in range(1, 25)
    for line in (
        f"{video} contact hand-object {8 + video % 5} {100 + video % 7} {80 + video % 9}",
        f"{video} release hand-object {28 + video % 5} {160 + video % 7} {120 + video % 9}",
    )
]


# Each in a video of its own, with what finds it.
FAULTS = {
    "51": (["contact hand-object 70 100 80"], "frame_part", "frame 70 is 30.0 spreads from the median 10 of "),
    "52": (["contact hand-object 10 300 80"], "place_part", "spreads from the median (103, 84) of "),
    "53": (["contact hand-object 10 80 240"], "outside_part", "the point (80, 240) lies outside the picture"),
    "54": (["contact hand-object 10 84 103"], "exchanged_part", "with x and y exchanged, (103, 84) would fit better"),
    "55": (
        ["contact hand-object 11 100 84", "contact hand-object 10 100 80"],
        "double_part",
        "event 0 may be the same contact: frames apart 1, pixels apart 4",
    ),
    "56": (
        ["contact hand-object 30 103 84", "release hand-object 10 163 124"],
        "gap_part",
        "its distance from event 0 in time, -20 frames, is 20.0 spreads from what is usual",
    ),
    "57": (["release hand-object 30 163 124"], "order_part", "released what this agent had not touched"),
    "58": (["contact hand-object 12 103 84"], "past_end_part", "frame 12 lies after the last one"),
}
SOUND = "contact hand-object 10 103 84"


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    """The usual events, the faults, a video with one sound event, and a video that is the only one of its template."""
    videos = [f"{video} push train" + " 320 240 12 12" * (video == "58") for video in FAULTS]
    events = [f"{video} {event}" for video, (listed, *_) in FAULTS.items() for event in listed]
    database = given(
        "\n".join([*VIDEOS, *videos, "98 push train", "99 drop train"]),
        "\n".join([*EVENTS, *events, f"98 {SOUND}", "99 contact hand-object 70 103 84"]),
    )
    return Warehouse(Path("nowhere"), database, NO_MANIFEST)


def only(found: etl.Suspects, video: str) -> list[dict[str, Any]]:
    return found.events.filter(pl.col("video_id") == video).to_dicts()


def test_what_is_usual_is_no_suspect(warehouse: Warehouse):
    assert not set(etl.suspects(warehouse).events["video_id"]) - {*FAULTS, "99"}


@pytest.mark.parametrize("video", FAULTS)
def test_a_fault_is_found_by_the_part_that_is_for_it_and_said(warehouse: Warehouse, video: str):
    _, part, reason = FAULTS[video]
    row = next(row for row in only(etl.suspects(warehouse), video) if row[part] > 0)
    assert reason in row["reasons"]


def test_of_a_double_the_later_published_event_is_the_suspect_and_the_other_one_to_compare_with(warehouse: Warehouse):
    (row,) = (row for row in only(etl.suspects(warehouse), "55") if row["double_part"])
    assert (row["event_index"], row["other_event_index"], round(row["double_part"], 9)) == (1, 0, 4.8)


def test_an_event_alone_in_its_template_is_compared_with_its_action_and_agent(warehouse: Warehouse):
    (row,) = only(etl.suspects(warehouse), "99")
    assert (row["compared_with"], row["compared_events"]) == ("action and agent", 24 + len(FAULTS) + 2)


def test_the_score_is_the_sum_of_its_parts_and_the_highest_comes_first(sample_warehouse: Path):
    events = etl.suspects(sample_warehouse).events
    parts = [name for name in events.columns if name.endswith("_part")]
    assert events.select((pl.sum_horizontal(parts) - pl.col("score")).abs().max()).item() < 1e-9
    assert events["score"].is_sorted(descending=True)
    assert (events["score"] > 0).all()
    assert (events["reasons"] != "").all()


def predictions(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Right ones of the usual events, and these."""
    usual = [
        (video, action, int(frame), float(x), float(y), 0.9)
        for video, action, _, frame, x, y in (line.split() for line in EVENTS)
    ]
    columns = ["video_id", "action", "frame", "x", "y", "score"]
    return pl.DataFrame([*usual, *rows], schema=columns, orient="row", strict=False)


def test_predictions_that_agree_take_doubts_back(warehouse: Warehouse):
    agreeing = predictions(("51", "contact", 70, 100.0, 80.0, 0.9), ("55", "contact", 10, 100.0, 80.0, 0.9))
    found = etl.suspects(warehouse, agreeing)
    assert only(found, "51") == []
    assert [row["event_index"] for row in only(found, "55") if row["score"] > 1] == [1], "one of two is no agreement"


def test_predictions_that_usually_err_by_3_frames_agree_with_a_label_6_frames_away(warehouse: Warehouse):
    sixth = predictions(("98", "contact", 16, 103.0, 84.0, 0.9))
    assert only(etl.suspects(warehouse, sixth), "98") != []
    errs = pl.when(pl.col("video_id") != "98").then(pl.Series([3, -3] * 24 + [0])).otherwise(0)
    assert only(etl.suspects(warehouse, sixth.with_columns(pl.col("frame") + errs)), "98") == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("98", "contact", 10, 163.0, 84.0, 0.9), "a prediction has the point 60 pixels away"),
        (("98", "release", 11, 103.0, 84.0, 0.9), "a prediction has a release on frame 11 instead"),
        (("98", "contact", 25, 103.0, 84.0, 0.9), "a prediction has a contact on frame 25 instead"),
        (("98", "release", 60, 103.0, 84.0, 0.1), "no prediction of this action within 4 frames"),
    ],
)
def test_a_prediction_that_says_otherwise_is_told(warehouse: Warehouse, said: tuple[object, ...], reason: str):
    (row,) = only(etl.suspects(warehouse, predictions(said)), "98")
    assert row["reasons"] == reason
    assert row["prediction_part"] == row["score"] > 0
    if "no prediction" not in reason:
        assert (row["predicted_action"], row["predicted_frame"], row["predicted_x"]) == said[1:4]


def test_a_confident_prediction_without_a_label_is_a_suspect_without_an_event(warehouse: Warehouse):
    said = predictions(
        ("98", "contact", 10, 103.0, 84.0, 0.9),
        ("98", "release", 30, 163.0, 124.0, 0.95),
        ("98", "release", 50, 163.0, 124.0, 0.1),
    )
    rows = only(etl.suspects(warehouse, said), "98")
    assert [(row["event_index"], row["frame_number"], row["prediction_part"]) for row in rows] == [(None, 30, 3)]


def test_a_video_without_predictions_is_judged_by_its_labels(warehouse: Warehouse):
    (row,) = only(etl.suspects(warehouse, predictions()), "51")
    assert (row["prediction_part"], row["score"]) == (0, row["frame_part"])


def test_a_video_may_be_predicted_by_one_fold_only(warehouse: Warehouse, tmp_path: Path):
    file = tmp_path / "predictions.csv"
    file.write_text("video_id,action,frame,fold\n1,contact,9,0\n2,contact,9,1\n1,release,29,1\n")
    with pytest.raises(etl.PredictionError) as error:
        etl.suspects(warehouse, file)
    assert "row 3, column fold" in str(error.value)
    assert "found fold 1, expected fold 0, as in the first row of video 1" in str(error.value)
    file.write_text("video_id,action,frame,fold\n1,contact,9,0\n2,contact,9,\n")
    with pytest.raises(etl.PredictionError, match="found no fold"):
        etl.suspects(warehouse, file)
    file.write_text("video_id,action,frame,fold\n1,contact,9,0\n2,contact,9,1\n")
    assert all("fold" not in warning for warning in etl.suspects(warehouse, file).warnings)


def test_a_file_of_predictions_is_read_once(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "predictions.csv"
    file.write_text("video_id,action,frame,fold\n1,contact,9,0\n")
    processes = []
    begin = Reading.__init__

    def noted(reading: Reading, path: Path, *limits: int) -> None:
        processes.append(path)
        begin(reading, path, *limits)

    monkeypatch.setattr(Reading, "__init__", noted)
    etl.suspects(warehouse, file)
    assert processes == [file]


def test_a_selection_and_a_limit_choose_rows_but_not_what_is_usual(sample_warehouse: Path):
    whole = etl.suspects(sample_warehouse).events
    part = etl.suspects(sample_warehouse, selection=etl.Selection(actions=("release",)), limit=3).events
    assert part.equals(whole.filter(pl.col("action") == "release").head(3))
    with pytest.raises(etl.OptionError, match="found 0, expected 1 or more"):
        etl.suspects(sample_warehouse, limit=0)


def test_the_command_lists_suspects_and_writes_all_columns(
    sample_warehouse: Path, tmp_path: Path, contact_release: Callable[..., object]
):
    shown = contact_release("suspects", "--warehouse", str(sample_warehouse), "--limit", "3")
    assert shown.status == 0  # type: ignore[attr-defined]
    assert etl.suspects(sample_warehouse).events["video_id"][0] in shown.out  # type: ignore[attr-defined]
    file = tmp_path / "suspects.parquet"
    done = contact_release("suspects", "--warehouse", str(sample_warehouse), "--output", str(file))
    assert done.status == 0  # type: ignore[attr-defined]
    written = duckdb.connect().read_parquet(str(file)).pl()
    assert written["score"].to_list() == etl.suspects(sample_warehouse).events["score"].to_list()
