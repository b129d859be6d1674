"""`contact-release verify`."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.options import quiet_option, warehouse_option
from etl.errors import LocatedError
from etl.wording import REBUILD

__all__ = ["verify"]


@click.command(short_help="Check the files against their manifest.")
@warehouse_option
@quiet_option
def verify(warehouse: Path) -> None:
    """Check every file of the warehouse against its manifest: presence, size and SHA-256.

    \b
    Example:
      contact-release verify --warehouse warehouse
    """
    from etl.warehouse.fingerprints import verify as verify_files

    problems = verify_files(warehouse)
    if problems:
        raise LocatedError(f"{warehouse} is not as it was built. {REBUILD}", problems)
    click.echo(f"{warehouse}: every file is as it was built")
