"""Read Label Studio's JSON export: of every task the last annotation that was not cancelled, if there is one."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

from etl.corrections.model import Annotated, Found, MalformedError, Marked, Place, json_of, marked, only, size_of

__all__ = ["read"]

MANIFEST_FILE = "manifest.json"


def read(folder: Path) -> Annotated:
    """Read every .json file below a folder."""
    annotated = Annotated()
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        if path.name == MANIFEST_FILE:
            continue
        tasks = annotated.attempt(name, "", partial(_load, path))
        for number, task in enumerate(tasks or ()):
            annotated.read(name, f"/{number}", partial(_task, task, f"/{number}"))
    return annotated


def _load(path: Path) -> list[Any]:
    tasks = json_of(path)
    if not isinstance(tasks, list):
        raise MalformedError(type(tasks).__name__, "a list of tasks")
    return tasks


def _task(task: Any, location: str) -> Found | None:
    data = task["data"]
    place = Place(data["video_id"], data["frame_number"])
    if not isinstance(place.video_id, str) or type(place.frame_number) is not int:
        raise MalformedError([place.video_id, place.frame_number], "a video id and a frame number in the task's data")
    kept = [number for number, one in enumerate(task["annotations"]) if not one.get("was_cancelled")]
    if not kept:
        return None  # skipped
    results = task["annotations"][kept[-1]]["result"]
    location += f"/annotations/{kept[-1]}/result"
    agents = {result["id"]: result["value"]["choices"] for result in results if result["type"] == "choices"}
    parts, sizes, points = [], [], set()
    for number, result in enumerate(results):
        if result["type"] == "keypointlabels":
            parts.append((f"{location}/{number}", partial(_marked, result, agents, place.frame_number)))
            sizes.append(size_of(result["original_width"], result["original_height"]))
            points.add(result["id"])
        elif result["type"] != "choices":
            raise MalformedError(result["type"], "key points and their choices alone: events are points")
    if agents.keys() - points:
        raise MalformedError(sorted(agents.keys() - points), "choices that belong to a key point")
    if len(set(sizes)) > 1:
        raise MalformedError(sizes, "one size of the picture")
    return place, next(iter(sizes), None), parts


def _marked(point: Any, agents: dict[str, Any], frame_number: int) -> Marked:
    value = point["value"]
    agent = only(agents.get(point["id"]), "one agent for every key point")
    match = re.fullmatch(r"event-([0-9]+)", point["id"])
    x, y = (value[axis] * point[f"original_{side}"] / 100 for axis, side in (("x", "width"), ("y", "height")))
    action = only(value["keypointlabels"], "one action for every key point")
    return marked(match and match[1], action, agent, frame_number, x, y)
