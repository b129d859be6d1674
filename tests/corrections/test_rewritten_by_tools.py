"""What tools make of an export without changing an event: other annotations beside it, numbers as text."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.corrections import import_corrections
from etl.warehouse.open import Warehouse


def kinds(hostile: Warehouse, tool: str, export: Path, tmp_path: Path, edit: Callable[[Any], None]) -> list[str]:
    """Return the kinds of the differences after every file of an export was edited."""
    corrected = Path(shutil.copytree(export, tmp_path / "corrected"))
    for path in corrected.glob("*.json"):
        if path.name != "manifest.json":
            content = json.loads(path.read_bytes())
            edit(content)
            path.write_text(json.dumps(content))
    return [found.kind for found in import_corrections(hostile, tool, corrected, export, None).differences]


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        ({"updated_at": "2026-05-02T08:00:00Z"}, {"updated_at": "2026-05-01T08:00:00Z"}, "first"),
        ({"updated_at": "2026-05-01T08:00:00Z"}, {"updated_at": "2026-05-02T08:00:00Z"}, "second"),
        ({}, {}, "second"),
        ({"ground_truth": True}, {"updated_at": "2026-05-02T08:00:00Z"}, "first"),
        ({"ground_truth": True, "was_cancelled": True}, {}, "second"),
    ],
)
def test_of_several_annotations_the_ground_truth_counts_and_else_the_one_updated_last(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, first: dict, second: dict, counts: str
):
    def edit(tasks: list[dict[str, Any]]) -> None:
        for task in tasks:
            if (task["data"]["video_id"], task["data"]["frame_number"]) == ("20", 9):
                other = copy.deepcopy(task["annotations"][0])
                other["result"][0]["value"]["x"] = 50.0
                task["annotations"][0] |= first
                task["annotations"].append(other | second)

    found = kinds(hostile, "label-studio", exports["label-studio"], tmp_path, edit)
    assert found == ([] if counts == "first" else ["moved"])


@pytest.mark.parametrize("rewritten", [int, float])
def test_numbers_that_a_tool_writes_as_text_or_with_a_point_are_the_same_numbers(
    hostile: Warehouse, exports: dict[str, Path], tmp_path: Path, rewritten: Callable[[str], float]
):
    def edit(content: dict[str, Any]) -> None:
        for image in content["images"]:
            image |= {"id": str(image["id"]), "frame_number": float(image["frame_number"])}
            if image["video_id"].isdigit():
                image["video_id"] = rewritten(image["video_id"])
        for note in content["annotations"]:
            note |= {"category_id": str(note["category_id"]), "image_id": float(note["image_id"])}

    assert kinds(hostile, "coco", exports["coco"], tmp_path, edit) == []
