"""Read predictions from JSON: one object on each line, or one list of rows or of videos with their events."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from etl.errors import Problem
from etl.evaluation.columns import (
    COLUMNS,
    EXPECTED,
    LARGEST_EXACT,
    TYPES,
    Places,
    RawTable,
    RowProblem,
    columns_of,
    fail,
    raw_table,
    require_rows,
    shown,
)
from etl.evaluation.sample_log import unpacked

__all__ = ["read_json", "read_jsonl"]

ROWS_AT_ONCE = 50_000
NUMBERS = (int, float)
# Text columns whose values may also be written as numbers.
NUMBERS_AS_TEXT = ("video_id", "clip", "answer", "id")
VIDEO_NAMES = ("video", "video_id")
NESTED = "lists within lists without end"
TYPES_OF: dict[str, set[type]] = {
    "text": {str, type(None)},
    "number": {int, float, type(None)},
    "box": {list, type(None)},
}


def read_jsonl(path: Path, data: bytes, max_rows: int) -> RawTable:
    """Return the predictions of a file with one JSON object on each line; blank lines are skipped.

    A line ends with LF, CR or both.
    """
    if data.lstrip().startswith(b"["):
        fail(path, "", "a JSON list", "one JSON object on each line", "name a list of rows .json")
    split = data.splitlines()
    require_rows(path, len(split), max_rows)
    lines = enumerate(split, start=1)
    filled = ((number, line) for number, line in lines if line.strip())
    numbers: list[int] = []
    names: Counter[str] = Counter()
    parts: list[pl.DataFrame] = []
    problems: list[RowProblem] = []
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    while batch := list(islice(filled, ROWS_AT_ONCE)):
        first = len(numbers)
        rows: list[dict[str, Any]] = []
        for number, line in batch:
            numbers.append(number)
            try:
                rows.append(decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                row = _odd_line(path, number, line)
                rows.append(row if isinstance(row, dict) else {})
                if isinstance(row, Problem):
                    problems.append(RowProblem(len(numbers) - 1, row))
        # Each key is followed by a colon; fewer keys than colons means a repeated key, or a text with a colon.
        keys = sum(map(len, rows))
        if keys != sum(line.count(b":") for _, line in batch):
            problems += _repeated_keys(path, batch, first)
        names.update(chain.from_iterable(rows))
        batch_places = Places("line", pl.Series(numbers[first:], dtype=pl.Int64))
        part, wrong = _columns_of(unpacked(rows), path.name, batch_places)
        parts.append(part)
        problems += [RowProblem(first + found.row, found.problem) for found in wrong]
    return raw_table(path, parts, names, Places("line", pl.Series(numbers, dtype=pl.Int64)), problems)


def _odd_line(path: Path, number: int, line: bytes) -> dict[str, Any] | Problem:
    """Return the row of a line that is JSON except for a number such as NaN, else what is wrong with it."""
    location = f"line {number}"
    try:
        found = json.loads(line.decode(), parse_int=_integer)
    except json.JSONDecodeError as error:
        return Problem(path.name, f"{location}, column {error.colno}", _ahead(error), "a JSON object on one line")
    except UnicodeDecodeError as error:
        return Problem(path.name, location, f"the byte 0x{error.object[error.start]:02x}", "text in UTF-8")
    except RecursionError:
        return Problem(path.name, location, NESTED, "a JSON object")
    return found if isinstance(found, dict) else Problem(path.name, location, shown(found), "a JSON object")


def _integer(digits: str) -> int | float:
    """Return the number with these digits; beyond the range of a float it is infinite."""
    return int(digits) if len(digits) < 300 else float(digits)


def _ahead(error: json.JSONDecodeError) -> str:
    return json.dumps(error.doc[error.pos : error.pos + 20]) if error.pos < len(error.doc) else "the end"


def _repeated_keys(path: Path, batch: list[tuple[int, bytes]], first: int) -> Iterator[RowProblem]:
    for row, (number, line) in enumerate(batch, first):
        repeated: list[str] = []

        def collect(pairs: list[tuple[str, Any]], repeated: list[str] = repeated) -> None:
            repeated.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)

        try:
            json.loads(line, object_pairs_hook=collect)
        except (ValueError, RecursionError):
            continue
        for key in repeated:
            yield RowProblem(row, Problem(path.name, f"line {number}", f"the key {shown(key)} twice", "every key once"))


@dataclass(frozen=True)
class _Contradiction:
    """Replaces a row that contradicts another part of the file."""

    found: str
    expected: str


@dataclass(frozen=True)
class _Doubled:
    """An object with a repeated key."""

    key: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Doubled:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    return _Doubled(Counter(key for key, _ in pairs).most_common(1)[0][0])


def read_json(path: Path, text: str, max_rows: int) -> RawTable:
    """Return the predictions of a JSON text: a list of rows, or E2E-Spot's list of videos with their events."""
    try:
        content = json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except json.JSONDecodeError as error:
        is_second = error.msg == "Extra data"
        expected = "the end: one JSON value" if is_second else "JSON"
        hint = "name a file with one object on each line .jsonl" if is_second else ""
        fail(path, f"line {error.lineno}, column {error.colno}", _ahead(error), expected, hint)
    except RecursionError:
        fail(path, "", NESTED, "a list of predictions")
    if not isinstance(content, list):
        fail(path, "", _shown_item(content), "a list of predictions, or of videos with their events")
    pointers: list[str] = []
    rows: list[dict[str, Any]] = []
    problems: list[RowProblem] = []
    for pointer, item in _items(content):
        pointers.append(pointer)
        rows.append(item if isinstance(item, dict) else {})
        if isinstance(item, _Contradiction):
            problem = Problem(path.name, pointer, item.found, item.expected)
            problems.append(RowProblem(len(rows) - 1, problem))
        elif isinstance(item, _Doubled):
            problems.append(RowProblem(len(rows) - 1, Problem(path.name, pointer, _shown_item(item), "every key once")))
        elif not isinstance(item, dict):
            problems.append(RowProblem(len(rows) - 1, Problem(path.name, pointer, shown(item), "an object")))
    require_rows(path, len(rows), max_rows)
    places = Places("pointer", pl.Series(pointers, dtype=pl.String))
    part, wrong = _columns_of(unpacked(rows), path.name, places)
    return raw_table(path, [part], set(chain.from_iterable(rows)), places, problems + wrong)


def _shown_item(item: Any) -> str:
    return f"the key {shown(item.key)} twice" if isinstance(item, _Doubled) else shown(item)


def _items(content: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each row's place and the row, completed from its video; or what replaces the row."""
    seen: dict[str, int] = {}
    for index, item in enumerate(content):
        if not isinstance(item, dict) or "events" not in item:
            yield f"/{index}", item
            continue
        video = {name: item[name] for name in VIDEO_NAMES if name in item}
        first = seen.setdefault(str(next(iter(video.values()), f"/{index}")), index)
        if first != index:
            yield f"/{index}", _Contradiction(f"the video of /{first} again", "every video once, with all its events")
        elif not isinstance(item["events"], list):
            yield f"/{index}/events", _Contradiction(_shown_item(item["events"]), "a list of events")
        else:
            for position, event in enumerate(item["events"]):
                yield f"/{index}/events/{position}", _with_video(event, video) if isinstance(event, dict) else event


def _with_video(event: dict[str, Any], video: dict[str, Any]) -> dict[str, Any] | _Contradiction:
    """Return an event completed from its video, unless the two contradict each other."""
    for name in VIDEO_NAMES:
        for said in video.values():
            if name in event and event[name] != said:
                return _Contradiction(f"the {name} {shown(event[name])}", f"{shown(said)}, in whose list it is")
    return video | {name: value for name, value in event.items() if name not in VIDEO_NAMES or not video}


def _columns_of(rows: Sequence[dict[str, Any]], file: str, places: Places) -> tuple[pl.DataFrame, list[RowProblem]]:
    """Return the known columns of JSON rows, and the problems by row: values of a wrong type, two names."""
    problems: list[RowProblem] = []
    columns: dict[str, pl.Series] = {}
    known = columns_of(chain.from_iterable(rows))
    for name, column in sorted(known.items()):
        if column != name and column in known:
            found = f"the columns {name} and {column}"
            first = max(next(at for at, row in enumerate(rows) if one in row) for one in (name, column))
            problem = Problem(file, places.of(first), found, "one of them in all rows: they mean the same")
            problems.append(RowProblem(first, problem))
            continue
        values, wrong = _typed_values([row.get(name) for row in rows], column)
        for row in wrong:
            problem = Problem(file, places.of(row, name), shown(rows[row][name]), EXPECTED[COLUMNS[column]])
            problems.append(RowProblem(row, problem))
        columns[column] = pl.Series(column, values, dtype=TYPES[COLUMNS[column]], strict=False)
        if column == "score":
            columns["score_rest"] = pl.Series("score_rest", _rests([row.get(name) for row in rows]), dtype=pl.Float64)
    return pl.DataFrame(columns or {"score": pl.Series([None] * len(rows), dtype=pl.Float64)}), problems


def _rests(scores: list[Any]) -> list[float]:
    """Return the part of integer scores that floats cannot hold; the integers are within the range of floats."""
    return [
        float(score - int(float(score))) if type(score) is int and LARGEST_EXACT < abs(score) < 10**300 else 0.0
        for score in scores
    ]


def _typed_values(values: list[Any], column: str) -> tuple[list[Any], list[int]]:
    """Return the values of a column in the type of its kind, and the rows with values of another type, null there."""
    kind = COLUMNS[column]
    if column in NUMBERS_AS_TEXT:
        values = [str(value) if type(value) in NUMBERS else value for value in values]
    wrong: list[int] = []
    is_plain = kind != "box" and set(map(type, values)) <= TYPES_OF[kind]
    if not is_plain or (kind == "text" and not _is_unicode(values)):
        wrong = [row for row, value in enumerate(values) if not _is_of_kind(value, kind)]
        for row in wrong:
            values[row] = None
    if kind == "number":
        values = [_as_float(value) for value in values]
    if kind == "box":
        values = [None if value is None else [_as_float(number) for number in value] for value in values]
    return values, wrong


def _is_of_kind(value: Any, kind: str) -> bool:
    if type(value) not in TYPES_OF[kind] or (kind == "text" and not _is_unicode([value])):
        return False
    return kind != "box" or value is None or (len(value) == 4 and all(type(number) in (int, float) for number in value))


def _is_unicode(texts: Sequence[str | None]) -> bool:
    """Return whether texts can be written: a lone surrogate, which JSON can escape, cannot."""
    try:
        "".join(text for text in texts if text is not None).encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_float(value: float | None) -> float | None:
    """Return a number of JSON, which may have any number of digits, as a float: infinite beyond its range."""
    try:
        return None if value is None else float(value)
    except OverflowError:
        return float("inf")
