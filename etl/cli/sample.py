"""`contact-release sample`: write the synthetic sample."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["sample"]


@click.command(short_help="Write the synthetic sample.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def sample(folder: Path) -> None:
    """Write the synthetic sample into DIR: five annotation files in the publisher's format, 60 videos, nothing real.

    \b
    Examples:
      contact-release sample my-sample
      contact-release build my-sample
    """
    from etl.sample import write_sample

    for path in write_sample(folder):
        click.echo(path)
