"""What `make_exports.py` wrote: the exports of each dataset, and the events that are to be found in them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["FIFTYONE_DO_NOT_TRACK"] = "1"

EXPORTS = Path(os.environ["INTEROP_EXPORTS"])
DATASETS = [name for name in ("hostile", "sample", "real") if (EXPORTS / name).is_dir()]
WITH_FRAMES = [name for name in DATASETS if name != "real"]
SPLITS = ("train", "validation", "test", "unassigned")
FRAME_FILE = re.compile(r"(?:.*/)?([^/]+)/frame_(\d{5})(?:\.jpg)?", re.DOTALL)
Row = tuple[str, str, str, int, int, int]


def expected(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


def rows_of(events: list[dict]) -> list[Row]:
    columns = ("video_id", "action", "agent", "frame_number", "point_x", "point_y")
    return sorted(tuple(event[column] for column in columns) for event in events)


def sizes_of(folder: Path) -> dict[str, tuple[int, int]]:
    return {event["video_id"]: (event["width"], event["height"]) for event in expected(folder)}


def labels(folder: Path, suffix: str = ".json") -> Iterator[Path]:
    return (path for path in sorted(folder.glob(f"*{suffix}")) if path.name not in ("manifest.json", "labels.json"))
