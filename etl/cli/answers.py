"""The answer of a query as text or file: a table, or a format that programs and papers read.

The engine itself turns values into text, which keeps every type exact. What is long is streamed through Arrow: a
relation runs its query anew for every fetch.
"""

from __future__ import annotations

import csv
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from etl.cli.output import print_table
from etl.cli.streams import harmless
from etl.errors import ContactReleaseError, printable
from etl.files import whole_file

if TYPE_CHECKING:
    import duckdb

__all__ = ["FORMATS", "SUFFIXES", "format_of", "print_answer"]

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".parquet": "parquet",
    ".tex": "latex",
}
FORMATS = ("table", *SUFFIXES.values())
ROWS_AT_ONCE = 10_000
ROWS_IN_TABLE = 100
EXPLANATION = ["explain_key", "explain_value"]
NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|BIGNUM|FLOAT|DOUBLE|DECIMAL\(.*\)")
FLOATING = ("FLOAT", "DOUBLE")
# A string, which is kept, or a number that JSON does not have.
STRING_OR_NO_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity')
LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "&%$#_{}"}
    | {sign: f"{{{sign}}}" for sign in "[]*"}  # which LaTeX would take for an option of the row before
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
)


def format_of(chosen: str | None, output: Path | None) -> str:
    """Return the format to write: the chosen one, else the one that the output's suffix names, else a table.

    Raises click.UsageError if none is chosen and the suffix names none, or a terminal cannot show the format.
    """
    if chosen is None and output is not None:
        chosen = SUFFIXES.get(output.suffix.lower())
        if chosen is None:
            raise click.UsageError(
                f"--output {printable(str(output))}: found the suffix {output.suffix!r}, "
                f"expected one of {' '.join(SUFFIXES)}, or --format"
            )
    if chosen == "parquet" and output is None:
        raise click.UsageError("--format parquet needs --output FILE")
    return chosen or "table"


def print_answer(
    answer: duckdb.DuckDBPyRelation, output_format: str, output: Path | None, *, limit: int | None = None
) -> None:
    """Print an answer to stdout or write it to a file, which appears under its name only when it is whole.

    `limit` is the number of rows to give: all by default, but only 100 in a table that goes to no file.
    """
    if limit is not None:
        answer = answer.limit(limit)
    if output is None:
        _write_text(answer, output_format, sys.stdout, limit or ROWS_IN_TABLE)
        return
    try:
        with whole_file(output) as unfinished:
            if output_format == "parquet":
                from etl.cli.parquet import write_parquet

                write_parquet(answer, unique(answer.columns), unfinished, ROWS_AT_ONCE)
            else:
                with unfinished.open("w", encoding="utf-8", newline="") as file:
                    _write_text(answer, output_format, file, None)
    except OSError as error:
        raise ContactReleaseError(f"the answer cannot be written to {output}: {error.strerror or error}") from error


def _write_text(answer: duckdb.DuckDBPyRelation, output_format: str, file: TextIO, rows_in_table: int | None) -> None:
    if output_format == "table" and answer.columns == EXPLANATION:
        for _, plan in answer.fetchall():
            file.writelines(printable(line) + "\n" for line in str(plan).splitlines())
    elif output_format == "table":
        _write_table(answer, file, rows_in_table)
    elif output_format in ("csv", "tsv"):
        writer = csv.writer(file, lineterminator="\n", delimiter="," if output_format == "csv" else "\t")
        writer.writerow(unique(answer.columns))
        writer.writerows(_rows_as_text(answer))
    elif output_format == "jsonl":
        file.writelines(harmless(text) + "\n" for text in _rows_as_json(answer))
    elif output_format == "json":
        separator = "[\n"
        for text in _rows_as_json(answer):
            file.write(f"{separator}  {harmless(text)}")
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")
    elif output_format == "markdown":
        file.write(_markdown_row(answer.columns) + _markdown_row(["---"] * len(answer.columns)))
        file.writelines(_markdown_row(row) for row in _rows_as_text(answer))
    else:
        _write_latex(answer, file)


def _write_table(answer: duckdb.DuckDBPyRelation, file: TextIO, most: int | None) -> None:
    """Write a table of at most `most` rows; None is all."""
    rows = list(_rows_as_text(answer if most is None else answer.limit(most + 1)))
    is_floating = [str(kind) in FLOATING for kind in answer.types]
    cells = [
        [f"{float(cell):.10g}" if floating and cell else cell for cell, floating in zip(row, is_floating, strict=True)]
        for row in rows[:most]
    ]
    print_table(answer.columns, cells, file, are_numbers=_are_numbers(answer))
    if most is not None and len(rows) > most:
        click.echo(f"these are the first {most} rows; for all of them: --format csv", err=True)


def _write_latex(answer: duckdb.DuckDBPyRelation, file: TextIO) -> None:
    are_numbers = _are_numbers(answer)
    file.write("% in the preamble: \\usepackage{booktabs}\n")
    file.write(f"\\begin{{tabular}}{{{''.join('r' if is_number else 'l' for is_number in are_numbers)}}}\n")
    file.write(f"\\toprule\n{_latex_row(answer.columns, [False] * len(are_numbers))}\\midrule\n")
    file.writelines(_latex_row(row, are_numbers) for row in _rows_as_text(answer))
    file.write("\\bottomrule\n\\end{tabular}\n")


def _latex_row(cells: Sequence[str | None], are_numbers: Sequence[bool]) -> str:
    shown = [printable(cell or "") for cell in cells]
    escaped = [
        f"$-${cell[1:]}" if is_number and cell.startswith("-") else cell.translate(LATEX).replace("--", "-{}-")
        for cell, is_number in zip(shown, are_numbers, strict=True)
    ]
    return f"{' & '.join(escaped)} \\\\\n"


def _are_numbers(answer: duckdb.DuckDBPyRelation) -> list[bool]:
    return [bool(NUMBERS.fullmatch(str(kind))) for kind in answer.types]


def _rows_as_text(answer: duckdb.DuckDBPyRelation) -> Iterator[tuple[str | None, ...]]:
    cells = ", ".join(f"cast(#{position} as varchar)" for position in range(1, len(answer.columns) + 1))
    for batch in answer.project(cells).arrow(ROWS_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _rows_as_json(answer: duckdb.DuckDBPyRelation) -> Iterator[str]:
    # By position: of columns that share a name, the engine would take the first each time.
    names = enumerate(unique(answer.columns), start=1)
    pairs = ["'{}', #{}".format(name.replace("'", "''"), position) for position, name in names]
    for batch in answer.project(f"cast(json_object({', '.join(pairs)}) as varchar)").arrow(ROWS_AT_ONCE):
        for text in batch.column(0).to_pylist():
            may_hold_none = "NaN" in text or "Infinity" in text
            yield STRING_OR_NO_NUMBER.sub(_null_unless_string, text) if may_hold_none else text


def _null_unless_string(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else "null"


def unique(names: Sequence[str]) -> list[str]:
    """Return the names; one that stands there already gets a number: a, a_1."""
    given: list[str] = []
    for name in names:
        candidates = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(1)))
        given.append(next(candidate for candidate in candidates if candidate not in given))
    return given


def _markdown_row(cells: Sequence[str | None]) -> str:
    shown = [printable(cell or "").replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells]
    return f"| {' | '.join(shown)} |\n"
