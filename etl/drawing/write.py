"""Draw selected events on the frames of their videos, and write the pictures: stills, contact sheets, short clips."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from etl.download import shown_address
from etl.drawing.drawn import Beside, Drawing, Drawn, Style
from etl.drawing.frame import annotate_frame, contact_sheet
from etl.drawing.picture_files import fetch_picture, is_address, open_picture
from etl.drawing.pictures import Pictures, require_folder_name
from etl.drawing.strip import draw_predictions, frame_strip
from etl.errors import DownloadError, QueryError, VideoError
from etl.names import frame_file, read_frame_file
from etl.outputs import new_folder
from etl.schema import JPEG_QUALITY, NOMINAL_FRAME_RATE
from etl.warehouse.companions import boxes_of_frames
from etl.warehouse.selection import Selection, select_events

if TYPE_CHECKING:
    import pyarrow as pa
    from PIL.Image import Image

    from etl.warehouse.companions import Box
    from etl.warehouse.open import Warehouse

__all__ = ["FrameShown", "annotate_images", "annotate_videos", "frame_of_source"]

Event = Mapping[str, Any]

KIND = "drawing"
CLIP_CONTEXT = NOMINAL_FRAME_RATE // 2  # frames before and after the event: half a second each
FRAME_MS = 1000 // NOMINAL_FRAME_RATE
EVENT_FRAME_MS = 750
SHEET_CELL = (640, 640)  # larger frames are scaled down to fit


DEFAULT_STYLE = Style()


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class FrameShown:
    """What a picture shows: `source` is its file or http(s) address, `frame_number` counts from 0."""

    source: str
    video_id: str
    frame_number: int


def annotate_videos(
    events: pa.Table,
    output: Path,
    *,
    frames: Path,
    videos: Path | None = None,
    inputs: Sequence[Path] = (),
    style: Style = DEFAULT_STYLE,
    beside: Beside = NOTHING_BESIDE,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Drawn:
    """Draw events, as `select_events` returns them, as `<output>/<video_id>/frame_<n>.jpg`, one file for each frame.

    A video's frames come from `frames/<video_id>/frame_<n>.jpg` if all annotated ones are there, else from the video's
    file anywhere below `videos`, decoded from its beginning in a process of its own. What is `beside` is drawn, too.
    `on_progress` is called with the number of videos that are done, and the total. What cannot be drawn becomes one of
    the problems, and the rest is drawn. All drawings appear at once; earlier ones in `output` stay unless they are
    replaced.
    Raises OutputError if `output` holds anything but drawings, is, holds or lies within an input (frames, videos, or
    further `inputs`), or cannot be written.
    """
    inputs = [frames, *([videos] if videos else []), *inputs]
    by_video = _grouped(events.to_pylist(), "video_id")
    with (
        Pictures(frames, videos, by_video) as pictures,
        new_folder(output, KIND, inputs=inputs, keep=True) as folder,
    ):
        drawing = Drawing(folder, style, beside)
        for done, (video_id, of_video) in enumerate(by_video.items()):
            on_progress(done, len(by_video))
            annotated = {event["frame_number"] for event in of_video}
            reach = max(style.context, CLIP_CONTEXT if style.with_clip else 0)
            around = {near for number in annotated for near in _around(number, reach)}
            found = pictures.of(video_id, annotated, around)
            drawing.problems += [f"{video_id}: {problem}" for problem in found.problems]
            drawing.warnings += [f"{video_id}: {warning}" for warning in found.warnings]
            _draw_video(drawing, video_id, of_video, found.pictures)
    on_progress(len(by_video), len(by_video))
    return drawing.at(output)


def annotate_images(
    warehouse: Warehouse,
    shown: Sequence[FrameShown],
    output: Path,
    *,
    selection: Selection | None = None,
    frames: Path | None = None,
    style: Style = DEFAULT_STYLE,
    predictions: Mapping[str, Sequence[Event]] | None = None,
) -> Drawn:
    """Draw the selected events on pictures of their frames. What cannot be drawn is a problem, and the rest is drawn.

    `predictions` are those of each video, as in `Beside`.
    Raises OutputError as `annotate_videos` does; the pictures are inputs.
    """
    files = [Path(picture.source) for picture in shown if not is_address(picture.source)]
    inputs = [warehouse.path, *files, *([frames] if frames else [])]
    with new_folder(output, KIND, inputs=inputs, keep=True) as folder:
        drawing = Drawing(folder, style, Beside(predictions=predictions or {}))
        for picture in shown:
            chosen = replace(selection or Selection(), videos=(picture.video_id,))
            try:
                frame = (picture.video_id, picture.frame_number)
                _require_on_frame(select_events(warehouse, chosen), picture)
                events = _on_frame(select_events(warehouse, Selection(videos=(picture.video_id,))), picture)
                boxes, notes = boxes_of_frames(warehouse, [frame]) if style.with_boxes else ({}, [])
                drawing.notes += notes
                _draw_image(drawing, picture, events, boxes.get(frame, ()))
            except (QueryError, VideoError, DownloadError) as error:
                drawing.problems.append(str(error))
    return drawing.at(output)


def frame_of_source(source: str) -> tuple[str, int] | None:
    """Read video and frame from a name or address like `…/900001/frame_00009.jpg`, the publisher's form."""
    path = unquote(urlsplit(source).path) if is_address(source) else source
    return read_frame_file(path) if Path(path).suffix else None


def _on_frame(events: pa.Table, picture: FrameShown) -> list[Event]:
    rows: list[Event] = events.to_pylist()
    return [row for row in rows if row["frame_number"] == picture.frame_number]


def _require_on_frame(events: pa.Table, picture: FrameShown) -> None:
    if not _on_frame(events, picture):
        labelled = ", ".join(map(str, sorted(set(events["frame_number"].to_pylist())))) or "none"
        raise QueryError(
            f"video {picture.video_id} has no selected event on frame {picture.frame_number}; "
            f"its frames with events: {labelled}"
        )


def _draw_image(drawing: Drawing, shown: FrameShown, events: Sequence[Event], boxes: Sequence[Box]) -> None:
    source = shown.source
    require_folder_name(shown.video_id)
    picture = fetch_picture(source) if is_address(source) else open_picture(Path(source))
    drawing.notes += [f"{shown_address(source)}: {note}" for note in picture.notes]
    annotated = annotate_frame(picture.image, events, radius=drawing.style.radius, boxes=boxes)
    _draw_predictions(drawing, annotated, shown.video_id, shown.frame_number)
    drawing.paths.append(_save(annotated, drawing.folder, frame_file(shown.video_id, shown.frame_number)))


def _draw_video(drawing: Drawing, video_id: str, events: Sequence[Event], pictures: dict[int, Image]) -> None:
    output, style, beside = drawing.folder, drawing.style, drawing.beside
    annotated = {}
    predictions = beside.predictions.get(video_id, ())
    for number, on_frame in sorted(_grouped(events, "frame_number").items()):
        if number not in pictures:
            continue
        annotated[number] = annotate_frame(
            pictures[number], on_frame, radius=style.radius, boxes=beside.boxes.get((video_id, number), ())
        )
        _draw_predictions(drawing, annotated[number], video_id, number)
        drawing.paths.append(_save(annotated[number], output, frame_file(video_id, number)))
    if style.with_sheet and annotated:
        cells = [picture.copy() for picture in annotated.values()]
        for cell in cells:
            cell.thumbnail(SHEET_CELL)
        _save(contact_sheet(cells, f"{video_id}: {events[0]['template']}"), output, f"{video_id}/sheet.jpg")
        drawing.sheets += 1
    for number in annotated if style.context else ():
        labels = beside.labels.get(video_id, events)
        strip = frame_strip(pictures, _around(number, style.context), labels, predictions)
        _save(strip, output, f"{video_id}/strip_{number:05d}.jpg")
        drawing.strips += 1
    if style.with_clip:
        for number in annotated:
            _save_clip(number, pictures | annotated, output, video_id)
            drawing.clips += 1


def _draw_predictions(drawing: Drawing, picture: Image, video_id: str, frame_number: int) -> None:
    of_video = drawing.beside.predictions.get(video_id, ())
    on_frame = [one for one in of_video if one["frame_number"] == frame_number]
    draw_predictions(picture, on_frame, drawing.style.radius)


def _save_clip(event_frame: int, pictures: dict[int, Image], output: Path, video_id: str) -> None:
    size = pictures[event_frame].size
    # A picture of another size, after a change in mid-stream, cannot be in the same animation.
    numbers = [
        number for number in _around(event_frame, CLIP_CONTEXT) if number in pictures and pictures[number].size == size
    ]
    first, *others = [pictures[number].convert("RGB") for number in numbers]
    durations = [EVENT_FRAME_MS if number == event_frame else FRAME_MS for number in numbers]
    options = {"save_all": True, "append_images": others, "duration": durations, "loop": 0}
    _save(first, output, f"{video_id}/clip_{event_frame:05d}.webp", **options)


def _around(frame: int, context: int) -> range:
    return range(max(0, frame - context), frame + context + 1)


def _save(picture: Image, output: Path, name: str, **options: Any) -> Path:
    """Write a picture to `<output>/<name>`, `name` being `<video_id>/<file>`."""
    path = output / name
    content = io.BytesIO()
    if name.endswith(".jpg"):
        # Without chroma subsampling the red disc and the text keep their edges.
        picture.save(content, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    else:
        picture.save(content, "WEBP", quality=80, **options)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.getvalue())
    return path


def _grouped(events: Sequence[Event], column: str) -> dict[Any, list[Event]]:
    groups: dict[Any, list[Event]] = {}
    for event in events:
        groups.setdefault(event[column], []).append(event)
    return groups
