"""Read COCO keypoint files."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from etl.corrections.model import Annotated, MalformedError, Marked, Place, marked, place_of_frame_file, text_of
from etl.errors import Problem

__all__ = ["read"]

MANIFEST_FILE = "manifest.json"


def read(folder: Path) -> Annotated:
    """Read every .json file below a folder."""
    annotated = Annotated()
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        if path.name == MANIFEST_FILE:
            continue
        try:
            content = json.loads(text_of(path))
            categories = {category["id"]: category["name"] for category in content["categories"]}
            notes: dict[Any, list[Any]] = {image["id"]: [] for image in content["images"]}
            for note in content["annotations"]:
                notes[note["image_id"]].append(note)
        except MalformedError as fault:
            annotated.problems.append(Problem(name, "", fault.found, fault.expected))
            continue
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            found = f"{type(error).__name__} {error}"
            annotated.problems.append(Problem(name, "", found, "COCO: categories, images, and annotations of these"))
            continue
        for number, image in enumerate(content["images"]):
            annotated.read(name, f"/images/{number}", partial(_image, image, notes[image["id"]], categories))
    return annotated


def _image(image: Any, notes: list[Any], categories: dict[Any, Any]) -> tuple[Place, list[Marked]]:
    place = place_of_frame_file(image["file_name"])
    return place, [_marked(note, categories[note["category_id"]], place.frame_number or 0) for note in notes]


def _marked(note: Any, label: str, frame_number: int) -> Marked:
    """Return an annotation's event; tools put what they do not know below `attributes`, or drop it."""
    known = {**note, **note.get("attributes", {})}
    action, _, agent = label.partition("_")
    x, y = note["keypoints"][:2]
    return marked(known.get("event_index"), action, agent or known.get("agent"), frame_number, x, y)
