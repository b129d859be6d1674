"""What is warned of where predictions and the selected events do not fit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from datasets import event
from evaluating import opened, rows

import etl
from etl.warehouse.selection import Selection

VIDEOS = {str(number): [event(frame=5)] for number in range(1, 9)} | {"8": [event(frame=5), event("release", frame=9)]}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[etl.Warehouse]:
    """Videos 1 to 4 are of train, 5 to 8 of test, each with a contact on frame 5; video 8 has a release, too."""
    splits = {"train": ["1", "2", "3", "4"], "test": ["5", "6", "7", "8"]}
    with opened(tmp_path_factory.mktemp("splits"), VIDEOS, **splits) as found:
        yield found


def warned(warehouse: etl.Warehouse, videos: str, selection: Selection | None = None) -> list[str]:
    predictions = rows(*((video, "contact", 5) for video in videos))
    found = etl.evaluate(
        warehouse, predictions, selection=selection or Selection(), measures="strict", resamples=0, frame_base=0
    )
    return list(found.warnings)


def test_half_of_the_videos_of_every_split_is_enough(warehouse: etl.Warehouse):
    assert warned(warehouse, "1256") == []


def test_less_than_half_of_the_videos_is_warned_of_with_its_numbers(warehouse: etl.Warehouse):
    (line,) = warned(warehouse, "126")
    assert "predictions of 3 of 8 scored videos; the events of the others count as missed" in line


def test_all_of_one_split_of_several_is_warned_of_with_the_option_that_fits(warehouse: etl.Warehouse):
    (line,) = warned(warehouse, "5678")
    assert "4 of 8 scored videos, all in the split test; the events" in line
    assert line.endswith("--split test")
    assert warned(warehouse, "56", Selection(splits=("test",))) == []


def test_predictions_of_no_scored_video_are_told_with_the_option_and_counted(warehouse: etl.Warehouse):
    first, second = warned(warehouse, "123", Selection(splits=("test",)))
    assert "no prediction is for a scored video, so all scores are 0" in first
    assert first.endswith("--split train")
    assert "set aside 3 predictions of videos that are not selected" in second


def test_events_of_scored_videos_that_are_not_selected_are_counted(warehouse: etl.Warehouse):
    assert warned(warehouse, "12345678") == []
    (line,) = warned(warehouse, "12345678", Selection(actions=("contact",)))
    assert line == "the selection leaves out 1 event of the scored videos: a prediction of one of them counts as wrong"


def test_of_no_predictions_at_all_it_is_only_said_that_there_are_none(warehouse: etl.Warehouse):
    assert warned(warehouse, "") == ["frame 1: no predictions"]
