"""The measure spot against E2E-Spot's scorer, by its rule read aloud, on the files that it would be given."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

import plain
import pytest
from datasets import dataset, write
from datasets import event as published
from evaluating import value
from exports import built_in_memory, decode_all, exported, warehouse_of

import etl
from etl.evaluation.detection import FRAME_TOLERANCES
from etl.schema import ACTIONS, AGENTS
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection

FILES = {"train": "train.json", "validation": "val.json", "test": "test.json"}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Videos whose events are published in no order; some share a frame."""
    random = Random(1)
    folder = tmp_path_factory.mktemp("spot")
    videos = {
        str(number): [published(random.choice(ACTIONS), random.choice(AGENTS), random.randrange(16)) for _ in range(5)]
        for number in range(1, 31)
    }
    ids = list(videos)
    parts: dict[str, Any] = {split: ids[n::3] for n, split in enumerate(FILES)}
    database = built_in_memory(write(folder / "metadata", dataset(videos, **parts)), folder / "warehouse")
    decode_all(database)
    return warehouse_of(database)


def predicted(videos: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Up to three predictions an event, with few different scores, and in places midway between two events."""
    random = Random(seed)
    found = []
    for video in videos:
        events = []
        for event in video["events"]:
            for _ in range(random.randint(0, 3)):
                frame = random.choice([event["frame"], sum(random.choice(video["events"])["frame"] for _ in "ab") // 2])
                score = random.choice([0.25, 0.5, 0.75])
                events.append({"label": event["label"], "frame": max(0, frame + random.randint(-3, 3)), "score": score})
        found.append({"video": video["video"], "events": events, "fps": video["fps"]})
    return found


@pytest.mark.parametrize("split", FILES)
@pytest.mark.parametrize("by", ["action", "action-agent"])
def test_spot_is_the_score_of_e2e_spots_rule_with_ties_to_the_last_digit(
    warehouse: Warehouse, tmp_path: Path, split: str, by: str
):
    made = exported(warehouse, "e2e-spot", tmp_path / "out", Selection(splits=(split,)), by=by)
    videos = json.loads((tmp_path / "out" / FILES[split]).read_bytes())
    lost = [f"('{video_id}', {index})" for keys in made.account.left_out.values() for video_id, index in keys]
    held = f"(video_id, event_index) not in ({', '.join(lost)})" if lost else ""  # what its format can hold
    truth: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for video in videos:
        for event in video["events"]:
            truth[event["label"].partition("_")[0]][video["video"]].append(event["frame"])
    assert any(len(frames) > 1 for label in truth.values() for frames in label.values())
    for seed in range(3):
        given = predicted(videos, seed)
        with gzip.open(tmp_path / "pred.recall.json.gz", "wt") as file:
            json.dump(given, file)
        found = etl.evaluate(
            warehouse,
            tmp_path / "pred.recall.json.gz",
            selection=Selection(splits=(split,), where=held),
            measures=["spot"],
            resamples=0,
        )
        for label, frames in truth.items():
            mine = [
                (video["video"], event["frame"], event["score"])
                for video in given
                for event in video["events"]
                if event["label"].partition("_")[0] == label
            ]
            for tolerance in FRAME_TOLERANCES:
                expected = 100 * plain.average_precision(mine, frames, tolerance)
                assert value(found, "spot", "AP", tolerance, label=label) == expected
