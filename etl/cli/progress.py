"""How far long work has come: a bar on a terminal, and now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from etl.cli.messages import is_quiet
from etl.cli.streams import terminal_of

__all__ = ["progress"]

_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far work has come; give a function that is called with how many things are done, and of how many.

    `what` names the things, in the plural, as in "videos". With --quiet nothing is shown.
    """
    if is_quiet():
        yield lambda done, total: None
    elif sys.stderr.isatty():
        with _bar(what) as show:
            yield show
    else:
        yield _lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(file=terminal_of(sys.stderr)), transient=True) as bar:
        task = bar.add_task(what, total=None, rate="", visible=False)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total > 0)
            speed = bar.tasks[0].speed
            bar.update(task, rate=_rate(speed or 0, bar.tasks[0].elapsed or 0))

        yield show


def _lines(what: str) -> Callable[[int, int], None]:
    begin = time.monotonic()
    next_line = begin + _SECONDS_BETWEEN_LINES

    def show(done: int, total: int) -> None:
        nonlocal next_line
        if not done:
            return
        now = time.monotonic()
        if now < next_line and done < total:
            return
        next_line = now + _SECONDS_BETWEEN_LINES
        rate = done / max(now - begin, 1e-9)
        said = [f"{done:,} of {total:,} {what}", _rate(rate, now - begin)]
        if done < total:
            said.append(f"{(total - done) / rate:,.0f} s left")
        click.echo(", ".join(filter(None, said)), err=True)

    return show


def _rate(rate: float, elapsed_s: float) -> str:
    """Return a rate as text; nothing for work of under a second, of which it says nothing."""
    if elapsed_s < 1 or not rate:
        return ""
    return f"{rate:,.1f}/s" if rate < 10 else f"{rate:,.0f}/s"
