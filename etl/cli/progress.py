"""Progress of long work on standard error: a bar with rate and time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["progress"]

_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(what: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Show how far work has come; give a function that is called with the number of things just done.

    `what` names the things, in the plural, as in "videos". `quiet` shows nothing.
    """
    if quiet or not total:
        yield lambda count: None
    elif sys.stderr.isatty():
        with _bar(what, total) as advance:
            yield advance
    else:
        yield _lines(what, total)


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, rate="")

        def advance(count: int) -> None:
            bar.advance(task, count)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.1f}/s" if speed else "")

        yield advance


def _lines(what: str, total: int) -> Callable[[int], None]:
    begin = time.monotonic()
    done, next_line = 0, begin + _SECONDS_BETWEEN_LINES

    def advance(count: int) -> None:
        nonlocal done, next_line
        done += count
        now = time.monotonic()
        if now < next_line and done < total:
            return
        next_line = now + _SECONDS_BETWEEN_LINES
        rate = done / max(now - begin, 1e-9)
        left = "" if done >= total else f", {(total - done) / rate:,.0f} s left"
        click.echo(f"{done:,} of {total:,} {what}, {rate:,.1f}/s{left}", err=True)

    return advance
