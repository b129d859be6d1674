"""The sample's companion files: true by construction, in the published formats with their quirks."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner

from etl.cli import command_line
from etl.dataset.sample import sample_videos
from etl.dataset.sample.companions import BOXES_FILE, SSV2_FOLDER, companion_files
from etl.dataset.sample.rendering import SKIN, look_of, render_frame

VIDEOS = {video.video_id: video for video in sample_videos()}
FILES = companion_files()
BOXES = json.loads(FILES[BOXES_FILE])


def extent(mask: np.ndarray) -> tuple[int, int, int, int] | None:
    rows, columns = np.nonzero(mask)
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else None


@pytest.mark.parametrize("video_id", sorted(VIDEOS)[::6])
def test_the_boxes_lie_on_the_shapes_that_the_clip_shows(video_id: str):
    video = VIDEOS[video_id]
    for entry in BOXES[video_id][::7]:
        frame = int(entry["name"][-8:-4]) - 1
        pixels = np.asarray(render_frame(video, frame)).astype(int)
        corners: dict[str, list[Any]] = {label["standard_category"]: [] for label in entry["labels"]}
        for label in entry["labels"]:
            corners[label["standard_category"]].append(
                [round(label["box2d"][side]) for side in ("x1", "y1", "x2", "y2")]
            )
        seen = extent((pixels == look_of(video).box).all(axis=2))
        assert seen == tuple(corners["0000"][0]), (video_id, frame)
        skin = extent((pixels == SKIN).all(axis=2))
        hands = np.array(corners.get("hand", [])).reshape(-1, 4)
        union = (*hands[:, :2].min(axis=0), *hands[:, 2:].max(axis=0)) if len(hands) else None
        assert (skin is None) == (union is None)
        if skin is not None and union is not None:
            assert np.abs(np.subtract(skin, union)).max() <= 3, (video_id, frame)  # a finger's tip is round


def test_the_files_have_the_quirks_of_the_published_ones():
    train = json.loads(FILES[f"{SSV2_FOLDER}/something-something-v2-train.json"])
    validation = json.loads(FILES[f"{SSV2_FOLDER}/something-something-v2-validation.json"])
    objects = [text for row in train for text in row["placeholders"]]
    for sign in ("a ", ",", '"', ";"):
        assert any(sign in text for text in objects), sign
    assert any(
        text not in row["label"] or f"a {text}" in row["label"] for row in validation for text in row["placeholders"]
    )
    numbers = [
        value
        for entries in BOXES.values()
        for entry in entries
        for label in entry["labels"]
        for value in label["box2d"].values()
    ]
    assert {type(number) for number in numbers} == {int, float}
    assert any(number > math.floor(number) for number in numbers)
    lengths = {video_id: (len(entries), VIDEOS[video_id].scene.frame_count) for video_id, entries in BOXES.items()}
    assert any(found < frames for found, frames in lengths.values())


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("companions")
    built = CliRunner().invoke(command_line, ["build", "--sample", "--warehouse", str(folder / "w")])
    assert built.exit_code == 0, built.output
    return duckdb.connect(str(folder / "w" / "interactions.duckdb"), read_only=True)


def test_a_build_of_the_sample_takes_them_up(database: duckdb.DuckDBPyConnection):
    tables = ("ssv2_videos", "objects", "boxes")
    counts = [database.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables]
    names = [f"{SSV2_FOLDER}/something-something-v2-{split}.json" for split in ("train", "validation")]
    objects = sum(len(row["placeholders"]) for name in names for row in json.loads(FILES[name]))
    assert counts == [72, objects, sum(len(entry["labels"]) for entries in BOXES.values() for entry in entries)]


def test_every_point_in_its_objects_box_is_at_distance_0_and_all_distances_are_those_of_a_plain_computation(
    database: duckdb.DuckDBPyConnection,
):
    found = {
        row[:2]: row[2:]
        for row in database.execute(
            "select video_id, event_index, hand_distance_px, object_distance_px from event_boxes"
        ).fetchall()
    }
    expected = {}
    for video in VIDEOS.values():
        frames = {int(entry["name"][-8:-4]) - 1: entry["labels"] for entry in BOXES[video.video_id]}
        for index, event in enumerate(video.events):
            distances: dict[bool, list[float]] = {True: [], False: []}
            for label in frames.get(event.frame_number, []):
                box = label["box2d"]
                x = max(box["x1"] - event.point_x, 0, event.point_x - box["x2"])
                y = max(box["y1"] - event.point_y, 0, event.point_y - box["y2"])
                distances[label["standard_category"] == "hand"].append(math.hypot(x, y))
            if event.frame_number in frames:
                expected[video.video_id, index] = tuple(min(distances[key], default=None) for key in (True, False))
    assert found.keys() == expected.keys()
    for key, pair in expected.items():
        assert found[key] == pytest.approx(pair, abs=1e-9), key
        assert pair[1] == 0


def test_writing_them_twice_is_no_fault(tmp_path: Path):
    for _ in range(2):
        assert CliRunner().invoke(command_line, ["sample", str(tmp_path / "s")]).exit_code == 0
    again = CliRunner().invoke(
        command_line,
        [
            "build",
            str(tmp_path / "s"),
            "--ssv2",
            str(tmp_path / "s" / "ssv2"),
            "--boxes",
            str(tmp_path / "s" / BOXES_FILE),
            "--warehouse",
            str(tmp_path / "w"),
        ],
    )
    assert again.exit_code == 0, again.output
    assert "boxes" in again.stdout
