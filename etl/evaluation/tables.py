"""Read predictions from tables: CSV and Parquet."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import polars as pl

from etl.errors import Problem
from etl.evaluation.columns import COLUMNS, EXPECTED, OTHER_NAMES, RawTable, fail, raw_table, shown

__all__ = ["read_csv", "read_frame", "read_parquet"]

# A box as text; what its numbers are is seen when they are read.
BOX = r"^\[[^\[\],]+(,[^\[\],]+){3}\]$"


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
    except pl.exceptions.PolarsError:
        _fail_at_line(path, text, len(header))
    is_filled = table.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return _typed_table(path, table.filter(is_filled), is_filled.arg_true())


def _fail_at_line(path: Path, text: str, width: int) -> NoReturn:
    """Raise the error of a CSV text that is no table: of the first line at fault."""
    expected = f"at most {width} values, as many as the first line has"
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        for row in reader:
            if len(row) > width:
                fail(path, f"line {reader.line_num}", f"{len(row)} values", expected)
    except csv.Error as error:
        fail(path, f"line {reader.line_num}", str(error), "values separated by commas")
    fail(path, "", "a table that cannot be read", "values separated by commas")


def read_parquet(path: Path) -> RawTable:
    """Return the predictions of a Parquet file."""
    content = path.read_bytes()  # by its path, a name such as run[1].parquet would be a pattern
    try:
        table = pl.read_parquet(BytesIO(content))
    except pl.exceptions.PolarsError as error:
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


def _typed_table(path: Path, table: pl.DataFrame, numbers: pl.Series | None = None) -> RawTable:
    """Return the known columns of a table in their types; text is read as what it says.

    `numbers` are those of the rows in the file, from 0, where rows have been left out.
    """

    def locate(row: int, column: str) -> str:
        number = row if numbers is None else numbers[row]
        return f"row {number + 1}" + (f", column {column}" if column else "")

    problems: list[tuple[int, Problem]] = []
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
            problems.append((row, Problem(path.name, locate(row, name), shown(given[row]), EXPECTED[kind])))
    part = pl.DataFrame(columns or {"score": pl.Series([None] * len(table), dtype=pl.Float64)})
    return raw_table(path, [part], table.columns, locate, problems)


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
        text = pl.first().str.strip_chars()
        numbers = (
            text.str.strip_chars("[]")
            .str.split(",")
            .list.eval(pl.element().str.strip_chars().cast(pl.Float64, strict=False))
        )
        series = series.to_frame().select(pl.when(text.str.contains(BOX)).then(numbers)).to_series()
    if isinstance(series.dtype, pl.List | pl.Array):
        listed = series.cast(pl.List(pl.Float64))
        return listed.to_frame().select(pl.when(pl.first().list.len() == 4).then(pl.first())).to_series()
    return series.cast(pl.List(pl.Float64)) if series.dtype == pl.Null else None
