"""Ask the questions of a report, of a whole warehouse or of a part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from etl.errors import WarehouseError
from etl.wording import REBUILD

if TYPE_CHECKING:
    import duckdb

__all__ = ["Answer", "Answers", "Asking", "Queryable", "Question", "ask"]

# The last bits of a mean depend on the order in which the engine's threads add; equal input must give equal bytes.
DECIMALS = 9


@dataclass(frozen=True)
class Question:
    """One query over the views. `name` is its key in statistics.json; `views` are the views that it reads, `macros`
    the macros that it calls.
    """

    name: str
    views: tuple[str, ...]
    sql: str
    macros: tuple[str, ...] = ()


class Queryable(Protocol):
    """What can be queried: a warehouse, or a part of one."""

    def query(self, sql: str, params: Mapping[str, Any] | None = None, /) -> duckdb.DuckDBPyRelation:
        """Return the answer to a query."""


@dataclass(frozen=True)
class Answer:
    """The rows that answer a question, with their column names; floats are rounded to 9 decimals."""

    question: Question
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as mappings, column → value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def first(self, column: str) -> Any:
        """Return a column's value in the first row; 0 if there is no row."""
        return self.rows[0][self.columns.index(column)] if self.rows else 0


Answers = dict[str, Answer]


Completion = Callable[[Queryable, Answer], Answer]


class Asking(Answers):
    """Answers by question name, each asked for when it is first looked up.

    `completed` has, by question name, what makes the whole answer out of that of the engine. Raises WarehouseError if a
    view is missing, as in a warehouse built by an older version.
    """

    def __init__(
        self, source: Queryable, questions: Iterable[Question], completed: Mapping[str, Completion] | None = None
    ) -> None:
        super().__init__()
        self._source = source
        self._completed = completed or {}
        self._questions = {question.name: question for question in questions}
        there = {row[0] for row in source.query("select view_name from duckdb_views()").fetchall()}
        missing = sorted({view for question in self._questions.values() for view in question.views} - there)
        if missing:
            raise WarehouseError(f"the warehouse lacks the views {', '.join(missing)}. {REBUILD}")

    def __missing__(self, name: str) -> Answer:
        answer = _ask(self._source, self._questions[name])
        if name in self._completed:
            answer = self._completed[name](self._source, answer)
        self[name] = answer
        return answer

    def all(self) -> Answers:
        """Return the answers to all questions, in their order."""
        return {name: self[name] for name in self._questions}


def ask(source: Queryable, questions: Iterable[Question]) -> Answers:
    """Return the answers by question name. Raises what `Asking` raises."""
    return Asking(source, questions).all()


def _ask(source: Queryable, question: Question) -> Answer:
    relation = source.query(question.sql)
    rows = relation.fetchall()
    if {"DOUBLE", "FLOAT"}.intersection(map(str, relation.types)):
        rows = [tuple(map(_rounded, row)) for row in rows]
    return Answer(question, tuple(relation.columns), tuple(rows))


def _rounded(value: Any) -> Any:
    return round(value, DECIMALS) if isinstance(value, float) else value
