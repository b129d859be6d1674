"""The review queue: suspects, the most suspect first, and the predictions to compare with the labels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from etl.evaluation.columns import RawTable
    from etl.evaluation.scoring import Evaluation
    from etl.warehouse.open import Warehouse

__all__ = ["Predicted", "Queue"]

MOST_ROWS = 5_000
SHOWN_OF_A_PREDICTION = ("video_id", "action", "agent", "frame_number", "point_x", "point_y", "score")
FACTS = (
    *("video_id", "event_index", "action", "agent", "frame_number", "score", "reasons", "other_event_index"),
    *("compared_with", "compared_events", "median_frame", "median_x", "median_y"),
    *("predicted_action", "predicted_frame", "predicted_x", "predicted_y", "prediction_score"),
)


@dataclass(frozen=True)
class Predicted:
    """A file of predictions, read once and matched with the events once, as `evaluate` does."""

    raw: RawTable
    evaluation: Evaluation

    @classmethod
    def read(cls, warehouse: Warehouse, path: Path) -> Predicted:
        """Read and match a file. Raises PredictionError if it is invalid."""
        from etl.evaluation.reading_process import read_table
        from etl.evaluation.scoring import evaluate

        raw = read_table(path)
        return cls(raw, evaluate(warehouse, raw, measures="strict", resamples=0))

    def rows(self) -> list[dict[str, Any]]:
        """Return the predicted events, each with the `event_index` that it is matched with, or None."""
        from etl.evaluation.detection import FRAME_TOLERANCES

        rows = []
        for row in self.evaluation.matches.iter_rows(named=True):
            found = (row[f"event_index_within_{within}"] for within in FRAME_TOLERANCES)
            matched = next((index for index in found if index is not None), None)
            rows.append({name: row[name] for name in SHOWN_OF_A_PREDICTION} | {"event_index": matched})
        return rows


class Queue:
    """The result of `etl.suspects`, computed once, at its first use. It may be used from any thread."""

    def __init__(self, warehouse: Warehouse, predicted: Predicted | None) -> None:
        self._warehouse = warehouse
        self._predicted = predicted
        self._lock = Lock()

    def rows(self) -> list[dict[str, Any]]:
        """Return the suspects: the facts about each, and `parts`, the named parts of its score, the largest first.

        A confident prediction of an unlabelled moment is a row whose event_index is None. Raises PredictionError if the
        predictions are invalid, for instance if a video has predictions of two folds.
        """
        with self._lock:
            return self._rows

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        from etl.evaluation.folds import row_folds
        from etl.review.suspects import rank_suspects

        evaluation = self._predicted.evaluation if self._predicted else None
        folds = row_folds(self._predicted.raw) if self._predicted else None
        found = rank_suspects(self._warehouse, evaluation, folds, limit=MOST_ROWS).events
        return [_told(row) for row in found.with_columns(pl.selectors.float().round(4)).iter_rows(named=True)]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    parts = {name.removesuffix("_part"): value for name, value in row.items() if name.endswith("_part") and value}
    ordered = sorted(parts.items(), key=lambda part: -abs(part[1]))
    return {name: row[name] for name in FACTS if row.get(name) is not None} | {"parts": ordered}
