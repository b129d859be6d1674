"""Draw selected events on the frames of their videos, and write the pictures: stills, contact sheets, short clips."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from etl.drawing.frame import annotate_frame, contact_sheet
from etl.drawing.picture_files import fetch_picture, is_address, load_pictures, open_picture
from etl.errors import OutputError, VideoError
from etl.extraction.one_video import Job
from etl.extraction.process import DecodingProcess
from etl.names import is_video_id

if TYPE_CHECKING:
    import pyarrow as pa
    from PIL.Image import Image

__all__ = ["Drawn", "Style", "annotate_image", "annotate_videos", "frame_of_source"]

Event = Mapping[str, Any]

CLIP_CONTEXT = 6  # frames before and after the event: half a second each at 12 frames a second
FRAME_MS = 83  # Something-Something V2 has 12 frames a second
EVENT_FRAME_MS = 750
TIME_LIMIT_S = 300.0  # for the decoding of one video
SHEET_CELL = (640, 640)  # larger frames are scaled down to fit


@dataclass(frozen=True)
class Style:
    """What is drawn: the disc's radius in pixels, and whether contact sheets and clips are made, too."""

    radius: int = 5
    with_sheet: bool = False
    with_clip: bool = False


DEFAULT_STYLE = Style()


@dataclass
class Drawn:
    """What was drawn, one line for everything that could not be, and one for every damage that may show in it."""

    frames: int = 0
    sheets: int = 0
    clips: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def annotate_videos(
    events: pa.Table,
    output: Path,
    *,
    frames: Path,
    videos: Path | None = None,
    style: Style = DEFAULT_STYLE,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Drawn:
    """Draw events, as `select_events` returns them, as `<output>/<video_id>/frame_<n>.jpg`, those of a frame together.

    A video's frames come from `frames/<video_id>/frame_<n>.jpg` where all annotated ones are there, else from the
    video's file anywhere below `videos`, decoded from its beginning in a process of its own. `on_progress` is told
    how many videos are done, and of how many. What cannot be had becomes one of the problems, and the rest is drawn.
    Raises OutputError where `output` is in the frames folder or cannot be written.
    """
    from etl.videos.containers import find_videos

    _refuse_frames_folder(output, frames)
    by_video = _grouped(events.to_pylist(), "video_id")
    files, _ = find_videos(videos, by_video.keys()) if videos else ({}, [])
    drawn = Drawn()
    process = DecodingProcess()
    try:
        for done, (video_id, of_video) in enumerate(by_video.items()):
            on_progress(done, len(by_video))
            pictures = _pictures(video_id, of_video, frames, files.get(video_id, []), process, style, drawn)
            _draw_video(video_id, of_video, pictures, output, style, drawn)
        on_progress(len(by_video), len(by_video))
    finally:
        process.stop()
    return drawn


def annotate_image(
    events: pa.Table, source: str, output: Path, *, frames: Path | None = None, style: Style = DEFAULT_STYLE
) -> Path:
    """Draw events, all of one frame, on a picture of it, a file or an http(s) address; return the drawing's path.

    Raises VideoError or DownloadError where the picture cannot be had, OutputError where the drawing would lie beside
    the picture or in the frames folder, or cannot be written.
    """
    rows = events.to_pylist()
    video_id = rows[0]["video_id"]
    if frames:
        _refuse_frames_folder(output, frames)
    if not is_address(source) and is_video_id(video_id):
        beside = Path(source).resolve().parent
        if beside == (output / video_id).resolve():
            raise OutputError(f"{beside} holds the picture to draw on; choose another folder for the drawn one")
    picture = fetch_picture(source) if is_address(source) else open_picture(Path(source))
    drawn = annotate_frame(picture, rows, radius=style.radius)
    return _save(drawn, output, video_id, f"frame_{rows[0]['frame_number']}.jpg")


def frame_of_source(source: str) -> tuple[str, int] | None:
    """Read video and frame from a name or address like `…/900001/frame_00009.jpg`, as frames are published."""
    path = unquote(urlsplit(source).path) if is_address(source) else source
    match = re.search(r"([^/\\]+)[/\\]frame_([0-9]{1,6})\.[A-Za-z0-9]+$", path)
    return (match[1], int(match[2])) if match else None


def _refuse_frames_folder(output: Path, frames: Path) -> None:
    if output.resolve().is_relative_to(frames.resolve()):
        raise OutputError(f"{frames} holds the extracted frames; choose another folder for the drawn ones")


def _pictures(
    video_id: str,
    events: Sequence[Event],
    frames: Path,
    files: Sequence[Path],
    process: DecodingProcess,
    style: Style,
    drawn: Drawn,
) -> dict[int, Image]:
    """Return the pictures that a video's drawings need, as far as they can be had; note why others cannot."""
    annotated = {event["frame_number"] for event in events}
    wanted = {near for number in annotated for near in _clip_range(number)} if style.with_clip else annotated
    pictures, damaged = load_pictures(frames / video_id, wanted)
    missing = annotated - pictures.keys()
    if missing and files:
        try:
            pictures |= _decoded(video_id, files, wanted, process, drawn)
            missing -= pictures.keys()
        except VideoError as error:
            drawn.problems.append(f"{video_id}: {error}")
            missing &= damaged.keys()
    for number in sorted(missing):
        drawn.problems.append(f"{video_id}: {damaged.get(number, f'there is no frame {number}')}")
    return pictures


def _decoded(
    video_id: str, files: Sequence[Path], wanted: Collection[int], process: DecodingProcess, drawn: Drawn
) -> dict[int, Image]:
    """Return those of the frames that the video has; note damage, after which frames may be others than annotated."""
    if len(files) > 1:
        raise VideoError(f"several files could be it: {', '.join(map(str, files))}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = process.extract(Job(video_id, files[0].absolute(), folder, frozenset(wanted), TIME_LIMIT_S), folder)
        if record.has_failed:
            raise VideoError(record.problems[0].detail)
        drawn.warnings += [f"{video_id}: {found.detail}" for found in record.problems if found.reason == "damaged"]
        return load_pictures(folder, wanted)[0]


def _draw_video(
    video_id: str, events: Sequence[Event], pictures: dict[int, Image], output: Path, style: Style, drawn: Drawn
) -> None:
    annotated = {}
    for number, on_frame in sorted(_grouped(events, "frame_number").items()):
        if number not in pictures:
            continue
        annotated[number] = annotate_frame(pictures[number], on_frame, radius=style.radius)
        _save(annotated[number], output, video_id, f"frame_{number}.jpg")
        drawn.frames += 1
    if style.with_sheet and annotated:
        cells = [picture.copy() for picture in annotated.values()]
        for cell in cells:
            cell.thumbnail(SHEET_CELL)
        _save(contact_sheet(cells, f"{video_id}: {events[0]['template']}"), output, video_id, "sheet.jpg")
        drawn.sheets += 1
    if style.with_clip:
        for number in annotated:
            _save_clip(number, pictures | annotated, output, video_id)
            drawn.clips += 1


def _save_clip(event_frame: int, pictures: dict[int, Image], output: Path, video_id: str) -> None:
    size = pictures[event_frame].size
    # A picture of another size, after a change in mid-stream, cannot be in the same animation.
    numbers = [number for number in _clip_range(event_frame) if number in pictures and pictures[number].size == size]
    first, *others = [pictures[number].convert("RGB") for number in numbers]
    durations = [EVENT_FRAME_MS if number == event_frame else FRAME_MS for number in numbers]
    options = {"save_all": True, "append_images": others, "duration": durations, "loop": 0}
    _save(first, output, video_id, f"clip_{event_frame}.webp", **options)


def _clip_range(event_frame: int) -> range:
    return range(max(0, event_frame - CLIP_CONTEXT), event_frame + CLIP_CONTEXT + 1)


def _save(picture: Image, output: Path, video_id: str, name: str, **options: Any) -> Path:
    """Write a picture under a temporary name, then rename it."""
    if not is_video_id(video_id):
        raise OutputError(f"the video id {video_id!r} is no name for a folder")
    path = output / video_id / name
    content = io.BytesIO()
    if name.endswith(".jpg"):
        # Without thinned-out colours the red disc and the text keep their edges.
        picture.save(content, "JPEG", quality=95, subsampling=0)
    else:
        picture.save(content, "WEBP", quality=80, **options)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{name}.part")
        unfinished.write_bytes(content.getvalue())
        unfinished.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    return path


def _grouped(events: Sequence[Event], column: str) -> dict[Any, list[Event]]:
    groups: dict[Any, list[Event]] = {}
    for event in events:
        groups.setdefault(event[column], []).append(event)
    return groups
