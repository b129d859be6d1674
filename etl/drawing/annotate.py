"""Draw the selected events of a warehouse on their frames, or on given pictures: the whole step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.download import shown_address
from etl.drawing.drawn import Beside, Drawn, Style
from etl.drawing.write import (
    FrameShown,
    annotate_images,
    annotate_videos,
    frame_of_source,
)
from etl.errors import OptionError, QueryError, printable
from etl.look import DISC_RADIUS_PX
from etl.warehouse.companions import Box, boxes_of_frames
from etl.warehouse.open import Warehouse, using
from etl.warehouse.selection import Selection, select_events

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["annotate"]


def annotate(
    warehouse: str | Path | Warehouse,
    output: str | Path,
    selection: Selection | None = None,
    *,
    frames: str | Path = "frames",
    videos: str | Path | None = None,
    images: Sequence[str | Path] = (),
    frame_number: int | None = None,
    radius: int = DISC_RADIUS_PX,
    sheet: bool = False,
    clip: bool = False,
    boxes: bool = False,
    context: int = 0,
    predictions: pl.DataFrame | None = None,
    memory_limit: str | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Drawn:
    """Draw events on their frames, with a red disc at the point and a text, as `<video_id>/frame_<n>.jpg`.

    On a frame with a selected event all its events are drawn. What cannot be drawn becomes one of the result's
    problems, and the rest is drawn.

    Args:
        warehouse: the folder of a warehouse, or one that is open.
        output: folder of the drawings.
        selection: the events to draw; all by default.
        frames: folder of the extracted frames.
        videos: folder of the videos, for frames that were not extracted.
        images: draw on these pictures instead: files or http(s) addresses such as `.../<video_id>/frame_00009.jpg`.
        frame_number: 0-based; the frame that the one picture shows, with the one video of `selection`, whatever the
            picture's name.
        radius: of the disc, in pixels.
        sheet: also make a contact sheet for each video.
        clip: also make a short animation around each event.
        boxes: also draw the Something-Else boxes of the frame.
        context: also make a strip of this many frames before and after each event; 0 for none.
        predictions: draw blue squares at predicted points: video_id, frame_number (from 0), action, point_x and
            point_y (pixels of the original frame, or null).
        memory_limit: bounds the memory of the engine that opens a folder, as in "500MB".
        on_progress: called with the number of videos that are done, and the total.

    Raises:
        OptionError: options exclude each other, or the name of a picture does not say which frame it shows.
        QueryError: the selection is wrong, or selects nothing.
        OutputError: `output` is in the frames folder or cannot be written.
        WarehouseError: the warehouse cannot be opened.
    """
    selection, output, frames = selection or Selection(), Path(output), Path(frames)
    style = Style(radius, sheet, clip, boxes, context)
    predicted = _by_video([] if predictions is None else predictions.to_dicts())
    if images:
        if sheet or clip or context:
            raise OptionError("--sheet, --clip and --context go with whole videos, not with --image")
        shown = _frames_shown([str(image) for image in images], selection.videos, frame_number)
        with using(warehouse, memory_limit=memory_limit) as opened:
            return annotate_images(
                opened, shown, output, selection=selection, frames=frames, style=style, predictions=predicted
            )
    if frame_number is not None:
        raise OptionError('--frame goes with --image; to choose events: --where "frame_number = 9"')
    with using(warehouse, memory_limit=memory_limit) as opened:
        events = select_events(opened, selection)
        inputs = [opened.path]
        if not events:
            raise QueryError("no event is selected")
        labels = select_events(opened, Selection(videos=tuple(events["video_id"].unique().to_pylist())))
        events = labels.filter(_on_frames_of(labels, events))
        found: dict[tuple[str, int], list[Box]] = {}
        notes: list[str] = []
        if boxes:
            frames_of = zip(*(events[name].to_pylist() for name in ("video_id", "frame_number")), strict=True)
            found, notes = boxes_of_frames(opened, frames_of)
    beside = Beside(found, predicted, _by_video(labels.to_pylist()))
    videos = None if videos is None else Path(videos)
    drawn = annotate_videos(
        events, output, frames=frames, videos=videos, inputs=inputs, style=style, beside=beside, on_progress=on_progress
    )
    return replace(drawn, notes=(*drawn.notes, *notes))


def _on_frames_of(labels: pa.Table, chosen: pa.Table) -> list[bool]:
    """Return for each label whether a chosen event is on its frame."""
    sides = ([side["video_id"].to_pylist(), side["frame_number"].to_pylist()] for side in (labels, chosen))
    places, on = (list(zip(*side, strict=True)) for side in sides)
    frames = set(on)
    return [place in frames for place in places]


def _by_video(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    videos: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        videos.setdefault(row["video_id"], []).append(row)
    return videos


def _frames_shown(images: Sequence[str], videos: tuple[str, ...], frame: int | None) -> list[FrameShown]:
    """Return what each picture shows, by its name or by the given video and frame; they must agree."""
    if frame is not None and (len(images) != 1 or len(videos) != 1):
        raise OptionError("--frame needs one --image and one --video")
    shown = []
    for source in images:
        name = printable(shown_address(source))
        found = frame_of_source(source)
        if frame is not None:
            # A folder whose name is not a number is not a video: pictures may be anywhere.
            if found and (found[1] != frame or (found[0].isdigit() and found[0] != videos[0])):
                raise OptionError(
                    f"--image {name}: its name says video {found[0]}, frame {found[1]}, "
                    f"--video and --frame say {videos[0]}, {frame}"
                )
            shown.append(FrameShown(source, videos[0], frame))
        elif found is None:
            raise OptionError(
                f"--image {name}: found no name like <video_id>/frame_00009.jpg; say --video ID --frame N"
            )
        elif videos and found[0] not in videos:
            raise OptionError(f"--image {name}: its name says video {found[0]}, --video says {', '.join(videos)}")
        else:
            shown.append(FrameShown(source, *found))
    return shown
