"""Read Label Studio's JSON export: for every task, the one annotation that counts, if there is one.

Of those that were not cancelled, that is the ground truth, else the one that was updated last, else the last in the
file.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from etl.corrections.model import Annotated, Found, MalformedError, Part, Place, Shape
from etl.corrections.values import (
    agreed,
    files_ending_in,
    json_of,
    member,
    number_of,
    only,
    shape_of,
    size_of,
)
from etl.names import MANIFEST_FILE, read_frame_file
from etl.wording import counted

__all__ = ["read"]

KEYS_OF_JSON_MIN = {"annotation_id", "annotator", "lead_time"}


def read(folder: Path) -> Annotated:
    """Read every .json file below a folder."""
    annotated = Annotated()
    several = drafts = predicted = 0
    for path in files_ending_in(folder, ".json"):
        name = path.relative_to(folder).as_posix()
        if path.name == MANIFEST_FILE:
            continue
        tasks = annotated.attempt(name, "", partial(_load, path))
        for number, task in enumerate(tasks or ()):
            annotated.read(name, f"/{number}", partial(_task, task, f"/{number}"))
            if isinstance(task, dict):
                counting = len(_counting(task))
                several += counting > 1
                drafts += bool(task.get("drafts"))
                predicted += not counting and bool(task.get("predictions"))
    if several:
        annotated.notes.append(
            f"{counted(several, 'task')} with several annotations: of those that were not cancelled, the ground truth "
            "counts, else the one that was updated last, else the last in the file."
        )
    if drafts:
        annotated.notes.append(f"{counted(drafts, 'task')} with drafts that were never submitted: drafts do not count.")
    if predicted:
        annotated.notes.append(
            f"{counted(predicted, 'task')} with predictions that nobody submitted as an annotation: predictions do not "
            "count."
        )
    return annotated


def _load(path: Path) -> list[Any]:
    tasks = json_of(path)
    if not isinstance(tasks, list):
        raise MalformedError(type(tasks).__name__, "a list of tasks")
    if any(isinstance(task, dict) and "data" not in task and task.keys() & KEYS_OF_JSON_MIN for task in tasks):
        raise MalformedError(
            "Label Studio's JSON-MIN, which does not tie an agent to its point", "its export in the format JSON"
        )
    return tasks


def _counting(task: dict[str, Any]) -> list[int]:
    """Return the positions of the annotations that were not cancelled, the one that counts last."""
    notes = task.get("annotations")
    kept = [
        (number, note)
        for number, note in enumerate(notes if isinstance(notes, list) else ())
        if not _is_cancelled(note)
    ]
    return [number for number, note in sorted(kept, key=lambda one: _weight(one[1]))]


def _weight(note: Any) -> tuple[bool, str]:
    """Return what decides which annotation counts: is it the ground truth, and when was it updated (ISO 8601)?"""
    told = note if isinstance(note, dict) else {}
    return told.get("ground_truth") is True, str(told.get("updated_at") or "")


def _is_cancelled(note: Any) -> bool:
    return isinstance(note, dict) and note.get("was_cancelled") is True


def _task(task: Any, location: str) -> Found | None:
    data = member(task, "data", dict)
    place = Place(data.get("video_id"), data.get("frame_number"))
    if not isinstance(place.video_id, str) or type(place.frame_number) is not int:
        raise MalformedError([place.video_id, place.frame_number], "a video id and a frame number in the task's data")
    if isinstance(image := data.get("image"), str) and (named := read_frame_file(unquote(image))):
        agreed("frame", f"{place.video_id} {place.frame_number}", "{} {}".format(*named))
    notes = member(task, "annotations", list)
    for note in notes:
        said = note.get("was_cancelled") if isinstance(note, dict) else note
        if said is not None and not isinstance(said, bool):
            raise MalformedError(f"was_cancelled {said!r}", "true or false")
    if not (kept := _counting(task)):
        return None  # skipped, or never annotated
    results = member(notes[kept[-1]], "result", list)
    told = {name: data.get(name) for name in ("template", "split")}
    return _annotation(place, told, results, f"{location}/annotations/{kept[-1]}/result")


def _annotation(place: Place, told: dict[str, Any], results: list[Any], location: str) -> Found:
    agents: dict[str, list[Any]] = {}
    parts: list[Part] = []
    sizes, points = [], set()
    for number, result in enumerate(results):
        kind = member(result, "type", str)
        if kind not in ("keypointlabels", "choices"):
            parts.append((f"{location}/{number}", partial(_refuse, kind)))
            points.add(str(result.get("id")))
            continue
        sizes.append(size_of(result.get("original_width"), result.get("original_height")))
        region = member(result, "id", str)
        if kind == "choices":
            agents.setdefault(region, []).extend(member(member(result, "value", dict), "choices", list))
            parts.append((f"{location}/{number}", partial(_require_upright, result)))
            continue
        if region in points:
            raise MalformedError(region, "each key point's id once")
        points.add(region)
        parts.append((f"{location}/{number}", partial(_shape, result, agents, place.frame_number or 0)))
    if agents.keys() - points:
        raise MalformedError(sorted(agents.keys() - points), "choices that belong to a key point")
    sizes_told = {size for size in sizes if size is not None}
    if len(sizes_told) > 1:
        raise MalformedError(sorted(sizes_told), "one size of the picture")
    return Found(place, parts, next(iter(sizes_told), None), told=told)


def _refuse(kind: str) -> None:
    raise MalformedError(kind, "only key points and their choices: events are points")


def _require_upright(result: dict[str, Any]) -> None:
    """Refuse annotations on a rotated picture: their percentages may be of the other side."""
    if result.get("image_rotation"):
        raise MalformedError(f"image_rotation {result['image_rotation']}", "0: annotate the picture as it is")


def _shape(point: Any, agents: dict[str, list[Any]], frame_number: int) -> Shape:
    _require_upright(point)
    value = member(point, "value", dict)
    size = size_of(point.get("original_width"), point.get("original_height"))
    if size is None:
        raise MalformedError("no original_width and original_height", "the size that x and y are percents of")
    agent = only(agents.get(point["id"]), "one agent for every key point")
    match = re.fullmatch(r"event-([0-9]+)", point["id"])
    x, y = (_pixels(value.get(axis), side) for axis, side in zip("xy", size, strict=True))
    action = only(value.get("keypointlabels"), "one action for every key point")
    return shape_of(match and match[1], action, agent, frame_number, x, y, has_agents=True)


def _pixels(percent: Any, side: int) -> float:
    try:
        return number_of(percent) * side / 100
    except ValueError:
        raise MalformedError(percent, "a percentage of the picture's side") from None
