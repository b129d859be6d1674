"""Write one file: whole or not at all, and never among a warehouse's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from etl.publish import BUILDS

__all__ = ["real", "refuse_warehouse_file", "whole_file"]


def refuse_warehouse_file(path: Path, warehouse: Path) -> None:
    """Raise UsageError where a file to be written would take the place of one of a warehouse's own, links followed."""
    own = real(warehouse)
    for folder in (real(path.absolute().parent), real(path).parent):
        if folder == own or folder.is_relative_to(own / BUILDS):
            raise click.UsageError(f"{path} would stand among the warehouse's own files; choose another folder")


def real(path: Path) -> Path:
    """Return a path with all links followed. Unlike `Path.resolve`, it takes a link that leads to itself, too."""
    return Path(os.path.realpath(path))


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to; what was written appears at `path` when the block ends without an error.

    A link is followed. What is no file, such as /dev/stdout or a named pipe, is written to as it is.
    """
    path = real(path) if path.is_file() else path
    if path.exists() and not path.is_file():
        yield path
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
