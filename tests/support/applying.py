"""What the tests of corrected annotation files share: an event's label, and what differs between two folders."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from etl.annotations.model import EVENTS_FILE
from etl.corrections.log import Decision, Label, append_decision


def events_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The events file of a folder, as its JSON says it."""
    events: dict[str, list[dict[str, Any]]] = json.loads((folder / EVENTS_FILE).read_bytes())
    return events


def label(event: dict[str, Any], **changes: Any) -> Label:
    """The label that an event of the file is, with changes."""
    named = {"frame_number": "frameNumber", "point_x": "pointX", "point_y": "pointY"}
    values = {key: int(event[theirs]) for key, theirs in named.items()}
    return Label(**({"action": event["action"], "agent": event["agent"]} | values | changes))


def decided(path: Path, *decisions: Decision) -> Path:
    """Write a corrections file."""
    for decision in decisions:
        append_decision(path, decision)
    return path


def moved(metadata: Path, video_id: str = "900001", by: int = 2) -> Decision:
    """The decision that moves the first event of a video by some frames."""
    event = events_of(metadata)[video_id][0]
    before = label(event)
    return Decision(video_id, 0, "move", before, label(event, frame_number=before.frame_number + by))


def changed_records(one: Path, other: Path) -> list[tuple[str, str]]:
    """The records in which two events files differ, before and after, as a diff record by record shows them."""
    texts = [re.split(r"(?=\{)", (folder / EVENTS_FILE).read_text()) for folder in (one, other)]
    return [pair for pair in zip(*texts, strict=True) if pair[0] != pair[1]]
