"""Read CVAT 1.1 XML: tracks of video tasks, images of image tasks."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from etl.corrections.cvat_tasks import Task, tasks_of
from etl.corrections.model import Annotated, Found, MalformedError, Part, Place, Shape
from etl.corrections.values import (
    agreed,
    files_ending_in,
    place_of_frame_file,
    refuse_renamed_agent,
    shape_of,
    size_of,
    text_of,
)

__all__ = ["read"]

ATTRIBUTES = ("event_index", "agent")
FOR_VIDEO, FOR_IMAGES = ("the dump “CVAT for video 1.1”", "the dump “CVAT for images 1.1”")


def read(folder: Path) -> Annotated:
    """Read every .xml file below a folder."""
    annotated = Annotated()
    for path in files_ending_in(folder, ".xml"):
        name = path.relative_to(folder).as_posix()
        root = annotated.attempt(name, "", partial(_parse, path))
        tasks = None if root is None else annotated.attempt(name, "meta", partial(tasks_of, root))
        if root is not None and tasks is not None:
            annotated.attempt(name, "", partial(_read_file, annotated, name, root, tasks))
    return annotated


def _read_file(annotated: Annotated, name: str, root: ET.Element, tasks: list[Task]) -> None:
    images, tracks = root.findall("image"), root.findall("track")
    _require_right_dump(images, tracks, tasks)
    names = {attribute.get("name") for attribute in root.iterfind(".//points/attribute")}
    has_agents = "agent" in names
    if others := sorted(map(str, names - {*ATTRIBUTES})):
        annotated.notes.append(f"{name}: ignored the attributes {', '.join(others)}.")
    for task in tasks:
        if task.is_video:
            parts: list[Part] = [
                (f"track {number}", partial(_track, track, task, has_agents))
                for number, track in enumerate(tracks, start=1)
                if len(tasks) == 1 or track.get("task_id") == task.task_id
            ]
            where = "" if len(tasks) == 1 else f"task {task.task_id}"
            annotated.read(name, where, partial(_video, task, parts))
    if len(tasks) > 1 and (lost := {t.get("task_id") for t in tracks} - {task.task_id for task in tasks}):
        raise MalformedError(f"a track of task {sorted(map(str, lost))[0]}", "tracks of the project's tasks")
    for number, image in enumerate(images, start=1):
        annotated.read(name, f"image {number}", partial(_image, image, f"image {number}", has_agents))


def _require_right_dump(images: list[ET.Element], tracks: list[ET.Element], tasks: list[Task]) -> None:
    """Refuse a task that was exported in the other form: frames would be image numbers, and tracks would be lost."""
    for task in tasks:
        if task.is_video and images:
            raise MalformedError(f"video task {task.name or task.task_id!r} dumped as images", FOR_VIDEO)
        if not task.is_video and (tracks or (not images and task.shown is not None)):
            raise MalformedError(f"image task {task.name or task.task_id!r} dumped as a video", FOR_IMAGES)


def _parse(path: Path) -> ET.Element:
    text = text_of(path)
    if "<!DOCTYPE" in text:  # entities could make gigabytes of a few lines
        raise MalformedError("<!DOCTYPE", "XML without a document type")
    try:
        root = ET.fromstring(text)  # noqa: S314  without a document type there are no entities
    except ET.ParseError as error:
        raise MalformedError(str(error), "XML") from None
    if root.tag != "annotations":
        raise MalformedError(f"<{root.tag}>", "<annotations>, as in CVAT 1.1")
    for child in root:
        if child.tag not in ("version", "meta", "track", "image"):
            raise MalformedError(f"<{child.tag}>", "<track> or <image>")
    return root


def _video(task: Task, parts: list[Part]) -> Found:
    return Found(
        Place(task.video_id, None), parts, task.size, task.shown, task.seams, {"called": PurePosixPath(task.name).stem}
    )


def _track(track: ET.Element, task: Task, has_agents: bool) -> Shape | None:
    """Return a track's event: its first point that is not outside. The points that are not outside are consecutive.

    None for the rest of another job's track: CVAT cuts tracks where a job begins, and the rest may be all outside.
    """
    points = sorted(_points(track), key=_frame)
    for before, after in itertools.pairwise(points):
        if _frame(before) == _frame(after):
            raise MalformedError(f"frame {_frame(after)} twice in a track", "one point on a frame")
    is_inside = [_is_inside(point) for point in points]
    if points and not any(is_inside) and _begins_a_job(_frame(points[0]) - task.counted_from, task):
        return None
    if not any(is_inside):
        raise MalformedError(f"track {track.get('id')}", "a point that is not outside in every track")
    first = is_inside.index(True)
    if any(after and not before for before, after in itertools.pairwise(is_inside[first:])):
        raise MalformedError("a point that comes, goes and comes again", "one event per track")
    shown = [point for point, inside in zip(points, is_inside, strict=True) if inside]
    for name in ATTRIBUTES:
        agreed(f"{name} in one track", *(_attribute(point, name) for point in shown))
    return _shape(points[first], track.get("label"), _frame(points[first]) - task.counted_from, has_agents)


def _is_inside(point: ET.Element) -> bool:
    outside = point.get("outside", "0")
    if outside not in ("0", "1"):
        raise MalformedError(f"outside {outside!r}", "0 or 1")
    return outside == "0"


def _begins_a_job(frame_number: int, task: Task) -> bool:
    starts = {frames.start for frames in task.jobs} | {task.shown.start if task.shown else 0}
    return frame_number in starts - {0}


def _image(image: ET.Element, location: str, has_agents: bool) -> Found:
    place = place_of_frame_file(image.get("name"))
    points: list[Part] = [
        (
            f"{location}, points {number}",
            partial(_shape, point, point.get("label"), place.frame_number or 0, has_agents),
        )
        for number, point in enumerate(_points(image), start=1)
    ]
    return Found(place, points, size_of(image.get("width"), image.get("height")))


def _points(parent: ET.Element) -> list[ET.Element]:
    for child in parent:
        if child.tag not in ("points", "attribute"):
            raise MalformedError(f"<{child.tag}>", "only <points>: events are points")
    return parent.findall("points")


def _shape(element: ET.Element, label: str | None, frame_number: int, has_agents: bool) -> Shape:
    refuse_renamed_agent(_attributes(element))
    index, agent = (_attribute(element, name) for name in ATTRIBUTES)
    x, _, y = (element.get("points") or "").partition(",")
    return shape_of(index, label, agent, frame_number, x, y, has_agents=has_agents)


def _attributes(element: ET.Element) -> list[tuple[str | None, str]]:
    return [(item.get("name"), (item.text or "").strip()) for item in element.iter("attribute")]


def _attribute(element: ET.Element, name: str) -> Any:
    return agreed(name, *(text for key, text in _attributes(element) if key == name))


def _frame(point: ET.Element) -> int:
    text = point.get("frame") or ""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise MalformedError(text, "a frame number")
    return int(text)
