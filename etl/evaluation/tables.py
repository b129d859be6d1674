"""Read predictions from tables: CSV and TSV, Parquet, Excel, polars frames."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import polars as pl

from etl.errors import MissingExtraError, Problem
from etl.evaluation.columns import (
    COLUMNS,
    EXPECTED,
    LARGEST_EXACT,
    Places,
    RawTable,
    RowProblem,
    columns_of,
    fail,
    raw_table,
    require_rows,
    shown,
)
from etl.wording import counted

__all__ = ["read_csv", "read_excel", "read_frame", "read_parquet"]

NAMED = 5  # of the columns that mean the same
UNNAMED = "\0unnamed"  # no column of a file can have this name
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
# A box as text; its numbers are checked when they are read.
BOX = r"^\[[^\[\],]+(,[^\[\],]+){3}\]$"


def read_csv(path: Path, text: str, max_rows: int, separator: str = ",") -> RawTable:
    """Return the predictions of a CSV text whose first line that is not blank names the columns.

    Lines end with LF, CR or both, in the header as in the rows. Blank rows are skipped, but counted. What should be
    separated by commas may be separated by semicolons or tabs, as spreadsheets do in many countries.
    """
    # This also changes line ends within quotes, which matter in no column.
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    text = _without_blank_lines(text)
    require_rows(path, text.rstrip().count("\n"), max_rows)
    if separator == ",":
        separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        fail(path, "line 1", str(error), f"the names of the columns, separated by {SEPARATORS[separator]}")
    if not header:
        fail(path, "", "an empty file", "a first line with the names of the columns")
    _require_separator(path, header, separator)
    _check_names(path, "line 1", header)
    _refuse_cut_line(path, text, len(header), separator)
    try:
        table = pl.read_csv(text.encode(), infer_schema=False, separator=separator)
    except pl.exceptions.PolarsError:
        _fail_at_line(path, text, len(header), separator)
    # A column without a name is the index that pandas writes; it is ignored.
    table.columns = [name or f"{UNNAMED}{position}" for position, name in enumerate(header)]
    known = columns_of(table.columns)
    is_text = [name for name, column in known.items() if COLUMNS[column] == "text" and column != "answer"]
    table = table.with_columns(pl.col(is_text).str.strip_chars())
    is_filled = table.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return _typed_table(path, table.filter(is_filled), is_filled.arg_true())


def _require_separator(path: Path, header: Sequence[str], separator: str) -> None:
    """Raise PredictionError if the first line is a single value that another separator would split."""
    for other in SEPARATORS:
        if len(header) == 1 and other != separator and other in header[0]:
            expected = f"separated by {SEPARATORS[separator]}"
            fail(path, "line 1", f"columns separated by {SEPARATORS[other]}", expected)


def _refuse_cut_line(path: Path, text: str, width: int, separator: str) -> None:
    """Raise PredictionError if the last line has no line end and fewer values than the first: its rest may be lost."""
    last = text[text.rfind("\n") + 1 :]
    if not last.strip():
        return
    try:
        [values] = csv.reader([last], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        return  # the end of a value in quotes
    if len(values) < width and last.count('"') % 2 == 0:
        expected = f"{width}, as many as the first line has, or a line end"
        line = text.count("\n") + 1
        fail(path, f"line {line}", f"{counted(len(values), 'value')} where the file ends", expected)


def _without_blank_lines(text: str) -> str:
    """Return a text from its first line that is not blank, without a byte order mark, also where that stands later."""
    filled = re.search(r"[^\s\ufeff]", text)
    return text[text.rfind("\n", 0, filled.start()) + 1 :].removeprefix("\ufeff") if filled else ""


def _fail_at_line(path: Path, text: str, width: int, separator: str) -> NoReturn:
    """Raise PredictionError for the first faulty line of a CSV text that is not a table."""
    expected = f"at most {width} values, as many as the first line has"
    separated = f"separated by {SEPARATORS[separator]}"
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        for row in reader:
            if len(row) > width:
                fail(path, f"line {reader.line_num}", f"{len(row)} values", expected)
            if any('"' in value for value in row):
                fail(path, f"line {reader.line_num}", "a quote within a value", "values quoted whole or not at all")
    except csv.Error as error:
        fail(path, f"line {reader.line_num}", str(error), f"values {separated}")
    fail(path, "", "a table that cannot be read", f"values {separated}")


def read_parquet(path: Path, data: bytes, max_rows: int) -> RawTable:
    """Return the predictions of a Parquet file, whose rows are counted before they are read."""
    try:
        counted = pl.scan_parquet(BytesIO(data)).select(pl.len()).collect().item()
        require_rows(path, counted, max_rows)
        table = pl.read_parquet(BytesIO(data))
    except pl.exceptions.PolarsError as error:
        fail(path, "", " ".join(str(error).split())[:200], "a Parquet file")
    _check_names(path, "", table.columns)
    return _typed_table(path, table)


def read_excel(path: Path, data: bytes, max_rows: int) -> RawTable:
    """Return the predictions of an Excel file's first sheet, as VLMEvalKit writes it. Needs the extra [excel]."""
    if importlib.util.find_spec("fastexcel") is None:
        raise MissingExtraError("excel", f"reading {path.name}")
    try:
        table = pl.read_excel(BytesIO(data), engine="calamine")
    except Exception as error:  # the engine's exceptions have no common base class
        fail(path, "", " ".join(str(error).split())[:200], "an Excel file")
    require_rows(path, len(table), max_rows)
    _check_names(path, "", table.columns)
    return _typed_table(path, table)


def read_frame(name: str, table: pl.DataFrame) -> RawTable:
    """Return the predictions of a polars frame; errors refer to it as `name`."""
    _check_names(Path(name), "", table.columns)
    return _typed_table(Path(name), table)


def _check_names(path: Path, location: str, names: Sequence[str]) -> None:
    known = columns_of(names)
    for name, count in Counter(name for name in names if name).items():
        same = [other for other in names if other and known.get(other) == known.get(name, "")] if name in known else []
        if count > 1 or len(same) > 1:
            column, times = known.get(name, name), max(count, len(same))
            found = f"the column {column} {times} times ({', '.join((same or [name] * count)[:NAMED])})"
            fail(path, location, found, "every column once")


def _typed_table(path: Path, table: pl.DataFrame, numbers: pl.Series | None = None) -> RawTable:
    """Return the known columns of a table in their types; text is converted.

    `numbers` are the row numbers in the file, from 0, if rows have been left out.
    """

    numbers = pl.int_range(len(table), eager=True) if numbers is None else numbers
    places = Places("row", numbers.cast(pl.Int64) + 1)
    problems: list[RowProblem] = []
    columns: dict[str, pl.Series] = {}
    known = columns_of(table.columns)
    for name in (name for name in table.columns if name in known):
        column = known[name]
        kind = COLUMNS[column]
        given = table[name]
        try:
            typed = _typed(given, kind)
        except pl.exceptions.PolarsError:
            typed = None
        if typed is None:
            fail(path, name, f"a column of type {given.dtype}", EXPECTED[kind])
        columns[column] = typed.alias(column)
        if column == "score" and (whole := _whole(given)) is not None:
            rest = whole - whole.cast(pl.Float64).cast(pl.Int128)
            columns["score_rest"] = rest.cast(pl.Float64).fill_null(0.0).alias("score_rest")
        is_lost = given.is_not_null() & typed.is_null()
        if given.dtype == pl.String:
            is_lost &= given != ""
        for row in is_lost.arg_true():
            problem = Problem(path.name, places.of(row, name), shown(given[row]), EXPECTED[kind])
            problems.append(RowProblem(row, problem))
    part = pl.DataFrame(columns or {"score": pl.Series([None] * len(table), dtype=pl.Float64)})
    names = [name for name in table.columns if not name.startswith(UNNAMED)]
    return raw_table(path, [part], names, places, problems)


def _whole(score: pl.Series) -> pl.Series | None:
    """Return scores as integers if they are integers and some are too long for a float."""
    if score.dtype == pl.String:
        score = score.str.strip_chars()
        if not score.str.contains(r"^[+-]?\d{16,38}$").any() or not score.str.contains(r"^[+-]?\d{1,38}$").all():
            return None
    elif not score.dtype.is_integer():
        return None
    whole = score.cast(pl.Int128, strict=False)
    return whole if (whole.abs() > LARGEST_EXACT).any() else None


def _typed(series: pl.Series, kind: str) -> pl.Series | None:
    """Return a column in the type of its kind, null for values of other types; None if it cannot be converted."""
    if kind == "text":
        is_text = series.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null) or series.dtype.is_numeric()
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
        return (
            listed.to_frame()
            .select(pl.when(pl.first().list.drop_nulls().list.len() == 4, pl.first().list.len() == 4).then(pl.first()))
            .to_series()
        )
    return series.cast(pl.List(pl.Float64)) if series.dtype == pl.Null else None
