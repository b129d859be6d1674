"""Read predictions from JSON: one object on each line, or one list of rows or of videos with their events."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from etl.errors import Problem
from etl.evaluation.columns import COLUMNS, EXPECTED, OTHER_NAMES, TYPES, RawTable, fail, fail_with, raw_table, shown

__all__ = ["read_json", "read_jsonl"]

ROWS_AT_ONCE = 50_000
TYPES_OF: dict[str, set[type]] = {
    "text": {str, type(None)},
    "number": {int, float, type(None)},
    "box": {list, type(None)},
}


def read_jsonl(path: Path, data: bytes) -> RawTable:
    """Return the predictions of a file with one JSON object on each line; lines of spaces alone are passed over."""
    lines = enumerate(data.split(b"\n"), start=1)
    filled = ((number, line) for number, line in lines if line.strip())
    numbers: list[int] = []
    names: Counter[str] = Counter()
    parts: list[pl.DataFrame] = []
    problems: list[tuple[int, Problem]] = []
    decode = msgspec.json.Decoder(dict[str, Any]).decode

    def locate(row: int, column: str) -> str:
        return f"line {numbers[row]}" + (f" /{column}" if column else "")

    while batch := list(islice(filled, ROWS_AT_ONCE)):
        first = len(numbers)
        rows: list[dict[str, Any]] = []
        for number, line in batch:
            numbers.append(number)
            try:
                rows.append(decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                rows.append({})
                problems.append((number, _line_problem(path, number, line)))
        # Each key is followed by a colon; fewer keys than colons: a key stands twice, or a text holds a colon.
        keys = sum(map(len, rows))
        if keys != sum(line.count(b":") for _, line in batch):
            problems += _repeated_keys(path, batch)
        names.update(chain.from_iterable(rows))
        part, wrong = _columns_of(rows, path.name, lambda row, column, first=first: locate(first + row, column))  # type: ignore[misc]
        parts.append(part)
        problems += [(numbers[first + row], problem) for row, problem in wrong]
    fail_with([problem for _, problem in sorted(problems, key=lambda entry: entry[0])])
    return raw_table(path, parts, names, locate)


def _line_problem(path: Path, number: int, line: bytes) -> Problem:
    try:
        found = json.loads(line, parse_constant=_no_constant)
    except _ConstantError as error:
        return Problem(path.name, f"line {number}", str(error), "a finite number")
    except json.JSONDecodeError as error:
        ahead = json.dumps(error.doc[error.pos : error.pos + 20]) if error.pos < len(error.doc) else "the end"
        return Problem(path.name, f"line {number}, column {error.colno}", ahead, "a JSON object on one line")
    except (UnicodeDecodeError, RecursionError) as error:
        return Problem(path.name, f"line {number}", type(error).__name__, "a JSON object in UTF-8 on one line")
    return Problem(path.name, f"line {number}", shown(found), "a JSON object")


class _ConstantError(Exception):
    """A number that JSON does not have: NaN or an infinity."""


def _no_constant(name: str) -> None:
    raise _ConstantError(name)


def _repeated_keys(path: Path, batch: list[tuple[int, bytes]]) -> Iterator[tuple[int, Problem]]:
    for number, line in batch:
        repeated: list[str] = []

        def collect(pairs: list[tuple[str, Any]], repeated: list[str] = repeated) -> None:
            repeated.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)

        try:
            json.loads(line, object_pairs_hook=collect)
        except (ValueError, RecursionError):
            continue
        for key in repeated:
            yield number, Problem(path.name, f"line {number}", f"the key {shown(key)} twice", "every key once")


def read_json(path: Path, text: str) -> RawTable:
    """Return the predictions of a JSON text: a list of rows, or E2E-Spot's list of videos with their events."""
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) < len(pairs):
            repeated.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return content

    try:
        content = json.loads(text, object_pairs_hook=collect, parse_constant=_no_constant)
    except _ConstantError as error:
        fail(path, "", str(error), "finite numbers, which are all that JSON has")
    except json.JSONDecodeError as error:
        fail(path, f"line {error.lineno}, column {error.colno}", "no JSON", error.msg)
    except RecursionError:
        fail(path, "", "lists within lists without end", "a list of predictions")
    if repeated:
        fail(path, "", f"the key {shown(repeated[0])} twice in one object", "every key once")
    if not isinstance(content, list):
        fail(path, "", shown(content), "a list of predictions, or of videos with their events")
    pointers: list[str] = []
    rows: list[dict[str, Any]] = []
    for index, item in enumerate(content):
        if not isinstance(item, dict):
            fail(path, f"/{index}", shown(item), "an object")
        if "events" not in item:
            pointers.append(f"/{index}")
            rows.append(item)
            continue
        events = item["events"]
        video = {name: item[name] for name in ("video", "video_id") if name in item}
        if not isinstance(events, list):
            fail(path, f"/{index}/events", shown(events), "a list of events")
        for position, event in enumerate(events):
            if not isinstance(event, dict):
                fail(path, f"/{index}/events/{position}", shown(event), "an object")
            pointers.append(f"/{index}/events/{position}")
            rows.append(video | event)
    names = Counter(chain.from_iterable(rows))

    def locate(row: int, column: str) -> str:
        return pointers[row] + (f"/{column}" if column else "")

    part, problems = _columns_of(rows, path.name, locate)
    fail_with([problem for _, problem in sorted(problems, key=lambda entry: entry[0])])
    return raw_table(path, [part], names, locate)


def _columns_of(
    rows: Sequence[dict[str, Any]], file: str, locate: Callable[[int, str], str]
) -> tuple[pl.DataFrame, list[tuple[int, Problem]]]:
    """Return the known columns of JSON rows, and what is wrong in which row: values of a wrong type, two names."""
    problems: list[tuple[int, Problem]] = []
    names = set(chain.from_iterable(rows)) & {*COLUMNS, *OTHER_NAMES}
    columns: dict[str, pl.Series] = {}
    for name in sorted(names):
        column = OTHER_NAMES.get(name, name)
        if column in columns or (column != name and column in names):
            found = f"the columns {name} and {column}"
            problems.append((0, Problem(file, locate(0, ""), found, "one of them: they mean the same")))
            continue
        kind = COLUMNS[column]
        values = [row.get(name) for row in rows]
        if column in ("video_id", "clip"):
            values = [str(value) if type(value) is int else value for value in values]
        if not set(map(type, values)) <= TYPES_OF[kind] or kind == "box":
            for index, value in enumerate(values):
                if not _is_of_kind(value, kind):
                    problems.append((index, Problem(file, locate(index, name), shown(value), EXPECTED[kind])))
                    values[index] = None
        if kind == "number":
            values = [_as_float(value) for value in values]
        columns[column] = pl.Series(column, values, dtype=TYPES[kind], strict=False)
    return pl.DataFrame(columns or {"video_id": pl.Series([None] * len(rows), dtype=pl.String)}), problems


def _is_of_kind(value: Any, kind: str) -> bool:
    if type(value) not in TYPES_OF[kind]:
        return False
    return kind != "box" or value is None or (len(value) == 4 and all(type(number) in (int, float) for number in value))


def _as_float(value: float | None) -> float | None:
    """Return a number of JSON, which may have any number of digits, as a float: infinite beyond its range."""
    try:
        return None if value is None else float(value)
    except OverflowError:
        return float("inf")
