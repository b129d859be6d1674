"""`contact-release annotate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.messages import fail, print_lines
from etl.cli.options import frames_option, quiet_option, selection_options, videos_option, warehouse_option
from etl.cli.progress import progress
from etl.look import DISC_RADIUS_PX
from etl.wording import counted

if TYPE_CHECKING:
    from etl.drawing.drawn import Drawn
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
@videos_option
@click.option(
    "--radius",
    type=click.IntRange(1, 1000),
    default=DISC_RADIUS_PX,
    show_default=True,
    help="Radius of the disc, in pixels.",
)
@click.option("--sheet", is_flag=True, help="Make a contact sheet per video, too: sheet.jpg.")
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw blue squares at predicted points, too: a file as `evaluate` reads it.",
)
@click.option(
    "--context",
    type=click.IntRange(1, 100),
    metavar="N",
    help="Make a strip of N frames before and after each event, too: strip_<n>.jpg.",
)
@click.option("--clip", is_flag=True, help="Make a short animation around each event, too: clip_<n>.webp.")
@click.option("--boxes", is_flag=True, help="Draw the Something-Else boxes of the frame, too.")
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
    predictions: Path | None,
    context: int | None,
    boxes: bool,
    memory_limit: str | None,
    warehouse: Path,
) -> None:
    """Draw events on their frames: a red disc at the point, with action and agent as text.

    Writes DIR/<video_id>/frame_<n>.jpg for each selected event's frame. Say which: --video, --where or another of
    these options, or give pictures with --image.

    \b
    Examples:
      contact-release annotate --video 900001 --output drawn
      contact-release annotate --where "agent = 'object-object'" --videos videos --sheet --clip --output drawn
      contact-release annotate --video 900001 --predictions predictions.jsonl --context 3 --output drawn
      contact-release annotate --where "video_id in (select video_id from near_duplicate_events)" --output drawn
      contact-release annotate --image frames/900001/frame_00009.jpg --output drawn
      contact-release annotate --image https://example.org/x.jpg --video 900001 --frame 9 --output drawn
    """
    from etl.drawing.annotate import annotate as annotate_events
    from etl.warehouse.selection import Selection

    if not images and frame is None and selection == Selection():
        raise click.UsageError("say which events: --video ID, --where SQL, ... (all: --where true), or --image FILE")
    predicted = None
    if predictions:
        from etl.review.to_draw import predictions_to_draw

        predicted = predictions_to_draw(warehouse, predictions, memory_limit=memory_limit)
    with progress("videos") as show:
        drawn = annotate_events(
            warehouse,
            output,
            selection,
            frames=frames,
            videos=videos,
            images=images,
            frame_number=frame,
            radius=radius,
            sheet=sheet,
            clip=clip,
            context=context or 0,
            predictions=predicted,
            boxes=boxes,
            memory_limit=memory_limit,
            on_progress=show,
        )
    if images:
        for path in drawn.paths:
            click.echo(path)
    else:
        _print_counts(drawn, output)
    print_lines("note", drawn.notes)
    print_lines("damaged", drawn.warnings)
    print_lines("not drawn", drawn.problems)
    if drawn.problems:
        if not images:
            click.echo(f"frames are looked for in {frames} (--frames DIR) and in the videos (--videos DIR)", err=True)
        fail()


def _print_counts(drawn: Drawn, output: Path) -> None:
    counts = {"frame": drawn.frames, "contact sheet": drawn.sheets, "strip": drawn.strips, "clip": drawn.clips}
    said = [counted(count, what) for what, count in counts.items() if count or what == "frame"]
    click.echo(f"drawn into {output}: {', '.join(said)}")
