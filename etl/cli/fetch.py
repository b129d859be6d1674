"""`contact-release fetch`: download the released annotation files."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.messages import is_quiet, say
from etl.cli.options import quiet_option

__all__ = ["fetch"]


@click.command(short_help="Download the released annotation files.")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path("metadata"))
@click.option("--accept-license", is_flag=True, help="You have read the data's licence and accept it.")
@quiet_option
def fetch(folder: Path, accept_license: bool) -> None:
    """Download the five released annotation files into DIR (default: metadata) and check every byte of them.

    The data has a licence of its own, for research use only. It is shown first; nothing is downloaded without
    --accept-license.

    \b
    Examples:
      contact-release fetch
      contact-release fetch --accept-license
      contact-release build
    """
    import etl
    from etl.dataset.released import LICENCE_TERMS

    if not (is_quiet() and accept_license):
        click.echo(LICENCE_TERMS + "\n", err=True)
    etl.fetch(folder, accept_license=accept_license, on_step=lambda line: None if is_quiet() else click.echo(line))
    say(f"All five files are in {folder}. Next: contact-release build {folder}")
