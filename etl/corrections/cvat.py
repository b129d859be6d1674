"""Read CVAT 1.1 XML: tracks of video tasks, images of image tasks."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

from etl.corrections.model import (
    Annotated,
    Found,
    MalformedError,
    Marked,
    Place,
    marked,
    place_of_frame_file,
    size_of,
    text_of,
)

__all__ = ["read"]


def read(folder: Path) -> Annotated:
    """Read every .xml file below a folder."""
    annotated = Annotated()
    for path in sorted(folder.rglob("*.xml")):
        name = path.relative_to(folder).as_posix()
        root = annotated.attempt(name, "", partial(_parse, path))
        if root is None:
            continue
        if root.findtext("meta/task/mode") == "interpolation" or root.find("track") is not None:
            annotated.read(name, "", partial(_video, root))
        for number, image in enumerate(root.iter("image"), start=1):
            annotated.read(name, f"image {number}", partial(_image, image, f"image {number}"))
    return annotated


def _parse(path: Path) -> ET.Element:
    text = text_of(path)
    if "<!DOCTYPE" in text:  # entities could make gigabytes of a few lines
        raise MalformedError("<!DOCTYPE", "XML without a document type")
    try:
        root = ET.fromstring(text)  # noqa: S314  without a document type there are no entities
    except ET.ParseError as error:
        raise MalformedError(str(error), "XML") from None
    if root.tag != "annotations":
        raise MalformedError(f"<{root.tag}>", "<annotations>, as CVAT 1.1 has it")
    for child in root:
        if child.tag not in ("version", "meta", "track", "image"):
            raise MalformedError(f"<{child.tag}>", "<track> or <image>")
    return root


def _video(root: ET.Element) -> Found:
    source = root.findtext("meta/task/source") or root.findtext("meta/source") or ""
    video_id = Path(source).stem if source else root.findtext("meta/task/name")
    if not video_id:
        raise MalformedError(source, "a <source> that names the video")
    size = size_of(
        root.findtext("meta/task/original_size/width") or root.findtext("meta/original_size/width"),
        root.findtext("meta/task/original_size/height") or root.findtext("meta/original_size/height"),
    )
    tracks = [(f"track {number}", partial(_track, t)) for number, t in enumerate(root.iter("track"), start=1)]
    return Place(video_id, None), size, tracks


def _track(track: ET.Element) -> Marked:
    """Return a track's event: its first point that is not outside. All that are not outside follow each other."""
    points = sorted(_points(track), key=_frame)
    is_inside = [point.get("outside") != "1" for point in points]
    if not any(is_inside):
        raise MalformedError(f"track {track.get('id')}", "a point that is not outside in every track")
    first = is_inside.index(True)
    if any(after and not before for before, after in itertools.pairwise(is_inside[first:])):
        raise MalformedError("a point that comes, goes and comes again", "one event per track")
    return _marked(points[first], track.get("label"), _frame(points[first]))


def _image(image: ET.Element, location: str) -> Found:
    place = place_of_frame_file(image.get("name"))
    points = [
        (f"{location}, points {number}", partial(_marked, point, point.get("label"), place.frame_number or 0))
        for number, point in enumerate(_points(image), start=1)
    ]
    return place, size_of(image.get("width"), image.get("height")), points


def _points(parent: ET.Element) -> list[ET.Element]:
    for child in parent:
        if child.tag not in ("points", "attribute"):
            raise MalformedError(f"<{child.tag}>", "<points> alone: events are points")
    return parent.findall("points")


def _marked(element: ET.Element, label: str | None, frame_number: int) -> Marked:
    attributes = {item.get("name"): (item.text or "").strip() for item in element.iter("attribute")}
    x, _, y = (element.get("points") or "").partition(",")
    return marked(attributes.get("event_index"), label, attributes.get("agent"), frame_number, x, y)


def _frame(point: ET.Element) -> int:
    text = point.get("frame") or ""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise MalformedError(text, "a frame number")
    return int(text)
