"""The column `fold` of a file of predictions: which of several models, each trained without its fold, made a row."""

from __future__ import annotations

import polars as pl

from etl.errors import Problem
from etl.evaluation.columns import RawTable, raise_problems

__all__ = ["row_folds"]

FEW = 20


def row_folds(raw: RawTable) -> pl.DataFrame:
    """Return `row` (from 0) and `fold` of every row of a file; fold 0 for all if there is no such column.

    Raises PredictionError if the file is invalid, if only some rows have a fold, or if a video has predictions of two
    folds: at most one of these models has not seen its labels.
    """
    raise_problems([problem.problem for problem in raw.problems])
    if "fold" not in raw.columns.columns:
        return pl.DataFrame({"row": pl.int_range(len(raw.columns), eager=True), "fold": 0.0}, strict=False)
    table = raw.columns.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    raise_problems(_missing(raw, table) or _mixed(raw, table))
    return table.select("row", "fold")


def _missing(raw: RawTable, table: pl.DataFrame) -> list[Problem]:
    rows = table.filter(pl.col("fold").is_null())["row"].head(FEW)
    return [Problem(raw.file, raw.places.of(row), "no fold", "a fold in every row, or in none") for row in rows]


def _mixed(raw: RawTable, table: pl.DataFrame) -> list[Problem]:
    if "video_id" not in table.columns:
        return []
    first = pl.col("fold").first().over("video_id")
    rows = table.with_columns(first=first).filter(pl.col("fold") != pl.col("first")).head(FEW)
    return [
        Problem(
            raw.file,
            raw.places.of(row["row"], "fold"),
            f"fold {row['fold']:g}",
            f"fold {row['first']:g}, as in the first row of video {row['video_id']}",
        )
        for row in rows.iter_rows(named=True)
    ]
