"""Predictions to draw: checked as an evaluation checks them, each with its frame and its point."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from etl.evaluation.checking import check_predictions
from etl.evaluation.reading_process import read_table
from etl.evaluation.truth import load_truth
from etl.warehouse.open import Warehouse, using
from etl.warehouse.selection import Selection

__all__ = ["predictions_to_draw"]


def predictions_to_draw(
    warehouse: str | Path | Warehouse, predictions: str | Path, *, memory_limit: str | None = None
) -> pl.DataFrame:
    """Return video_id, frame_number (from 0), action, point_x and point_y (pixels or null) of a file of predictions.

    Raises PredictionError if the file is invalid, WarehouseError if the warehouse cannot be opened.
    """
    with using(warehouse, memory_limit=memory_limit) as opened:
        truth = load_truth(opened, Selection())
    checked = check_predictions(read_table(Path(predictions)), truth, frame_base=None, coordinates=None)
    return checked.rows.select("video_id", "frame_number", "action", "point_x", "point_y")
