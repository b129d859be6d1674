"""Read COCO keypoint files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from etl.corrections.model import Annotated, Found, MalformedError, Shape
from etl.corrections.values import (
    agreed,
    files_ending_in,
    json_of,
    member,
    number_of,
    place_of_frame_file,
    refuse_renamed_agent,
    shape_of,
    size_of,
)
from etl.names import MANIFEST_FILE
from etl.wording import counted

__all__ = ["read"]

VISIBILITIES = (1, 2)


@dataclass(frozen=True)
class _Image:
    """An image and its annotations, each with its place in the file."""

    location: str
    image: dict[str, Any]
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def read(folder: Path) -> Annotated:
    """Read every .json file below a folder."""
    annotated = Annotated()
    beside = 0
    for path in files_ending_in(folder, ".json"):
        name = path.relative_to(folder).as_posix()
        content = None if path.name == MANIFEST_FILE else annotated.attempt(name, "", partial(_load, path))
        if content:
            _read_file(annotated, name, content)
            beside += sum(map(_is_beside_its_box, content["annotations"]))
    if beside:
        annotated.notes.append(f"{counted(beside, 'point')} outside the annotation's box: boxes are ignored.")
    return annotated


def _read_file(annotated: Annotated, name: str, content: dict[str, list[dict[str, Any]]]) -> None:
    labels: dict[Any, str] = {}
    images: dict[Any, _Image] = {}
    note_ids: set[Any] = set()
    for number, category in enumerate(content["categories"]):
        annotated.attempt(name, f"/categories/{number}", partial(_take_category, labels, category))
    for number, image in enumerate(content["images"]):
        place = f"/images/{number}"
        annotated.attempt(name, place, partial(_take_image, images, _Image(place, image)))
    for number, note in enumerate(content["annotations"]):
        place = f"/annotations/{number}"
        annotated.attempt(name, place, partial(_take_note, images, note_ids, place, note))
    notes = content["annotations"]
    has_agents = any("_" in label for label in labels.values()) or any(map(_agents_beside, notes))
    for found in images.values():
        annotated.read(name, found.location, partial(_place, found, labels, has_agents))


def _load(path: Path) -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = json_of(path)
    expected = "COCO: categories, images, and annotations of these"
    for name in ("categories", "images", "annotations"):
        values = content.get(name) if isinstance(content, dict) else None
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise MalformedError(f"no list of {name}", expected)
    return content


def _id(item: dict[str, Any], name: str) -> int | str:
    """Return an id: an integer, also where data frames and other tools have made 7.0 or "7" of it; or else a text."""
    found = item.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise MalformedError(found, f"an integer as {name}")
    whole = re.fullmatch(r"(0|[1-9][0-9]{0,17})(?:\.0)?", str(found))
    if isinstance(found, float) and not whole:
        raise MalformedError(found, f"an integer as {name}")
    return int(whole[1]) if whole else found  # type: ignore[return-value]


def _take_category(labels: dict[Any, str], category: dict[str, Any]) -> None:
    number = _id(category, "id")
    if not isinstance(category.get("name"), str):
        raise MalformedError(category, "a category with id and name")
    if number in labels:
        raise MalformedError(number, "each id of a category once")
    labels[number] = category["name"]


def _take_image(images: dict[Any, _Image], image: _Image) -> None:
    number = _id(image.image, "id")
    if number in images:
        raise MalformedError(number, "each id of an image once")
    images[number] = image


def _take_note(images: dict[Any, _Image], ids: set[Any], location: str, note: dict[str, Any]) -> None:
    number = _id(note, "id")
    if number in ids:
        raise MalformedError(number, "each id of an annotation once")
    ids.add(number)
    image = _id(note, "image_id")
    if image not in images:
        raise MalformedError(image, "the id of an image of the file")
    images[image].notes.append((location, note))


def _place(found: _Image, labels: dict[Any, str], has_agents: bool) -> Found:
    image = found.image
    named = place_of_frame_file(image.get("file_name"))
    video_id = image.get("video_id")
    agreed("video", named.video_id, str(_id(image, "video_id")) if isinstance(video_id, int | float) else video_id)
    agreed("frame", named.frame_number, None if image.get("frame_number") is None else _id(image, "frame_number"))
    parts = [
        (location, partial(_shape, note, labels, named.frame_number or 0, has_agents)) for location, note in found.notes
    ]
    size = size_of(image.get("width"), image.get("height"))
    return Found(named, parts, size, told={"template": image.get("template")})


def _agents_beside(note: dict[str, Any]) -> list[Any]:
    """Return the agents that an annotation names besides its category."""
    return [agent for agent in (note.get("agent"), _attributes(note).get("agent")) if agent is not None]


def _attributes(note: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that a tool moved into `attributes`, because it does not know them."""
    attributes = note.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _is_beside_its_box(note: dict[str, Any]) -> bool:
    """Tell whether a point is outside the box of its annotation; False if either cannot be read."""
    try:
        (x, y, *_), (left, top, width, height) = (map(number_of, note[name]) for name in ("keypoints", "bbox"))
    except (LookupError, TypeError, ValueError):
        return False
    return not (left <= x <= left + width and top <= y <= top + height)


def _shape(note: dict[str, Any], labels: dict[Any, str], frame_number: int, has_agents: bool) -> Shape:
    category = _id(note, "category_id")
    if category not in labels:
        raise MalformedError(category, "the id of a category of the file")
    action, _, agent_in_label = labels[category].partition("_")
    agent = agreed("agent", agent_in_label or None, *_agents_beside(note))
    if note.get("attributes") is not None:
        member(note, "attributes", dict)
    refuse_renamed_agent([*note.items(), *_attributes(note).items()])
    index = agreed("event_index", note.get("event_index"), _attributes(note).get("event_index"))
    keypoints = member(note, "keypoints", list)
    if len(keypoints) != 3:
        raise MalformedError(keypoints, "one keypoint: x, y, visibility")
    x, y, visibility = keypoints
    if isinstance(visibility, bool) or visibility not in VISIBILITIES:
        raise MalformedError(keypoints, "a keypoint that is labelled, of visibility 1 or 2")
    agreed("num_keypoints", 1, note.get("num_keypoints"))
    if note.get("iscrowd"):
        raise MalformedError(f"iscrowd {note['iscrowd']!r}", "0: one event")
    return shape_of(index, action, agent, frame_number, x, y, has_agents=has_agents)
