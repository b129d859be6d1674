"""The queue of the review: suspects, the most suspect first, and the predictions that stand beside the labels."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Queue", "matched_predictions"]

MOST_ROWS = 5_000
SHOWN_OF_A_PREDICTION = ("video_id", "action", "agent", "frame_number", "point_x", "point_y", "score")
FACTS = (
    *("video_id", "event_index", "action", "agent", "frame_number", "score", "reasons", "other_event_index"),
    *("compared_with", "compared_events", "median_frame", "median_x", "median_y"),
    *("predicted_action", "predicted_frame", "predicted_x", "predicted_y", "prediction_score"),
)


class Queue:
    """What `etl.suspects` finds, worked out once, when it is first asked for. May be asked from any thread."""

    def __init__(self, warehouse: Warehouse, predictions: Path | None) -> None:
        self._warehouse = warehouse
        self._predictions = predictions
        self._lock = Lock()

    def rows(self) -> list[dict[str, Any]]:
        """Return the suspects: the facts of each, and `parts`, the named parts of its score, the greatest first.

        A confident prediction of a moment that no label has is a row whose event_index is None. Raises PredictionError
        where the predictions are at fault, among others where a video has those of two folds.
        """
        with self._lock:
            return self._rows

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        from etl.review.suspects import suspects

        found = suspects(self._warehouse, self._predictions, limit=MOST_ROWS).events
        return [_told(row) for row in found.with_columns(pl.selectors.float().round(4)).iter_rows(named=True)]


def matched_predictions(warehouse: Warehouse, path: Path) -> list[dict[str, Any]]:
    """Return the predicted events of a file, each with the `event_index` that it is matched with, as `evaluate` does.

    Raises PredictionError where the file is at fault.
    """
    from etl.evaluation import evaluate
    from etl.evaluation.detection import FRAME_TOLERANCES

    matches = evaluate(warehouse, path, resamples=0).matches
    rows = []
    for row in matches.iter_rows(named=True):
        found = (row[f"event_index_within_{within}"] for within in FRAME_TOLERANCES)
        matched = next((index for index in found if index is not None), None)
        rows.append({name: row[name] for name in SHOWN_OF_A_PREDICTION} | {"event_index": matched})
    return rows


def _told(row: dict[str, Any]) -> dict[str, Any]:
    parts = {name.removesuffix("_part"): value for name, value in row.items() if name.endswith("_part") and value}
    ordered = sorted(parts.items(), key=lambda part: -abs(part[1]))
    return {name: row[name] for name in FACTS if row.get(name) is not None} | {"parts": ordered}
