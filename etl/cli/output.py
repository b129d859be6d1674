"""Print to the terminal: tables and paragraphs that fit it."""

from __future__ import annotations

import io
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from etl.errors import printable

if TYPE_CHECKING:
    pass

__all__ = ["print_paragraph", "print_table"]

# Where there is no terminal, nothing is folded: wide enough for any row.
NO_TERMINAL_WIDTH = 10_000
FOLDED_WIDTH = 30
BETWEEN_CELLS = "   "


def print_paragraph(text: str) -> None:
    """Print a text to stdout in lines that fit the terminal; as one line where there is none."""
    click.echo(click.wrap_text(text, _width(sys.stdout)))


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    file: TextIO | None = None,
    *,
    are_numbers: Sequence[bool] | None = None,
) -> None:
    """Print rows as a table no wider than the terminal; where not even that fits, each row as lines of its own.

    Where there is no terminal, the table is as wide as it takes. `are_numbers` says which columns to align at the
    right; by default, those whose values are numbers.
    """
    stream = file or sys.stdout
    names = [printable(name) for name in columns]
    cells = [[_cell(value) for value in row] for row in rows]
    width = _width(stream)
    least = [_least_width(name, [row[position] for row in cells]) for position, name in enumerate(names)]
    if sum(least) + len(BETWEEN_CELLS) * len(least) > width:
        longest = max(map(len, names))
        for row in cells:
            for name, cell in zip(names, row, strict=True):
                first, *others = textwrap.wrap(
                    cell, max(width - longest - 2, FOLDED_WIDTH), break_on_hyphens=False
                ) or [""]
                stream.write(f"{name:<{longest}}  {first}\n")
                stream.writelines(f"{'':<{longest}}  {line}\n" for line in others)
            stream.write("\n")
        return

    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    whole = [max(map(cell_len, [name, *(row[position] for row in cells)])) for position, name in enumerate(names)]
    widths = _shared(width - len(BETWEEN_CELLS) * len(least), least, whole)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(names):
        is_number = (
            all(isinstance(row[position], int | float | None) for row in rows)
            if are_numbers is None
            else are_numbers[position]
        )
        justify: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(Text(name), justify=justify, overflow="fold", width=widths[position])
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


def _shared(width: int, least: Sequence[int], whole: Sequence[int]) -> list[int]:
    """Share a width among columns: each has its least, and of the rest an equal part up to what it needs in all."""
    widths = list(least)
    rest = width - sum(least)
    by_need = sorted(range(len(widths)), key=lambda position: whole[position] - least[position])
    for taken, position in enumerate(by_need):
        more = min(max(whole[position] - least[position], 0), rest // (len(widths) - taken))
        widths[position] += more
        rest -= more
    return widths


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else printable(str(value))
