"""The columns that a file of predictions may have, and a file as it was read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from etl.errors import PredictionError, Problem, printable

__all__ = [
    "COLUMNS",
    "EXPECTED",
    "LARGEST_EXACT",
    "TYPES",
    "Places",
    "RawTable",
    "RowProblem",
    "columns_of",
    "fail",
    "raise_problems",
    "raw_table",
    "require_rows",
    "shown",
    "stated",
]

# Each column and the kind of its values.
COLUMNS = {
    "video_id": "text",
    "action": "text",
    "agent": "text",
    "frame": "number",
    "x": "number",
    "y": "number",
    "box": "box",
    "score": "number",
    "clip": "text",
    "start_frame": "number",
    "answer": "text",
    "id": "text",
    # What exported questions say, and what other programs write along with their answers.
    "doc_id": "number",
    "kind": "text",
    "event_frame": "number",
    "event_index": "number",
    "frame_base": "number",
    "coordinates": "text",
    # Which of several models, each trained without a part of the videos, a row comes from.
    "fold": "number",
}
# Other names for the same things, in the warehouse and in E2E-Spot.
OTHER_NAMES = {
    "frame_number": "frame",
    "point_x": "x",
    "point_y": "y",
    "video": "video_id",
    "label": "action",
    "prediction": "answer",
}
# What other programs write along with the answers: ignored without a warning.
CARRIED = {
    *("index", "image_path", "question", "category", "images", "conversations", "answer"),
    *("doc", "doc_hash", "target", "resps", "filtered_resps", "input", "arguments"),
    *("when_exact", "when_frame_error", "where_distance", "unreadable"),
}
TYPES: dict[str, pl.DataType] = {"text": pl.String(), "number": pl.Float64(), "box": pl.List(pl.Float64)}
EXPECTED = {
    "text": "text",
    "number": "a number",
    "box": "a list of four numbers: left, top, width, height",
}
# The largest integer up to which a float holds every integer.
LARGEST_EXACT = 2**53
NOTHING_SCORED = "Nothing was scored."


@dataclass(frozen=True)
class RowProblem:
    """A problem, and the row (from 0) that it is in."""

    row: int
    problem: Problem


@dataclass(frozen=True)
class Places:
    """Where the rows of a file are.

    `kind` is "line" or "row", then `values` are numbers from 1; or "pointer", then they are JSON pointers. `names` has
    the columns with another name in the file, with that name.
    """

    kind: str
    values: pl.Series
    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, row: int, column: str = "") -> str:
        """Return where a row (from 0), or its value in a column, is in the file."""
        column = self.names.get(column, column)
        if self.kind == "pointer":
            return str(self.values[row]) + (f"/{column}" if column else "")
        place = f"{self.kind} {self.values[row]}"
        if not column:
            return place
        return f"{place} /{column}" if self.kind == "line" else f"{place}, column {column}"


@dataclass(frozen=True)
class RawTable:
    """A file of predictions as columns: text, float64 and lists of float64, null where a row has no value.

    For integer scores above LARGEST_EXACT, `score_rest` is the part that the float cannot hold. `places` says where in
    the file each row is; `ignored` names the columns that have no meaning here; `problems` are the faults of form.
    """

    file: str
    columns: pl.DataFrame
    places: Places
    ignored: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """Return the known names in a file, each with its column.

    If there is a `prediction`, as in VLMEvalKit's tables, it is the answer, and `answer` is the correct one.
    """
    names = set(names)
    columns = {name: OTHER_NAMES.get(name, name) for name in names if OTHER_NAMES.get(name, name) in COLUMNS}
    if "prediction" in names:
        columns.pop("answer", None)
    return columns


def raw_table(
    path: Path,
    parts: Sequence[pl.DataFrame],
    names: Iterable[str],
    places: Places,
    problems: Sequence[RowProblem] = (),
) -> RawTable:
    """Return the parts as one table; `names` are all the columns that the file has."""
    columns = pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema={"score": pl.Float64})
    names = set(names)
    known = columns_of(names)
    ignored = tuple(printable(name) for name in sorted(names - set(known) - CARRIED))
    places = replace(places, names={column: name for name, column in known.items() if column not in names})
    return RawTable(printable(path.name), columns, places, ignored, tuple(problems))


def stated(raw: RawTable, column: str, elsewhere: Any = None) -> Any:
    """Return the single value that the rows of a column and `elsewhere` state; None if none is stated.

    Raises PredictionError if there are several values.
    """
    is_there = column in raw.columns.columns
    values = raw.columns[column].drop_nulls().unique(maintain_order=True).to_list() if is_there else []
    said = [int(value) if isinstance(value, float) and value.is_integer() else value for value in values]
    if elsewhere is not None and elsewhere not in said:
        said.append(elsewhere)
    if len(said) > 1:
        found = f"{column} {' and '.join(map(str, said))}"
        raise_problems([Problem(raw.file, "", found, "the same in all rows, in the questions and in their manifest")])
    return said[0] if said else None


def shown(value: Any) -> str:
    """Return a value as an error message shows it."""
    if isinstance(value, pl.Series):
        value = value.to_list()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    short = str(value) if is_number else json.dumps(value, default=str)
    return short if len(short) <= 60 else short[:60] + "…"


def fail(path: Path, location: str, found: str, expected: str, hint: str = "") -> NoReturn:
    """Raise PredictionError for a file with one problem."""
    raise PredictionError(NOTHING_SCORED, [Problem(path.name, location, found, expected, hint)])


def require_rows(path: Path, rows: int, max_rows: int) -> None:
    """Raise PredictionError if a file has more rows than may be read."""
    if rows > max_rows:
        fail(path, "", f"{rows:,} rows", f"at most {max_rows:,}", "to read more: evaluate --max-rows N")


def raise_problems(problems: Sequence[Problem]) -> None:
    """Raise PredictionError for these problems, if there are any."""
    if problems:
        raise PredictionError(NOTHING_SCORED, problems)
