"""What commands say on standard error: results go to standard output and are printed by `etl.cli.output`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import click

from etl.errors import printable

__all__ = ["QUIET", "fail", "is_quiet", "one_line", "print_lines", "say", "warn"]

QUIET = "etl.quiet"  # the key under which --quiet stands in the context of a command
LINES_SHOWN = 20


def is_quiet() -> bool:
    """Tell whether the command that runs was given --quiet."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))


def one_line(text: str) -> str:
    """Return a text whose line ends are written out: a path may have some, and a message of one line stays one."""
    return text.replace("\n", "\\n")


def say(line: str) -> None:
    """Print a line about the work: not with --quiet."""
    if not is_quiet():
        click.echo(one_line(line), err=True)


def warn(text: str) -> None:
    """Print a warning, also with --quiet."""
    click.echo(f"warning: {one_line(text)}", err=True)


def print_lines(what: str, lines: Sequence[str], *, advice: str = "") -> None:
    """Print lines that begin with `what`: of many only the first, and then their number with the advice."""
    for line in lines[:LINES_SHOWN]:
        click.echo(f"{what}: {printable(line)}", err=True)
    if len(lines) > LINES_SHOWN:
        click.echo(f"and {len(lines) - LINES_SHOWN:,} more{advice}", err=True)


def fail() -> NoReturn:
    """End a command, whose output says what is wrong, with exit status 1. An error with a message is raised instead."""
    click.get_current_context().exit(1)
