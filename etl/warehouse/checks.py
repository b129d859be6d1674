"""The data checks: every `sql/checks/*.sql` selects the rows that are wrong; if there are none, it has passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.errors import OptionError
from etl.views import View, read_sql_files

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["CheckReport", "CheckResult", "check", "load_checks", "run_checks"]


@dataclass(frozen=True)
class CheckResult:
    """What a check found."""

    check: View
    """The check: its name, level ("error" or "warning"), question and columns."""
    found: int
    """How many rows are wrong."""
    examples: tuple[tuple[Any, ...], ...]
    """Some of them, or all, with the check's columns."""

    @property
    def has_failed(self) -> bool:
        """Whether errors were found; warnings are no failure."""
        return self.found > 0 and self.check.level == "error"


@dataclass(frozen=True)
class CheckReport:
    """What the data checks of a warehouse found."""

    results: tuple[CheckResult, ...]
    """One entry for each check that ran: those of level error first."""

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The results that are errors; warnings are no failure."""
        return tuple(result for result in self.results if result.has_failed)

    def __repr__(self) -> str:
        found = ", ".join(f"{result.check.name}: {result.found:,}" for result in self.results if result.found)
        return f"<CheckReport: {len(self.results)} checks, {len(self.failed)} failed; rows found: {found or 'none'}>"


def check(
    warehouse: str | Path | Warehouse = "warehouse", name: str | None = None, *, examples: int | None = 3
) -> CheckReport:
    """Run every data check on a warehouse, or only the named one; keep up to `examples` of the rows that each finds.

    With `examples` None, or where one check is named, all rows are kept.

    Raises:
        OptionError: there is no check of this name.
        WarehouseError: the warehouse cannot be opened.

    Example:
        >>> summary = etl.build(sample=True, warehouse="checked")
        >>> etl.check("checked").failed
        ()
    """
    from etl.warehouse.open import using

    checks = load_checks()
    chosen = [check for check in checks if name in (None, check.name)]
    if not chosen:
        raise OptionError(f"no check {name!r}; there are {', '.join(check.name for check in checks)}")
    with using(warehouse) as opened:
        return CheckReport(tuple(run_checks(opened, chosen, examples=examples if name is None else None)))


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
