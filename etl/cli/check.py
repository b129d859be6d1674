"""`contact-release check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.completion import check_names
from etl.cli.messages import fail, is_quiet
from etl.cli.options import quiet_option, warehouse_option

if TYPE_CHECKING:
    from etl.warehouse.checks import CheckResult

__all__ = ["check"]


@click.command(short_help="Run the data checks; exit status 1 when one fails.")
@click.argument("name", required=False, shell_complete=check_names)
@warehouse_option
@quiet_option
def check(name: str | None, warehouse: Path) -> None:
    """Run every data check on the warehouse; with NAME only that one, and print all rows that it finds.

    A check finds the rows that are wrong. Exit status 1 when one of level error finds any; warnings do not fail.
    With --quiet, only the checks that fail are printed.

    \b
    Examples:
      contact-release check
      contact-release check identical_events
    """
    from etl.cli.output import print_table
    from etl.warehouse.checks import check as run_checks

    report = run_checks(warehouse, name)
    shown = [result for result in report.results if result.has_failed or not is_quiet()]
    if shown:
        print_table(["check", "level", "rows", "question"], [_line(result) for result in shown])
    for result in shown:
        if result.found:
            _print_examples(result)
    if report.failed:
        fail()


def _line(result: CheckResult) -> tuple[str, str, int, str]:
    return result.check.name, result.check.level, result.found, result.check.question


def _print_examples(result: CheckResult) -> None:
    from etl.cli.output import print_table

    shown = len(result.examples)
    some = "" if shown == result.found else f", the first {shown} of {result.found:,} rows"
    click.echo(f"\n{result.check.name}{some}:")
    print_table([column for column, _ in result.check.columns], result.examples)
