"""`contact-release annotate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.messages import fail, print_lines
from etl.cli.options import frames_option, quiet_option, selection_options, warehouse_option
from etl.cli.progress import progress
from etl.errors import QueryError, printable
from etl.look import DISC_RADIUS_PX

if TYPE_CHECKING:
    from etl.drawing.write import Drawn, FrameShown
    from etl.warehouse.selection import Selection

__all__ = ["annotate"]


@click.command(short_help="Draw events on their frames; contact sheets and clips.")
@selection_options
@click.option(
    "--image",
    "images",
    multiple=True,
    metavar="FILE_OR_URL",
    help="Draw on this picture: .../<video_id>/frame_<n>.jpg, or any with --video and --frame.",
)
@click.option("--frame", type=click.IntRange(0), metavar="N", help="The frame, from 0, that --image shows.")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR")
@frames_option()
@click.option(
    "--videos",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Folder of the videos, for frames that were not extracted.",
)
@click.option(
    "--radius", type=click.IntRange(1, 1000), default=DISC_RADIUS_PX, show_default=True, help="Of the disc, in pixels."
)
@click.option("--sheet", is_flag=True, help="Make a contact sheet per video, too: sheet.jpg.")
@click.option("--clip", is_flag=True, help="Make a short animation around each event, too: clip_<n>.webp.")
@warehouse_option
@quiet_option
def annotate(
    selection: Selection,
    images: tuple[str, ...],
    frame: int | None,
    output: Path,
    frames: Path,
    videos: Path | None,
    radius: int,
    sheet: bool,
    clip: bool,
    memory_limit: str | None,
    warehouse: Path,
) -> None:
    """Draw events on their frames: a red disc at the point, and what it is as text.

    Writes DIR/<video_id>/frame_<n>.jpg for each selected event's frame. Say which: --video, --where or another of
    these options, or give pictures with --image.

    \b
    Examples:
      contact-release annotate --video 900001 --output drawn
      contact-release annotate --where "agent = 'object-object'" --videos videos --sheet --clip --output drawn
      contact-release annotate --image frames/900001/frame_00009.jpg --output drawn
      contact-release annotate --image https://example.org/x.jpg --video 900001 --frame 9 --output drawn
    """
    from etl.drawing.write import Style, annotate_images, annotate_videos
    from etl.warehouse.open import open_warehouse
    from etl.warehouse.selection import Selection, select_events

    style = Style(radius, sheet, clip)
    if images:
        if sheet or clip:
            raise click.UsageError("--sheet and --clip go with whole videos, not with --image")
        shown = _frames_shown(images, selection.videos, frame)
        with open_warehouse(warehouse, memory_limit=memory_limit) as opened:
            drawn = annotate_images(opened, shown, output, selection=selection, frames=frames, style=style)
        for path in drawn.paths:
            click.echo(path)
        _print_problems(drawn)
        if drawn.problems:
            fail()
        return
    if frame is not None:
        raise click.UsageError('--frame goes with --image; to choose events: --where "frame_number = 9"')
    if selection == Selection():
        raise click.UsageError("say which events: --video ID, --where SQL, ... (all: --where true), or --image FILE")
    with open_warehouse(warehouse, memory_limit=memory_limit) as opened:
        events = select_events(opened, selection)
    if not events:
        raise QueryError("no event is selected")
    with progress("videos") as show:
        drawn = annotate_videos(
            events, output, frames=frames, videos=videos, inputs=[warehouse], style=style, on_progress=show
        )
    _print_summary(drawn, output, frames)


def _frames_shown(images: tuple[str, ...], videos: tuple[str, ...], frame: int | None) -> list[FrameShown]:
    """Return what each picture shows, by its name or by --video and --frame, which must not disagree."""
    from etl.download import shown_address
    from etl.drawing.write import FrameShown, frame_of_source

    if frame is not None and (len(images) != 1 or len(videos) != 1):
        raise click.UsageError("--frame needs one --image and one --video")
    shown = []
    for source in images:
        name = printable(shown_address(source))
        found = frame_of_source(source)
        if frame is not None:
            said = (videos[0], frame)
            # A folder that is no number is no video: pictures may lie anywhere.
            if found and (found[1] != frame or (found[0].isdigit() and found[0] != videos[0])):
                raise click.UsageError(
                    f"--image {name}: its name says video {found[0]}, frame {found[1]}, "
                    f"--video and --frame say {said[0]}, {said[1]}"
                )
            shown.append(FrameShown(source, *said))
        elif found is None:
            raise click.UsageError(
                f"--image {name}: found no name like <video_id>/frame_00009.jpg; say --video ID --frame N"
            )
        elif videos and found[0] not in videos:
            raise click.UsageError(f"--image {name}: its name says video {found[0]}, --video says {', '.join(videos)}")
        else:
            shown.append(FrameShown(source, *found))
    return shown


def _print_summary(drawn: Drawn, output: Path, frames: Path) -> None:
    """Say what was drawn, and what could not be."""
    counts = {"frame": drawn.frames, "contact sheet": drawn.sheets, "clip": drawn.clips}
    said = [
        f"{count:,} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count or what == "frame"
    ]
    click.echo(f"drawn into {output}: {', '.join(said)}")
    _print_problems(drawn)
    if drawn.problems:
        click.echo(f"frames are looked for in {frames} (--frames DIR) and in the videos (--videos DIR)", err=True)
        fail()


def _print_problems(drawn: Drawn) -> None:
    print_lines("note", drawn.notes)
    print_lines("damaged", drawn.warnings)
    print_lines("not drawn", drawn.problems)
