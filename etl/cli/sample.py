"""`contact-release sample`: write the synthetic sample."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.messages import say
from etl.cli.options import quiet_option

__all__ = ["sample"]


@click.command(short_help="Write the synthetic sample, on request with its clips.")
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
    from etl.dataset.sample import write_sample
    from etl.dataset.sample.companions import write_companions

    for path in [*write_sample(folder), *write_companions(folder)]:
        click.echo(path)
    if videos:
        from etl.dataset.sample.rendering import write_clips

        clips = write_clips(folder / "videos")
        click.echo(f"{folder / 'videos'}")
        say(f"{len(clips)} clips. Next: contact-release extract --videos {folder / 'videos'}")
