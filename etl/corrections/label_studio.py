"""Read Label Studio's JSON export: of every task the last annotation that was not cancelled."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from etl.corrections.model import Annotated, MalformedError, Marked, Place, marked, text_of
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
            tasks = json.loads(text_of(path))
            if not isinstance(tasks, list):
                raise MalformedError(type(tasks).__name__, "a list of tasks")
        except (MalformedError, ValueError, RecursionError) as error:
            fault = error if isinstance(error, MalformedError) else MalformedError(str(error), "JSON")
            annotated.problems.append(Problem(name, "", fault.found, fault.expected))
            continue
        for number, task in enumerate(tasks):
            annotated.read(name, f"/{number}", partial(_task, task))
    return annotated


def _task(task: Any) -> tuple[Place, list[Marked]]:
    data = task["data"]
    place = Place(data["video_id"], data["frame_number"])
    if not isinstance(place.video_id, str) or type(place.frame_number) is not int:
        raise MalformedError([place.video_id, place.frame_number], "a video id and a frame number in the task's data")
    kept = [annotation for annotation in task["annotations"] if not annotation.get("was_cancelled")]
    results = kept[-1]["result"] if kept else []
    agents = {result["id"]: result["value"]["choices"][0] for result in results if result["type"] == "choices"}
    points = [result for result in results if result["type"] == "keypointlabels"]
    return place, [_marked(point, agents.get(point["id"]), place.frame_number) for point in points]


def _marked(point: Any, agent: object, frame_number: int) -> Marked:
    value = point["value"]
    match = re.fullmatch(r"event-([0-9]+)", point["id"])
    x, y = (value[axis] * point[f"original_{side}"] / 100 for axis, side in (("x", "width"), ("y", "height")))
    return marked(match and match[1], value["keypointlabels"][0], agent, frame_number, x, y)
