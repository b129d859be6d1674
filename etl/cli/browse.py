"""`contact-release browse`."""

from __future__ import annotations

from pathlib import Path

import click

from etl.browse import PORT
from etl.cli.messages import say
from etl.cli.options import frames_option, quiet_option, videos_option, warehouse_option

__all__ = ["browse"]


@click.command(short_help="Look at videos and labels in the browser; review and correct them.")
@frames_option()
@videos_option
@click.option(
    "--predictions",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Show predicted events next to the labels.",
)
@click.option(
    "--corrections",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("corrections.jsonl"),
    show_default=True,
    metavar="FILE",
    help="Append every decision to FILE.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65_000), default=PORT, show_default=True, help="Or the next free one.")
@click.option("--no-open", is_flag=True, help="Print the address, but open no browser.")
@warehouse_option
@quiet_option
def browse(
    frames: Path,
    videos: Path | None,
    predictions: Path | None,
    corrections: Path,
    host: str,
    port: int,
    no_open: bool,
    warehouse: Path,
) -> None:
    """Look at videos, frames and labels in the browser; review what deserves a second look, and correct it.

    Serves a page on this machine until Ctrl-C. The address holds a token; without it nothing is shown. Frames are the
    extracted ones, or are decoded as `extract` does; the warehouse is only read.

    \b
    Examples:
      contact-release browse
      contact-release browse --videos videos --predictions predictions.csv
      contact-release browse --no-open --port 9000
    """
    import etl

    etl.browse(
        warehouse,
        frames=frames,
        videos=videos,
        predictions=predictions,
        corrections=corrections,
        host=host,
        port=port,
        opens=not no_open,
        on_address=click.echo,
        on_step=say,
    )
