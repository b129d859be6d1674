"""Exports with resized pictures: a mark that is drawn on the frames and the exported point stay together."""

from __future__ import annotations

import hashlib
import json
import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from datasets import dataset, event, write
from exports import built_in_memory, decode_all, exported, warehouse_of
from PIL import Image

import etl
from etl.errors import OptionError
from etl.export.format import Options
from etl.export.resizing import ResizedSource
from etl.export.write import FORMATS
from etl.warehouse.events import Source
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection

WIDTH, HEIGHT = 427, 240
MARKED = dataset(
    {
        "1": [event("contact", "hand-object", 2, 31, 17), event("release", "hand-object", 5, 400, 222)],
        "2": [event("contact", "object-object", 0, 213, 120), event("release", "object-surface", 3, 90, 200)],
    },
    train=["1"],
    test=["2"],
)
SHAPES: list[dict[str, Any]] = [
    {"resize": (224, 224), "letterbox": True},
    {"resize": (112, 300)},
    {"resize": (480, 700), "letterbox": True},
]
Found = Iterator[tuple[bytes, tuple[float, float]]]  # a picture, and the point that is said to be in it


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Two videos; each event's frame is black but for a white disc at its point, the others are black."""
    folder = tmp_path_factory.mktemp("marked")
    database = built_in_memory(write(folder / "metadata", MARKED), folder / "warehouse")
    decode_all(database, WIDTH, HEIGHT)
    events = database.execute("select video_id, frame_number, point_x, point_y from events").fetchall()
    points = {(video_id, number): (x, y) for video_id, number, x, y in events}
    for video_id, number in database.execute("select video_id, frame_number from frame_index").fetchall():
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        if (video_id, number) in points:
            cv2.circle(picture, points[video_id, number], 9, (255, 255, 255), -1)
        content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
        path = folder / "frames" / video_id / f"frame_{number:05d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        row = [len(content), hashlib.sha256(content).hexdigest(), video_id, number]
        record = "update frame_index set size_bytes = ?, sha256 = ? where video_id = ? and frame_number = ?"
        database.execute(record, row)
    warehouse = warehouse_of(database)
    warehouse.frames_of_test = folder / "frames"  # type: ignore[attr-defined]
    return warehouse


def frames_of(warehouse: Warehouse) -> Path:
    frames: Path = warehouse.frames_of_test  # type: ignore[attr-defined]
    return frames


def centre(jpeg: bytes) -> tuple[float, float]:
    """The middle of what is bright in a picture: x, y."""
    picture: Any = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    rows, columns = np.nonzero(picture > 127)
    return float(columns.mean()), float(rows.mean())


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def in_coco(folder: Path) -> Found:
    for path in (folder / "train.json", folder / "test.json"):
        content = json.loads(path.read_bytes())
        images = {image["id"]: image for image in content["images"]}
        for note in content["annotations"]:
            x, y, _ = note["keypoints"]
            yield (folder / "images" / images[note["image_id"]]["file_name"]).read_bytes(), (x, y)


def in_huggingface(folder: Path) -> Found:
    for path in sorted((folder / "data").iterdir()):
        for row in pq.read_table(path).to_pylist():
            yield row["image"]["bytes"], (row["point_x"], row["point_y"])


def in_label_studio(folder: Path) -> Found:
    for path in (folder / "train.json", folder / "test.json"):
        for task in json.loads(path.read_bytes()):
            for result in task["annotations"][0]["result"]:
                if result["type"] == "keypointlabels":
                    sides = result["original_width"], result["original_height"]
                    x, y = (result["value"][axis] * side / 100 for axis, side in zip("xy", sides, strict=True))
                    yield (folder / unquote(task["data"]["image"].split("?d=")[1])).read_bytes(), (x, y)


def in_cvat(folder: Path) -> Found:
    assert not (folder / "videos").exists()
    for path in sorted((folder / "images").glob("*.xml")):
        for image in ET.parse(path).getroot().findall("image"):
            [points] = image.findall("points")
            x, y = points.get("points", "").split(",")
            yield (folder / "images" / "images" / image.get("name", "")).read_bytes(), (float(x), float(y))


def in_fiftyone(folder: Path) -> Found:
    for sample in json.loads((folder / "samples.json").read_bytes())["samples"]:
        [keypoint] = sample["events"]["keypoints"]
        width, height = size_of(folder / sample["filepath"])
        [(x, y)] = keypoint["points"]
        yield (folder / sample["filepath"]).read_bytes(), (x * width, y * height)


def in_mmaction2(folder: Path) -> Found:
    for line in (folder / "events.jsonl").read_text().splitlines():
        row = json.loads(line)
        path = folder / "frames" / row["video_id"] / f"frame_{row['frame_number']:05d}.jpg"
        yield path.read_bytes(), (row["point_x"], row["point_y"])


def in_webdataset(folder: Path) -> Found:
    for path in sorted(folder.glob("*.tar")):
        with tarfile.open(path) as archive:
            files = {member.name: archive.extractfile(member).read() for member in archive}
        for name, content in files.items():
            if name.endswith(".json"):
                for row in json.loads(content)["events"]:
                    jpeg = files[f"{name.removesuffix('json')}frame_{row['frame_number']:05d}.jpg"]
                    yield jpeg, (row["point_x"], row["point_y"])


READERS = {
    "coco": in_coco,
    "huggingface": in_huggingface,
    "label-studio": in_label_studio,
    "cvat": in_cvat,
    "fiftyone": in_fiftyone,
    "mmaction2": in_mmaction2,
    "webdataset": in_webdataset,
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", READERS)
def test_the_mark_on_a_resized_picture_is_where_the_export_says(
    marked: Warehouse, tmp_path: Path, name: str, shape: dict[str, Any]
):
    made = exported(marked, name, tmp_path / "out", frames=frames_of(marked), **shape)
    found = list(READERS[name](tmp_path / "out"))
    assert len(found) == made.account.written == 4
    for jpeg, point in found:
        picture: Any = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture.shape[:2] == shape["resize"]
        assert point == pytest.approx(centre(jpeg), abs=0.5)
    told = made.manifest["resized"]
    assert (told["height"], told["width"]) == shape["resize"] and told["letterbox"] is shape.get("letterbox", False)
    assert "original" not in str(made.manifest["coordinates"])
    assert made.manifest["links_to_frames"] == 0


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_clips_of_resized_frames_have_the_targets_of_clips_that_are_resized(
    marked: Warehouse, tmp_path: Path, shape: dict[str, Any]
):
    exported(marked, "webdataset", tmp_path / "out", frames=frames_of(marked), window=4, **shape)
    for split in ("train", "test"):
        options: dict[str, Any] = {"split": split, "target": ["heatmap", "points", "soft"]}
        clips = list(etl.ClipShards(tmp_path / "out", shuffle=False, **options))
        expected = etl.EventClips(
            marked, frames_of(marked), window=4, size=shape["resize"], letterbox="letterbox" in shape, **options
        )
        assert len(clips) == 2
        assert all(clip.contains for clip in clips)
        for clip, other in zip(clips, expected, strict=True):
            assert np.abs(clip.frames.astype(int) - other.frames).mean() < 1  # encoded once more
            assert (clip.targets["soft"] == other.targets["soft"]).all()
            assert clip.targets["points"] == pytest.approx(other.targets["points"], abs=1e-3)
            for inside in clip.contains:
                bell = clip.targets["heatmap"][inside.position, inside.label]
                y, x = np.unravel_index(bell.argmax(), bell.shape)
                rows, columns = np.nonzero(clip.frames[inside.position, ..., 0] > 127)
                assert (x, y) == pytest.approx((columns.mean(), rows.mean()), abs=1)


def test_every_format_with_frames_can_resize_them_and_no_other_takes_the_option(marked: Warehouse, tmp_path: Path):
    for name, kind in FORMATS.items():
        options: dict[str, Any] = {"frames": frames_of(marked), "resize": (64, 64)}
        if "frames" not in kind.takes:
            with pytest.raises(OptionError, match="means nothing to the format"):
                etl.export(marked, name, tmp_path / name, **options)
        elif name != "lmm-qa":
            made = etl.export(marked, name, tmp_path / name, **options)
            assert made.manifest["options"]["resize"] == [64, 64]


def test_pictures_without_points_are_resized_too(marked: Warehouse, tmp_path: Path):
    exported(marked, "e2e-spot", tmp_path / "out", frames=frames_of(marked), resize=(64, 96))
    pictures = list((tmp_path / "out" / "frames").rglob("*.jpg"))
    assert len(pictures) == 9 + 7 and set(map(size_of, pictures)) == {(96, 64)}
    [entry] = json.loads((tmp_path / "out" / "train.json").read_bytes())
    assert (entry["width"], entry["height"]) == (96, 64)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"letterbox": True}, "give their size, too, with --resize"),
        ({"resize": (64, 64)}, "give them with --frames DIR"),
        ({"resize": (64, 64), "frames": "f", "link": "hard"}, "to which --link does not apply"),
        ({"resize": (8, 64), "frames": "f"}, "expected a height and a width from 16 to 4096 px"),
    ],
)
def test_options_of_resizing_that_mean_nothing_are_refused(
    marked: Warehouse, tmp_path: Path, options: dict[str, Any], message: str
):
    with pytest.raises(OptionError, match=message):
        etl.export(marked, "coco", tmp_path / "out", **options)


@pytest.mark.parametrize("options", [{"coordinates": "px"}, {"coordinates": "norm01", "letterbox": True}])
def test_questions_whose_answers_could_not_be_scored_are_refused(
    marked: Warehouse, tmp_path: Path, options: dict[str, Any]
):
    with pytest.raises(OptionError, match="answers are scored in the original frame"):
        etl.export(marked, "lmm-qa", tmp_path / "out", frames=frames_of(marked), resize=(64, 64), **options)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        # 427 x 240 into 300 x 112: each axis by its own scale.
        ({"resize": (112, 300)}, (10 * 300 / 427, 20 * 112 / 240, 110 * 300 / 427, 220 * 112 / 240)),
        # Into 224 x 224 as 224 x 126, with 49 black rows above.
        (
            {"resize": (224, 224), "letterbox": True},
            (10 * 224 / 427, 20 * 126 / 240 + 49, 110 * 224 / 427, 220 * 126 / 240 + 49),
        ),
    ],
)
def test_the_edges_of_a_box_move_by_the_picture_s_scales(
    marked: Warehouse, shape: dict[str, Any], expected: tuple[float, ...]
):
    source = ResizedSource(Source(marked, Selection()), Options(**shape))
    box = source.box({"video_id": "1", "frame_number": 0, "x1": 10.0, "y1": 20.0, "x2": 110.0, "y2": 220.0})
    assert [box[edge] for edge in ("x1", "y1", "x2", "y2")] == pytest.approx(expected, abs=1e-3)
    assert (box["video_id"], box["frame_number"]) == ("1", 0)
