"""What is wrong with the rows of a file of predictions, collected rule by rule and reported together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from etl.errors import Problem
from etl.evaluation.columns import RawTable, RowProblem, raise_problems, shown

__all__ = ["Findings", "Rule"]


@dataclass(frozen=True)
class Rule:
    """A fault in a column: for rows with `is_wrong`, the problem has the value and what was `expected`.

    `value` is the column that holds the value, if it is not `column`, the file's own. `hint` returns advice for a
    value, for problems that are shown.
    """

    column: str
    is_wrong: pl.Expr
    expected: str
    value: str = ""
    hint: Callable[[str | None], str] | None = None


@dataclass
class Findings:
    """The problems of a file so far. A row with a problem is not checked any further."""

    raw: RawTable
    problems: list[RowProblem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.problems = list(self.raw.problems)

    def check(self, table: pl.DataFrame, *rules: Rule) -> None:
        """Note a problem for every row and rule that the row breaks. The table has the column `row`."""
        is_broken = table.select(rule.is_wrong.any().alias(str(at)) for at, rule in enumerate(rules)).row(0)
        for rule in (rule for rule, broken in zip(rules, is_broken, strict=True) if broken):
            hints: dict[object, str] = {}
            is_wrong = rule.is_wrong.fill_null(False)
            for row, value in table.filter(is_wrong).select("row", rule.value or rule.column).iter_rows():
                if rule.hint and value not in hints:
                    hints[value] = rule.hint(value)
                place = self.raw.places.of(row, rule.column)
                problem = Problem(self.raw.file, place, _found(value), rule.expected, hints.get(value, ""))
                self.problems.append(RowProblem(row, problem))

    def sound(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the rows without a problem so far."""
        return table.filter(~pl.col("row").is_in({found.row for found in self.problems}))

    def raise_any(self) -> None:
        """Raise PredictionError with every problem, in the order of the file, if there are any."""
        raise_problems([found.problem for found in sorted(self.problems, key=lambda found: found.row)])


def _found(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "nothing" if value is None else shown(value)
