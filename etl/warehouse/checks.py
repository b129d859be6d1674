"""The data checks: every `sql/checks/*.sql` selects the rows that are wrong; no rows, and the check has passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.views import View, read_sql_files

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["CheckResult", "load_checks", "run_checks"]


@dataclass(frozen=True)
class CheckResult:
    """What a check found: how many rows are wrong, and some of them, with the check's columns."""

    check: View
    found: int
    examples: tuple[tuple[Any, ...], ...]

    @property
    def has_failed(self) -> bool:
        """Whether errors were found; warnings are no failure."""
        return self.found > 0 and self.check.level == "error"


def load_checks() -> list[View]:
    """Return every check: those of level error, then the warnings, each by name."""
    return sorted(read_sql_files("checks"), key=lambda check: (check.level, check.name))


def run_checks(
    warehouse: Warehouse, checks: Iterable[View] | None = None, *, examples: int | None = 3
) -> list[CheckResult]:
    """Run checks, all of them by default, and keep up to `examples` (one or more; None: all) of the rows each finds."""
    return [_run(warehouse, check, examples) for check in (load_checks() if checks is None else checks)]


def _run(warehouse: Warehouse, check: View, examples: int | None) -> CheckResult:
    limit = "" if examples is None else f"limit {examples}"
    rows = warehouse.query(f"select count(*) over (), * from (\n{check.statement}\n) {limit}").fetchall()
    return CheckResult(check, found=rows[0][0] if rows else 0, examples=tuple(row[1:] for row in rows))
