"""Corrections made in resized pictures come back as points of the original frame."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from exports import exported, write_frames

from etl.corrections import READERS, import_corrections
from etl.errors import AnnotationError
from etl.warehouse.open import Warehouse

SHAPES: list[dict[str, Any]] = [
    {"resize": (24, 24), "letterbox": True},
    {"resize": (17, 300)},
    {"resize": (400, 500), "letterbox": True},
]


@pytest.fixture(scope="module")
def frames(hostile: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_frames(hostile, tmp_path_factory.mktemp("frames"))


def handed_out(warehouse: Warehouse, name: str, frames: Path, folder: Path, shape: dict[str, Any]) -> tuple[Path, Path]:
    exported(warehouse, name, folder / "export", frames=frames, **shape)
    shutil.copytree(folder / "export", folder / "corrected")
    return folder / "export", folder / "corrected"


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", READERS)
def test_what_was_not_changed_makes_no_difference(
    hostile: Warehouse, frames: Path, tmp_path: Path, name: str, shape: dict[str, Any]
):
    export, corrected = handed_out(hostile, name, frames, tmp_path, shape)
    assert import_corrections(hostile, name, corrected, export, tmp_path / "out").differences == ()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_moved_point_comes_back_where_it_is_in_the_original_frame(
    hostile: Warehouse, frames: Path, tmp_path: Path, shape: dict[str, Any]
):
    export, corrected = handed_out(hostile, "coco", frames, tmp_path, shape)
    # The event at (50, 30) of 100 × 60 goes to (70, 12): where that is in the new picture, worked out anew.
    height, width = shape["resize"]
    across, down, left, top = width / 100, height / 60, 0, 0
    if shape.get("letterbox"):
        across = down = min(across, down)
        left, top = (width - round(100 * across)) // 2, (height - round(60 * down)) // 2
    path = corrected / "validation.json"
    content = json.loads(path.read_bytes())
    [note] = content["annotations"]
    note["keypoints"] = [(70 + 0.5) * across - 0.5 + left, (12 + 0.5) * down - 0.5 + top, 2]
    path.write_text(json.dumps(content))
    [found] = import_corrections(hostile, "coco", corrected, export, tmp_path / "out").differences
    assert found.before and found.before.point == (50, 30)
    assert found.after and found.after.point == (70, 12)


def test_the_edge_of_the_picture_is_its_last_pixel_and_black_is_no_place(
    hostile: Warehouse, frames: Path, tmp_path: Path
):
    export, corrected = handed_out(hostile, "coco", frames, tmp_path, {"resize": (100, 100), "letterbox": True})
    path = corrected / "validation.json"
    content = json.loads(path.read_bytes())
    content["annotations"][0]["keypoints"] = [100, 80, 2]
    path.write_text(json.dumps(content))
    [found] = import_corrections(hostile, "coco", corrected, export, tmp_path / "out").differences
    assert found.after and found.after.point == (99, 59)
    content["annotations"][0]["keypoints"] = [50, 10, 2]
    path.write_text(json.dumps(content))
    with pytest.raises(AnnotationError) as caught:
        import_corrections(hostile, "coco", corrected, export, tmp_path / "again")
    [problem] = caught.value.problems
    assert problem.expected == "a point in the picture, not in the black bars"
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("told", [{}, 5, {"height": "24", "width": 24, "letterbox": True}])
def test_a_manifest_that_does_not_say_how_is_refused(hostile: Warehouse, frames: Path, tmp_path: Path, told: Any):
    export, corrected = handed_out(hostile, "coco", frames, tmp_path, {"resize": (24, 24)})
    manifest = json.loads((export / "manifest.json").read_bytes())
    (export / "manifest.json").write_text(json.dumps({**manifest, "resized": told}))
    with pytest.raises(AnnotationError, match="resized"):
        import_corrections(hostile, "coco", corrected, export, tmp_path / "out")
