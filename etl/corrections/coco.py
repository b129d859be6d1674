"""Read COCO keypoint files."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from etl.corrections.model import (
    Annotated,
    Found,
    MalformedError,
    Marked,
    json_of,
    marked,
    place_of_frame_file,
    size_of,
)

__all__ = ["read"]

MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True)
class _Image:
    """An image, where it stands in the file, and its annotations with where they stand."""

    location: str
    image: Any
    notes: list[tuple[str, Any]] = field(default_factory=list)


def read(folder: Path) -> Annotated:
    """Read every .json file below a folder."""
    annotated = Annotated()
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        content = None if path.name == MANIFEST_FILE else annotated.attempt(name, "", partial(_load, path))
        if not content:
            continue
        images: dict[Any, _Image] = {}
        for number, image in enumerate(content["images"]):
            place = f"/images/{number}"
            annotated.attempt(name, place, partial(_take_image, images, _Image(place, image)))
        for number, note in enumerate(content["annotations"]):
            place = f"/annotations/{number}"
            annotated.attempt(name, place, partial(_take_note, images, place, note))
        labels = {category["id"]: category["name"] for category in content["categories"]}
        for found in images.values():
            annotated.read(name, found.location, partial(_place, found, labels))
    return annotated


def _load(path: Path) -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = json_of(path)
    expected = "COCO: categories, images, and annotations of these"
    for name in ("categories", "images", "annotations"):
        values = content.get(name) if isinstance(content, dict) else None
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise MalformedError(f"no list of {name}", expected)
    for category in content["categories"]:
        if {"id", "name"} - category.keys():
            raise MalformedError(category, "a category with id and name")
    return content


def _take_image(images: dict[Any, _Image], image: _Image) -> None:
    number = image.image["id"]
    if number in images:
        raise MalformedError(number, "each id of an image once")
    images[number] = image


def _take_note(images: dict[Any, _Image], location: str, note: dict[str, Any]) -> None:
    if note["image_id"] not in images:
        raise MalformedError(note["image_id"], "the id of an image of the file")
    images[note["image_id"]].notes.append((location, note))


def _place(found: _Image, labels: dict[Any, Any]) -> Found:
    place = place_of_frame_file(found.image["file_name"])
    parts = [(location, partial(_marked, note, labels, place.frame_number or 0)) for location, note in found.notes]
    return place, size_of(found.image.get("width"), found.image.get("height")), parts


def _marked(note: dict[str, Any], labels: dict[Any, Any], frame_number: int) -> Marked:
    """Return an annotation's event; tools put what they do not know below `attributes`, or drop it."""
    known = {**note, **note.get("attributes", {})}
    if note["category_id"] not in labels:
        raise MalformedError(note["category_id"], "the id of a category of the file")
    action, _, agent = labels[note["category_id"]].partition("_")
    if not isinstance(note["keypoints"], list) or len(note["keypoints"]) != 3:
        raise MalformedError(note["keypoints"], "one keypoint: x, y, visibility")
    x, y, visibility = note["keypoints"]
    if visibility not in (1, 2):
        raise MalformedError(note["keypoints"], "a keypoint that is labelled, of visibility 1 or 2")
    return marked(known.get("event_index"), action, agent or known.get("agent"), frame_number, x, y)
