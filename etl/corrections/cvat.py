"""Read CVAT 1.1 XML: tracks of video tasks, images of image tasks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

from etl.corrections.model import Annotated, MalformedError, Marked, Place, marked, place_of_frame_file, text_of
from etl.errors import Problem

__all__ = ["read"]


def read(folder: Path) -> Annotated:
    """Read every .xml file below a folder."""
    annotated = Annotated()
    for path in sorted(folder.rglob("*.xml")):
        name = path.relative_to(folder).as_posix()
        try:
            root = _parse(text_of(path))
        except MalformedError as fault:
            annotated.problems.append(Problem(name, "", fault.found, fault.expected))
            continue
        if root.findtext("meta/task/mode") == "interpolation" or root.find("track") is not None:
            annotated.read(name, "", partial(_video, root))
        for number, image in enumerate(root.iter("image"), start=1):
            annotated.read(name, f"image {number}", partial(_image, image))
    return annotated


def _parse(text: str) -> ET.Element:
    if "<!DOCTYPE" in text:  # entities could make gigabytes of a few lines
        raise MalformedError("<!DOCTYPE", "XML without a document type")
    try:
        return ET.fromstring(text)  # noqa: S314  without a document type there are no entities
    except ET.ParseError as error:
        raise MalformedError(str(error), "XML") from None


def _video(root: ET.Element) -> tuple[Place, list[Marked]]:
    source = root.findtext("meta/task/source") or root.findtext("meta/source") or ""
    video_id = Path(source).stem if source else root.findtext("meta/task/name")
    if not video_id:
        raise MalformedError(source, "a <source> that names the video")
    return Place(video_id, None), [_track(track) for track in root.iter("track")]


def _track(track: ET.Element) -> Marked:
    """Return a track's event: its first point that is not outside."""
    inside = [point for point in track.iter("points") if point.get("outside") != "1"]
    if not inside:
        raise MalformedError(f"track {track.get('id')}", "a point that is not outside in every track")
    first = min(inside, key=_frame)
    return _marked(first, track.get("label"), _frame(first))


def _image(image: ET.Element) -> tuple[Place, list[Marked]]:
    place = place_of_frame_file(image.get("name"))
    return place, [_marked(point, point.get("label"), place.frame_number or 0) for point in image.iter("points")]


def _marked(element: ET.Element, label: str | None, frame_number: int) -> Marked:
    attributes = {item.get("name"): (item.text or "").strip() for item in element.iter("attribute")}
    x, _, y = (element.get("points") or "").partition(",")
    return marked(attributes.get("event_index"), label, attributes.get("agent"), frame_number, x, y)


def _frame(point: ET.Element) -> int:
    text = point.get("frame") or ""
    if not (text.isascii() and text.isdecimal()):
        raise MalformedError(text, "a frame number")
    return int(text)
