"""Print rows: a table that fits the terminal, or a format that programs read."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from etl.errors import ContactReleaseError, printable

if TYPE_CHECKING:
    import duckdb

__all__ = ["FORMATS", "print_answer", "print_table"]

FORMATS = ("table", "csv", "json", "jsonl", "markdown", "parquet")
ROWS_AT_ONCE = 10_000
# Where there is no terminal, nothing is folded: wide enough for any row.
NO_TERMINAL_WIDTH = 10_000


def print_answer(answer: duckdb.DuckDBPyRelation, output_format: str, output: Path | None) -> None:
    """Print an answer to stdout or write it to a file, which appears under its name only when it is whole."""
    if output is None:
        if output_format == "parquet":
            raise click.UsageError("--format parquet needs --output FILE")
        _write_text(answer, output_format, sys.stdout)
        return
    temporary = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        if output_format == "parquet":
            _write_parquet(answer, temporary)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as file:
                _write_text(answer, output_format, file)
        temporary.replace(output)
    except OSError as error:
        raise ContactReleaseError(f"the answer cannot be written to {output}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], file: TextIO | None = None) -> None:
    """Print rows as a table: no wider than the terminal, or as wide as it takes where there is none."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    stream = file or sys.stdout
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(columns):
        is_number = all(isinstance(row[position], int | float | Decimal | None) for row in rows)
        table.add_column(Text(printable(name)), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    text = io.StringIO()
    width = shutil.get_terminal_size().columns if stream.isatty() else NO_TERMINAL_WIDTH
    Console(file=text, width=width, highlight=False, emoji=False).print(table)
    for line in text.getvalue().strip("\n").split("\n"):
        stream.write(line.rstrip() + "\n")


def _write_text(answer: duckdb.DuckDBPyRelation, output_format: str, file: TextIO) -> None:
    if output_format == "table":
        print_table(answer.columns, answer.fetchall(), file)
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
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


# A relation runs its query anew for every fetch, so what may be long is streamed through Arrow; the engine itself
# turns the values into text, which keeps every type exact.


def _rows_as_text(answer: duckdb.DuckDBPyRelation) -> Iterator[tuple[str | None, ...]]:
    for batch in answer.project("cast(columns(*) as varchar)").arrow(ROWS_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _rows_as_json(answer: duckdb.DuckDBPyRelation) -> Iterator[str]:
    pairs = ", ".join("'{}', \"{}\"".format(c.replace("'", "''"), c.replace('"', '""')) for c in answer.columns)
    for batch in answer.project(f"cast(json_object({pairs}) as varchar)").arrow(ROWS_AT_ONCE):
        yield from batch.column(0).to_pylist()


def _markdown_row(cells: Sequence[str | None]) -> str:
    shown = [printable(cell or "").replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells]
    return f"| {' | '.join(shown)} |\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else printable(str(value))
