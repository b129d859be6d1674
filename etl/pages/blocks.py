"""The parts of a report: sections of texts, facts, tables and figures, shown alike in every output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from etl.pages.answers import Answer, Question

__all__ = ["Block", "Column", "Facts", "Figure", "Picture", "Section", "Table", "Text", "figure", "shown", "table"]

NOTHING = "–"
DECIMALS = {"ratio": 2, "bits": 3, "p": 3}


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    is_loud: bool = False
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Facts:
    """Named facts."""

    facts: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Column:
    """A column of a table: the answer's column `name`, and how it is shown.

    `format`: text, long (text that may need several lines), count 1,234, share 12.3 %, points (of a share) 1.2 points,
    number 13.5, ratio 2.38, bits 0.083 or p 0.005.
    """

    name: str
    header: str
    format: str = "text"

    @property
    def is_number(self) -> bool:
        """Whether the column is aligned to the right."""
        return self.format not in ("text", "long")


@dataclass(frozen=True)
class Table:
    """Rows of an answer: their values, and how they are shown.

    With `is_explorable`, readers of the page can search and sort the rows, and open one by its template. `link` is the
    address of a page that shows more, and its name.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    values: tuple[tuple[Any, ...], ...]
    cells: tuple[tuple[str, ...], ...]
    question: Question
    note: str = ""
    is_explorable: bool = False
    link: tuple[str, str] | None = None
    kind: ClassVar[str] = "table"

    def largest(self, column: str) -> float:
        """Return the largest value of a column of shares, to draw the others in proportion; 1 if all are 0."""
        position = [each.name for each in self.columns].index(column)
        return max((row[position] or 0 for row in self.values), default=0) or 1


@dataclass(frozen=True)
class Figure:
    """A chart: a Vega-Lite specification whose data are the answer to `question`, by name.

    `title` says what it shows, `note` what is counted and how many there are, `hint` what can be done on the page.
    """

    name: str
    title: str
    note: str
    specification: dict[str, Any]
    question: Question
    hint: str = ""
    kind: ClassVar[str] = "figure"

    @property
    def alternative(self) -> str:
        """What the chart shows, for screen readers."""
        return f"{self.title}. {self.note}"


@dataclass(frozen=True)
class Picture:
    """A drawn frame as JPEG."""

    name: str
    caption: str
    jpeg: bytes
    kind: ClassVar[str] = "picture"


Block = Text | Facts | Table | Figure | Picture


@dataclass(frozen=True)
class Section:
    """A titled sequence of blocks; `name` is its anchor."""

    name: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)


def shown(value: Any, how: str) -> str:
    """Return a value as it is shown, in a format of `Column`; a dash for null."""
    if value is None:
        return NOTHING
    if how == "count":
        return f"{value:,}"
    if how == "share":
        return f"{_rounded(100 * value, 1)} %"
    if how == "points":
        return f"{_rounded(100 * value, 1)} points"
    if how == "number":
        return _rounded(value, 2).rstrip("0").rstrip(".")
    if how in DECIMALS:
        return _rounded(value, DECIMALS[how])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _rounded(value: float, decimals: int) -> str:
    """Return a number with this many decimals; what rounds to zero has no sign."""
    text = f"{value:,.{decimals}f}"
    return text if text.strip("-0.") else text.removeprefix("-")


def table(
    answer: Answer,
    title: str,
    columns: Sequence[Column],
    *,
    name: str = "",
    note: str = "",
    is_explorable: bool = False,
    link: tuple[str, str] | None = None,
) -> Table:
    """Return the columns of an answer as a table, without columns that are null in every row, as times may be."""
    known = {name for row in answer.records() for name, value in row.items() if value is not None}
    columns = [column for column in columns if column.name in known or not answer.rows]
    positions = [answer.columns.index(column.name) for column in columns]
    values = tuple(tuple(row[position] for position in positions) for row in answer.rows)
    cells = tuple(
        tuple(shown(value, column.format) for value, column in zip(row, columns, strict=True)) for row in values
    )
    return Table(
        name or answer.question.name, title, tuple(columns), values, cells, answer.question, note, is_explorable, link
    )


def figure(answer: Answer, title: str, note: str, specification: dict[str, Any], *, hint: str = "") -> Figure:
    """Return a figure that draws an answer and is named after it."""
    return Figure(answer.question.name, title, note, specification, answer.question, hint)
