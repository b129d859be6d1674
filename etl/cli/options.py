"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["quiet_option", "verbose_option", "warehouse_option"]

warehouse_option = click.option(
    "--warehouse",
    type=click.Path(path_type=Path),
    default=Path("warehouse"),
    show_default=True,
    metavar="DIR",
    help="Folder of the warehouse.",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print results and errors alone.")
verbose_option = click.option("--verbose", "-v", is_flag=True, help="Say more about what is done.")
