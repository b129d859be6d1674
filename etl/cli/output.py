"""Print rows: a table that fits the terminal, or a format that programs read."""

from __future__ import annotations

import csv
import io
import itertools
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from etl.errors import ContactReleaseError, printable
from etl.files import whole_file

if TYPE_CHECKING:
    import duckdb

__all__ = ["FORMATS", "print_answer", "print_paragraph", "print_table"]

FORMATS = ("table", "csv", "json", "jsonl", "markdown", "parquet")
ROWS_AT_ONCE = 10_000
# Where there is no terminal, nothing is folded: wide enough for any row.
NO_TERMINAL_WIDTH = 10_000
FOLDED_WIDTH = 30
BETWEEN_CELLS = "   "
ROWS_IN_TABLE = 100
EXPLANATION = ["explain_key", "explain_value"]
# A string, which is kept, or a number that JSON has not.
STRING_OR_NO_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity')


def print_answer(
    answer: duckdb.DuckDBPyRelation, output_format: str, output: Path | None, *, limit: int | None = None
) -> None:
    """Print an answer to stdout or write it to a file, which appears under its name only when it is whole.

    `limit` is the number of rows to give: all by default, but no more than 100 as a table.
    """
    rows_in_table = limit or ROWS_IN_TABLE
    if limit is not None:
        answer = answer.limit(limit)
    if output is None:
        if output_format == "parquet":
            raise click.UsageError("--format parquet needs --output FILE")
        _write_text(answer, output_format, sys.stdout, rows_in_table)
        return
    try:
        with whole_file(output) as unfinished:
            if output_format == "parquet":
                _write_parquet(answer, unfinished)
            else:
                with unfinished.open("w", encoding="utf-8", newline="") as file:
                    _write_text(answer, output_format, file, rows_in_table)
    except OSError as error:
        raise ContactReleaseError(f"the answer cannot be written to {output}: {error.strerror or error}") from error


def print_paragraph(text: str) -> None:
    """Print a text to stdout in lines that fit the terminal; as one line where there is none."""
    click.echo(click.wrap_text(text, _width(sys.stdout)))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], file: TextIO | None = None) -> None:
    """Print rows as a table no wider than the terminal; where not even that fits, each row as lines of its own.

    Where there is no terminal, the table is as wide as it takes.
    """
    stream = file or sys.stdout
    names = [printable(name) for name in columns]
    cells = [[_cell(value) for value in row] for row in rows]
    width = _width(stream)
    least = [_least_width(name, [row[position] for row in cells]) for position, name in enumerate(names)]
    if sum(least) + len(BETWEEN_CELLS) * len(least) > width:
        longest = max(map(len, names))
        for row in cells:
            stream.writelines(f"{name:<{longest}}  {cell}\n" for name, cell in zip(names, row, strict=True))
            stream.write("\n")
        return

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(names):
        is_number = all(isinstance(row[position], int | float | Decimal | None) for row in rows)
        justify: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(Text(name), justify=justify, overflow="fold", min_width=least[position])
    for row in cells:
        table.add_row(*map(Text, row))
    text = io.StringIO()
    Console(file=text, width=width, highlight=False, emoji=False).print(table)
    for line in text.getvalue().strip("\n").split("\n"):
        stream.write(line.rstrip() + "\n")


def _width(stream: TextIO) -> int:
    return shutil.get_terminal_size().columns if stream.isatty() else NO_TERMINAL_WIDTH


def _least_width(name: str, cells: Sequence[str]) -> int:
    """Return the width that a column needs: its longest word, but a long one may be folded."""
    words = [word for cell in cells for word in cell.split(" ")]
    return min(max(map(len, [name, *words])), max(len(name), FOLDED_WIDTH))


def _write_text(answer: duckdb.DuckDBPyRelation, output_format: str, file: TextIO, rows_in_table: int) -> None:
    if output_format == "table" and answer.columns == EXPLANATION:
        for _, plan in answer.fetchall():
            file.writelines(printable(line) + "\n" for line in str(plan).splitlines())
    elif output_format == "table":
        rows = answer.limit(rows_in_table + 1).fetchall()
        print_table(answer.columns, rows[:rows_in_table], file)
        if len(rows) > rows_in_table:
            click.echo(f"these are the first {rows_in_table} rows; for all of them: --format csv", err=True)
    elif output_format == "csv":
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(_rows_as_text(answer))
    elif output_format == "jsonl":
        file.writelines(text + "\n" for text in _rows_as_json(answer))
    elif output_format == "json":
        separator = "[\n"
        for text in _rows_as_json(answer):
            file.write(f"{separator}  {text}")
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")
    else:
        file.write(_markdown_row(answer.columns) + _markdown_row(["---"] * len(answer.columns)))
        file.writelines(_markdown_row(row) for row in _rows_as_text(answer))


def _write_parquet(answer: duckdb.DuckDBPyRelation, path: Path) -> None:
    import pyarrow.parquet as pq

    reader = answer.arrow(ROWS_AT_ONCE)
    with path.open("wb") as file, pq.ParquetWriter(file, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


# A relation runs its query anew for every fetch, so what may be long is streamed through Arrow; the engine itself
# turns the values into text, which keeps every type exact.


def _rows_as_text(answer: duckdb.DuckDBPyRelation) -> Iterator[tuple[str | None, ...]]:
    for batch in answer.project("cast(columns(*) as varchar)").arrow(ROWS_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _rows_as_json(answer: duckdb.DuckDBPyRelation) -> Iterator[str]:
    # By position: of columns that share a name, the engine would take the first each time.
    names = enumerate(_unique(answer.columns), start=1)
    pairs = ["'{}', #{}".format(name.replace("'", "''"), position) for position, name in names]
    for batch in answer.project(f"cast(json_object({', '.join(pairs)}) as varchar)").arrow(ROWS_AT_ONCE):
        for text in batch.column(0).to_pylist():
            may_hold_none = "NaN" in text or "Infinity" in text
            yield STRING_OR_NO_NUMBER.sub(_null_unless_string, text) if may_hold_none else text


def _null_unless_string(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else "null"


def _unique(names: Sequence[str]) -> list[str]:
    """Return the names, each that stands there already with a number behind it: a, a_1."""
    unique: list[str] = []
    for name in names:
        candidates = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(1)))
        unique.append(next(candidate for candidate in candidates if candidate not in unique))
    return unique


def _markdown_row(cells: Sequence[str | None]) -> str:
    shown = [printable(cell or "").replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells]
    return f"| {' | '.join(shown)} |\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else printable(str(value))
