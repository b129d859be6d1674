"""What an evaluation warns of."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from datasets import event
from evaluating import opened, rows

import etl
from etl.warehouse.selection import Selection


def test_predictions_of_one_split_only_are_warned_of_first_with_the_option_that_fits(tmp_path: Path):
    videos = {str(n): [event(frame=5)] for n in range(10)}
    splits = {"train": [str(n) for n in range(8)], "test": ["8", "9"]}
    with opened(tmp_path, videos, **splits) as warehouse:
        found = etl.evaluate(warehouse, rows(("8", "contact", 5), ("9", "contact", 5)), resamples=0)
        assert "predictions of 2 of 10 scored videos, all in the split test" in found.warnings[0]
        assert found.warnings[0].endswith("--split test")
        fitting = etl.evaluate(
            warehouse, rows(("8", "contact", 5)), selection=Selection(splits=("test",)), resamples=0, frame_base=0
        )
        assert fitting.warnings == ()


def test_ties_that_move_map_by_more_than_a_point_are_warned_of(tmp_path: Path):
    videos = {str(n): [event(frame=5)] for n in range(10)}
    tied = rows(*((str(n), "contact", 5 if n % 2 else 30, 0.5) for n in range(10)))
    ranked = tied.with_columns(score=pl.int_range(10) / 10)
    with opened(tmp_path, videos) as warehouse:
        assert any("predictions of equal score rank in the order" in w for w in etl.evaluate(warehouse, tied).warnings)
        assert not any("equal score" in w for w in etl.evaluate(warehouse, ranked).warnings)


def test_ties_whose_order_is_all_the_same_are_not_warned_of_and_others_with_both_ends(tmp_path: Path):
    with opened(tmp_path, {"1": [event(frame=5), event(frame=20)]}) as warehouse:
        right = rows(("1", "contact", 5, 0.5), ("1", "contact", 20, 0.5))
        assert etl.evaluate(warehouse, right, resamples=0, frame_base=0).warnings == ()
        beside = rows(("1", "contact", 5, 0.9), ("1", "contact", 20, 0.5), ("1", "contact", 60, 0.5))
        (warning,) = etl.evaluate(warehouse, beside, resamples=0, frame_base=0).warnings
    # Behind the first hit, the second is the second or the third of the list: (1 + 1) / 2 or (1 + 2/3) / 2.
    assert "within 0 frames goes from 83.3 to 100.0" in warning
