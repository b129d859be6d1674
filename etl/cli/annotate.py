"""`contact-release annotate`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.messages import fail, print_lines
from etl.cli.options import frames_option, quiet_option, selection_options, warehouse_option
from etl.cli.progress import progress
from etl.errors import QueryError, printable

if TYPE_CHECKING:
    import pyarrow as pa

    from etl.drawing.write import Drawn
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
@click.option("--radius", type=click.IntRange(1, 1000), default=5, show_default=True, help="Of the disc, in pixels.")
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
    from etl.drawing.write import Style, annotate_image, annotate_videos
    from etl.warehouse.open import open_warehouse
    from etl.warehouse.selection import Selection, select_events

    style = Style(radius, sheet, clip)
    if images:
        if sheet or clip:
            raise click.UsageError("--sheet and --clip go with whole videos, not with --image")
        shown = _frames_shown(images, selection.videos, frame)
        with open_warehouse(warehouse) as opened:
            for source, video_id, number in shown:
                events = select_events(opened, replace(selection, videos=(video_id,)))
                click.echo(
                    annotate_image(_on_frame(events, video_id, number), source, output, frames=frames, style=style)
                )
        return
    if frame is not None:
        raise click.UsageError('--frame goes with --image; to choose events: --where "frame_number = 9"')
    if selection == Selection():
        raise click.UsageError("say which events: --video ID, --where SQL, ... (all: --where true), or --image FILE")
    with open_warehouse(warehouse) as opened:
        events = select_events(opened, selection)
    if not events:
        raise QueryError("no event is selected")
    with progress("videos") as show:
        drawn = annotate_videos(events, output, frames=frames, videos=videos, style=style, on_progress=show)
    _print_summary(drawn, output, frames)


def _frames_shown(images: tuple[str, ...], videos: tuple[str, ...], frame: int | None) -> list[tuple[str, str, int]]:
    """What each picture shows: (source, video, frame)."""
    from etl.drawing.write import frame_of_source

    if frame is not None:
        if len(images) != 1 or len(videos) != 1:
            raise click.UsageError("--frame needs one --image and one --video")
        return [(images[0], videos[0], frame)]
    shown = []
    for source in images:
        found = frame_of_source(source)
        if found is None:
            raise click.UsageError(
                f"--image {printable(source)}: found no name like <video_id>/frame_00009.jpg; say --video ID --frame N"
            )
        shown.append((source, *found))
    return shown


def _on_frame(events: pa.Table, video_id: str, number: int) -> pa.Table:
    frames = events["frame_number"].to_pylist()
    rows = [row for row, frame in enumerate(frames) if frame == number]
    if not rows:
        labelled = ", ".join(map(str, sorted(set(frames)))) or "none"
        raise QueryError(f"video {video_id} has no selected event on frame {number}; its frames with one: {labelled}")
    return events.take(rows)


def _print_summary(drawn: Drawn, output: Path, frames: Path) -> None:
    """Say what was drawn, and what could not be."""
    counts = {"frame": drawn.frames, "contact sheet": drawn.sheets, "clip": drawn.clips}
    said = [
        f"{count:,} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count or what == "frame"
    ]
    click.echo(f"drawn into {output}: {', '.join(said)}")
    print_lines("damaged", drawn.warnings)
    print_lines("not drawn", drawn.problems)
    if drawn.problems:
        click.echo(f"frames are looked for in {frames} (--frames DIR) and in the videos (--videos DIR)", err=True)
        fail()
