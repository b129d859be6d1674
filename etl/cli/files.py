"""Write one file: whole or not at all, and never among a warehouse's own."""

from __future__ import annotations

from pathlib import Path

import click

from etl.files import real
from etl.names import BUILDS

__all__ = ["refuse_warehouse_file"]


def refuse_warehouse_file(path: Path, warehouse: Path) -> None:
    """Raise UsageError if a file to be written would take the place of one of a warehouse's own, links followed."""
    own = real(warehouse)
    for folder in (real(path.absolute().parent), real(path).parent):
        if folder == own or folder.is_relative_to(own / BUILDS):
            raise click.UsageError(f"{path} would stand among the warehouse's own files; choose another folder")
