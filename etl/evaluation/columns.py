"""The columns that a file of predictions may have, and a file as it was read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from etl.errors import PredictionError, Problem, printable

__all__ = ["COLUMNS", "EXPECTED", "OTHER_NAMES", "TYPES", "RawTable", "fail", "fail_with", "raw_table", "shown"]

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
}
# The names that the warehouse, and E2E-Spot, give to the same things.
OTHER_NAMES = {
    "frame_number": "frame",
    "point_x": "x",
    "point_y": "y",
    "video": "video_id",
    "label": "action",
}
TYPES: dict[str, pl.DataType] = {"text": pl.String(), "number": pl.Float64(), "box": pl.List(pl.Float64)}
EXPECTED = {
    "text": "text",
    "number": "a number",
    "box": "a list of four numbers: left, top, width, height",
}


@dataclass(frozen=True)
class RawTable:
    """A file of predictions as columns: text, float64 and lists of float64, null where a row has no value.

    `locate` says where in the file a row's column stands; `ignored` names the columns that mean nothing here;
    `problems` are the faults of form, each with its row.
    """

    file: str
    columns: pl.DataFrame
    locate: Callable[[int, str], str]
    ignored: tuple[str, ...] = ()
    problems: tuple[tuple[int, Problem], ...] = ()


def raw_table(
    path: Path,
    parts: Sequence[pl.DataFrame],
    names: Iterable[str],
    locate: Callable[[int, str], str],
    problems: Sequence[tuple[int, Problem]] = (),
) -> RawTable:
    """Return the parts as one table; `names` are all the columns that the file has."""
    known = {*COLUMNS, *OTHER_NAMES}
    columns = pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema={"score": pl.Float64})
    return RawTable(
        printable(path.name),
        columns,
        locate,
        tuple(printable(name) for name in sorted(set(names) - known)),
        tuple(problems),
    )


def shown(value: Any) -> str:
    """Return a value as an error message shows it."""
    if isinstance(value, pl.Series):
        value = value.to_list()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    short = str(value) if is_number else json.dumps(value, default=str)
    return short if len(short) <= 60 else short[:60] + "…"


def fail(path: Path, location: str, found: str, expected: str) -> NoReturn:
    """Raise the error of a file with one problem."""
    raise PredictionError("Nothing was scored.", [Problem(path.name, location, found, expected)])


def fail_with(problems: Sequence[Problem]) -> None:
    """Raise the error of a file with these problems, if there are any."""
    if problems:
        raise PredictionError("Nothing was scored.", problems)
