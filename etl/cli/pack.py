"""`contact-release pack` and `contact-release unpack`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.messages import fail, print_lines, say
from etl.cli.options import quiet_option
from etl.cli.progress import progress

if TYPE_CHECKING:
    from etl.extraction.convert import Conversion

__all__ = ["pack", "unpack"]

_frames_argument = click.argument(
    "frames", metavar="[FRAMES]", default="frames", type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.command(short_help="Turn extracted frames into packs, one file for each video.")
@_frames_argument
@quiet_option
def pack(frames: Path) -> None:
    """Turn every video's folder in FRAMES (default: frames) into a pack: <video_id>.tar in place of many small files.

    Nothing is decoded. Every frame is checked by its SHA-256 before its folder goes, and a video has one form or the
    other whenever the command is stopped; run again, it goes on. Every command reads both. Exit status 1 when a video
    was left as it stood, because its frames are not as they were extracted.

    \b
    Examples:
      contact-release pack
      contact-release pack /scratch/frames
      tar --list --file frames/900001.tar
    """
    from etl.extraction.convert import pack as pack_frames

    with progress("videos") as show:
        made = pack_frames(frames, on_progress=show)
    _print_summary(made, "packed")


@click.command(short_help="Turn packs into folders of frames again.")
@_frames_argument
@quiet_option
def unpack(frames: Path) -> None:
    """Turn every pack in FRAMES (default: frames) into a folder again, <video_id>/frame_00000.jpg and so on.

    The reverse of contact-release pack, checked in the same way, to the same bytes.

    \b
    Examples:
      contact-release unpack
      contact-release unpack /scratch/frames
    """
    from etl.extraction.convert import unpack as unpack_frames

    with progress("videos") as show:
        made = unpack_frames(frames, on_progress=show)
    _print_summary(made, "unpacked")


def _print_summary(made: Conversion, done: str) -> None:
    """Print what became of the videos."""
    click.echo(f"  {done:<9}{len(made.converted):>8,}")
    click.echo(f"  before   {len(made.unchanged):>8,}  (had that form already)")
    click.echo(f"  left     {len(made.problems):>8,}  (as they stood)")
    print_lines("left", made.problems)
    if made.converted:
        say(f"every command finds them; to have the index name them: contact-release build --frames {made.frames}")
    if made.problems:
        fail()
