"""Small annotation datasets for tests: made as Python values, written as the publisher's five files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Event = dict[str, Any]


def event(action: str = "contact", agent: str = "hand-object", frame: float = 5, x: float = 10, y: float = 20) -> Event:
    """Return one event as the publisher writes it."""
    return {"action": action, "agent": agent, "frameNumber": frame, "pointX": x, "pointY": y}


def dataset(
    videos: dict[str, list[Event]],
    templates: dict[str, list[str]] | None = None,
    **splits: list[str],
) -> dict[str, Any]:
    """Return the content of the five files by name; without `templates`, all videos share one."""
    return {
        "video_events_labels.json": videos,
        "template_to_video_ids_map.json": {"Doing something": list(videos)} if templates is None else templates,
        **{f"{split}_videos_ids_labeled.json": splits.get(split, []) for split in ("train", "validation", "test")},
    }


def write(folder: Path, content: dict[str, Any]) -> Path:
    """Write the files into `folder`, made if need be, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in content.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return folder


SMALL = dataset(
    {
        "20": [event("release", frame=9), event("contact", frame=4.0, x=11.0)],
        "100": [event("contact", "object-surface", 0), event("release", "object-object", 0)],
        "3": [event(frame=7), event(frame=7)],
    },
    {"Holding something": ["3", "20"], "Dropping something": ["100"], "Never done": []},
    train=["20"],
    test=["3"],
)


def change(path: Path, old: str, new: str) -> None:
    """Change the first place of a file at which `old` stands; every other byte stays."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
