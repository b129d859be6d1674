"""Rank the labels that deserve a second look, each with the parts of its score and its reasons; see docs/review.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from etl.errors import OptionError
from etl.review.predicted import with_predictions
from etl.warehouse.open import Warehouse, using
from etl.warehouse.selection import Selection, select_events

if TYPE_CHECKING:
    from etl.evaluation.scoring import Evaluation

__all__ = ["Suspects", "rank_suspects", "suspects"]

KEY = ["video_id", "event_index"]


@dataclass(frozen=True)
class Suspects:
    """Labels that deserve a second look, the most suspect first.

    `events` has the columns of the view `suspect_events`, among them `score` and its parts, which add up to it. With
    predictions it also has `prediction_part`, and what to compare with: `predicted_action`, `predicted_frame`,
    `predicted_x`, `predicted_y`, `prediction_score`; and rows whose `event_index` is null, for confident predictions
    of unlabelled moments.
    """

    events: pl.DataFrame
    """One row per suspect."""
    warnings: tuple[str, ...] = ()
    """Warnings about input that may mean something else than was assumed."""


def suspects(
    warehouse: str | Path | Warehouse,
    predictions: str | Path | pl.DataFrame | None = None,
    selection: Selection | None = None,
    *,
    limit: int | None = None,
    memory_limit: str | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> Suspects:
    """Return the labels that deserve a second look, the most suspect first. A suspect is not a verdict.

    Args:
        warehouse: the folder of a warehouse, or one that is open.
        predictions: a file or frame as `evaluate` takes it, or none. Best from models that were not trained on the
            videos they predict; a column `fold` says which of several models a row comes from.
        selection: the events to look at; all by default. What is usual is always measured on the whole warehouse.
        limit: the most rows to return; by default all that have any evidence against them.
        memory_limit: bounds the memory of the engine that opens a folder, as in "500MB".
        on_step: called at each step with what is being done.

    Raises:
        OptionError: the limit is less than 1.
        PredictionError: the predictions are invalid, or a video has predictions of two folds.
        QueryError: the selection is wrong, or selects nothing to compare predictions with.
        WarehouseError: the warehouse cannot be opened.
    """
    if limit is not None and limit < 1:
        raise OptionError(f"limit: found {limit}, expected 1 or more")
    selection = selection or Selection()
    with using(warehouse, memory_limit=memory_limit) as opened:
        if predictions is None:
            return rank_suspects(opened, selection=selection, limit=limit, on_step=on_step)
        from etl.evaluation.folds import row_folds
        from etl.evaluation.reading_process import read_table
        from etl.evaluation.scoring import evaluate
        from etl.evaluation.tables import read_frame

        if isinstance(predictions, pl.DataFrame):
            raw = read_frame("frame", predictions)
        else:
            raw = read_table(Path(predictions))
        folds = row_folds(raw)
        evaluation = evaluate(opened, raw, selection=selection, measures="strict", resamples=0, on_step=on_step)
        return rank_suspects(opened, evaluation, folds, selection=selection, limit=limit, on_step=on_step)


def rank_suspects(
    warehouse: Warehouse,
    evaluation: Evaluation | None = None,
    folds: pl.DataFrame | None = None,
    *,
    selection: Selection = Selection(),  # noqa: B008 - it is frozen
    limit: int | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> Suspects:
    """Return the same as `suspects`, given the matches of predictions with the selected events, and each row's fold."""
    on_step("comparing the labels with each other")
    # Without predictions, what has no evidence against it need not be put in words and in order first.
    events = warehouse.query("from suspect_events" if evaluation else "from suspect_events where score > 0").pl()
    if selection != Selection():
        chosen = pl.DataFrame(select_events(warehouse, selection)).select(KEY)
        events = events.join(chosen, on=KEY, how="semi", maintain_order="left")
    if evaluation is not None and folds is not None:
        events = with_predictions(events, evaluation.events, evaluation.matches, folds)
    events = events.filter(pl.col("score") > 0).sort("score", *KEY, descending=[True, False, False])
    return Suspects(events if limit is None else events.head(limit), evaluation.warnings if evaluation else ())
