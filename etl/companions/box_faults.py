"""Read a faulty piece of a file of boxes slowly, and report what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from etl.annotations.located_json import pointer
from etl.companions.box_frames import INSTANCE, SIDES, Frame, Video, frame_number, have_area, video_of
from etl.companions.model import Faults, Place
from etl.companions.strict_json import MISSING, Doubled, decode_text, find_no_number, is_text, parse_json, quoted, shown
from etl.errors import Problem
from etl.names import is_video_id
from etl.schema import MAX_COORDINATE

__all__ = ["read_slowly"]


def read_slowly(text: bytes, file: str, line: int, faults: Faults) -> Iterator[Video]:
    """Report what is wrong with a piece of a file, and yield what is sound in it."""
    decoded = decode_text(b"{" + text + b"}", file)
    content = decoded if isinstance(decoded, Problem) else parse_json(decoded, file, first_line=line)
    if isinstance(content, Problem):
        faults.add_file(content)
        return
    if isinstance(content, Doubled):
        place = Place(file, pointer(content.key), dict(content))
        faults.add(place, "the video twice, with different boxes", "each video once")
        return
    for video_id, entries in content.items():
        place = Place(file, pointer(video_id), entries)
        if not is_video_id(video_id):
            faults.add(place, quoted(video_id), "a video id")
        elif not isinstance(entries, list):
            faults.add(place, shown(entries), "an array of frames")
        else:
            yield video_of(video_id, text, _sound_frames(video_id, entries, file, faults))


def _sound_frames(video_id: str, entries: list[Any], file: str, faults: Faults) -> list[Frame]:
    frames: dict[int, Frame] = {}
    for position, entry in enumerate(entries):
        place = Place(file, pointer(video_id, position), entry)
        if found := find_no_number(entry):
            faults.add(place, shown(found[1]), "a number of JSON", *found[0])
        elif not _has_fault(place, video_id, entry, faults):
            number = frame_number(video_id, entry["name"]) or 0
            if number in frames:
                faults.add(place, f"the frame {quoted(entry['name'])} twice", "each frame once", "name")
            else:
                try:
                    frames[number] = msgspec.convert(entry, Frame)
                except UnicodeEncodeError:
                    faults.add(place, "half a letter in a key", "text")
    return list(frames.values())


def _has_fault(place: Place, video_id: str, entry: Any, faults: Faults) -> bool:
    """Note the faults of one frame, and return whether it has any."""
    before = len(faults.problems)
    if not isinstance(entry, dict) or isinstance(entry, Doubled):
        found = f"the key {quoted(entry.key)} twice" if isinstance(entry, Doubled) else shown(entry)
        faults.add(place, found, "an object with name and labels, each key once")
        return True
    name, labels = entry.get("name", MISSING), entry.get("labels", MISSING)
    if not isinstance(name, str) or frame_number(video_id, name) is None:
        faults.add(place, shown(name), f"a name like {video_id}/0001.jpg", "name")
    if not isinstance(labels, list):
        faults.add(place, shown(labels), "an array of boxes", "labels")
        return True
    for position, label in enumerate(labels):
        _note_label(place, label, position, faults)
    return len(faults.problems) > before


def _note_label(place: Place, label: Any, position: int, faults: Faults) -> None:
    steps: tuple[str | int, ...] = ("labels", position)
    if not isinstance(label, dict) or isinstance(label, Doubled):
        found = f"the key {quoted(label.key)} twice" if isinstance(label, Doubled) else shown(label)
        faults.add(place, found, "an object with box2d, category and standard_category, each key once", *steps)
        return
    for key in ("category", "standard_category"):
        if not is_text(label.get(key)):
            faults.add(place, shown(label.get(key, MISSING)), "text", *steps, key)
    instance = label.get("standard_category")
    if isinstance(instance, str) and not INSTANCE.fullmatch(instance):
        faults.add(place, quoted(instance), 'an object\'s four digits or "hand"', *steps, "standard_category")
    box = label.get("box2d", MISSING)
    if not isinstance(box, dict) or isinstance(box, Doubled):
        found = f"the key {quoted(box.key)} twice" if isinstance(box, Doubled) else shown(box)
        faults.add(place, found, "an object with x1, y1, x2 and y2, each once", *steps, "box2d")
        return
    for side in SIDES:
        value = box.get(side, MISSING)
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= MAX_COORDINATE:
            faults.add(place, shown(value), "a number of pixels", *steps, "box2d", side)
            return
    if not have_area(np.array([[box[side] for side in SIDES]], np.float64)):
        corners = ", ".join(f"{side} {box[side]:g}" for side in SIDES)
        faults.add(place, f"a box without area ({corners})", "x1 before x2 and y1 before y2", *steps, "box2d")
