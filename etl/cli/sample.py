"""`contact-release sample`: write the synthetic sample."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.messages import say
from etl.cli.options import quiet_option
from etl.wording import counted

__all__ = ["sample"]


@click.command(short_help="Write the synthetic sample and, on request, its clips.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--videos", is_flag=True, help="Render a clip for each video, too, into DIR/videos.")
@quiet_option
def sample(folder: Path, videos: bool) -> None:
    """Write the synthetic sample into DIR: five annotation files in the publisher's format, 60 videos, nothing real.

    With them come label files in SSv2's format (DIR/ssv2) and boxes in Something-Else's (DIR/boxes).

    \b
    Examples:
      contact-release sample my-sample
      contact-release sample my-sample --videos
      contact-release build my-sample --ssv2 my-sample/ssv2 --boxes my-sample/boxes/*
    """
    import etl

    written = etl.sample(folder, videos=videos)
    for path in (*written.files, *([written.videos] if written.videos else [])):
        click.echo(path)
    if written.videos:
        say(f"{counted(len(written.clips), 'clip')}. Next: contact-release extract --videos {written.videos}")
