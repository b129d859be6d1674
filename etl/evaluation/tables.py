"""Read predictions from tables: CSV and Parquet."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from etl.errors import Problem
from etl.evaluation.columns import COLUMNS, EXPECTED, OTHER_NAMES, RawTable, fail, fail_with, raw_table, shown

__all__ = ["read_csv", "read_frame", "read_parquet"]


def read_csv(path: Path, text: str) -> RawTable:
    """Return the predictions of a CSV text whose first line names the columns."""
    try:
        header = next(csv.reader(text.splitlines()[:1], strict=True), [])
    except csv.Error as error:
        fail(path, "line 1", str(error), "the names of the columns, separated by commas")
    if not header:
        fail(path, "", "an empty file", "a first line with the names of the columns")
    _check_names(path, "line 1", header)
    try:
        table = pl.read_csv(text.encode(), infer_schema=False, raise_if_empty=True)
    except pl.exceptions.PolarsError as error:
        fail(path, "", " ".join(str(error).split())[:200], "rows with as many values as the first line")
    return _typed_table(path, table)


def read_parquet(path: Path) -> RawTable:
    """Return the predictions of a Parquet file."""
    try:
        table = pl.read_parquet(path)
    except FileNotFoundError:
        fail(path, "", "no such file", "a file of predictions")
    except (OSError, pl.exceptions.PolarsError) as error:
        fail(path, "", " ".join(str(error).split())[:200], "a Parquet file")
    _check_names(path, "", table.columns)
    return _typed_table(path, table)


def read_frame(name: str, table: pl.DataFrame) -> RawTable:
    """Return the predictions of a polars frame, which errors call by `name`."""
    _check_names(Path(name), "", table.columns)
    return _typed_table(Path(name), table)


def _check_names(path: Path, location: str, names: Sequence[str]) -> None:
    meanings = Counter(OTHER_NAMES.get(name, name) for name in names)
    for name, count in meanings.items():
        if count > 1:
            same = ", ".join(n for n in names if OTHER_NAMES.get(n, n) == name)
            fail(path, location, f"the column {name} {count} times ({same})", "every column once")


def _typed_table(path: Path, table: pl.DataFrame) -> RawTable:
    """Return the known columns of a table in their types; text is read as what it says."""
    problems: list[Problem] = []
    columns: dict[str, pl.Series] = {}
    for name in table.columns:
        column = OTHER_NAMES.get(name, name)
        if column not in COLUMNS:
            continue
        kind = COLUMNS[column]
        given = table[name]
        try:
            typed = _typed(given, kind)
        except pl.exceptions.PolarsError:
            typed = None
        if typed is None:
            fail(path, name, f"a column of type {given.dtype}", EXPECTED[kind])
        columns[column] = typed.alias(column)
        is_lost = given.is_not_null() & typed.is_null()
        if given.dtype == pl.String:
            is_lost &= given != ""
        for row in is_lost.arg_true():
            problems.append(Problem(path.name, _row(row, name), shown(given[row]), EXPECTED[kind]))
    fail_with(problems)
    part = pl.DataFrame(columns or {"video_id": pl.Series([None] * len(table), dtype=pl.String)})
    return raw_table(path, [part], table.columns, _row)


def _typed(series: pl.Series, kind: str) -> pl.Series | None:
    """Return a column in the type of its kind, null where a value is none; None where the whole column is none."""
    if kind == "text":
        is_text = series.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null) or series.dtype.is_integer()
        series = series.cast(pl.String) if is_text else series
        return series.replace("", None) if is_text else None
    if kind == "number":
        if series.dtype == pl.String:
            return series.str.strip_chars().cast(pl.Float64, strict=False)
        return series.cast(pl.Float64) if series.dtype.is_numeric() or series.dtype == pl.Null else None
    if series.dtype == pl.String:
        series = series.str.json_decode(pl.List(pl.Float64)) if series.str.starts_with("[").all() else series
    if isinstance(series.dtype, pl.List | pl.Array):
        listed = series.cast(pl.List(pl.Float64))
        return listed.to_frame().select(pl.when(pl.first().list.len() == 4).then(pl.first())).to_series()
    return series.cast(pl.List(pl.Float64)) if series.dtype == pl.Null else None


def _row(row: int, column: str) -> str:
    return f"row {row + 1}" + (f", column {column}" if column else "")
