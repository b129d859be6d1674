"""Functions of the lmms-eval task `contact_release`; the distances are in the coordinates of manifest.json."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
METRICS = ("when_exact", "when_frame_error", "where_distance", "unreadable")


def doc_to_visual(doc: dict[str, Any]) -> list[Any]:
    """Return the clip's frames as pictures."""
    from PIL import Image

    return [Image.open(path).convert("RGB") for path in doc["images"]]


def doc_to_text(doc: dict[str, Any]) -> str:
    """Return the question; lmms-eval puts the pictures before it."""
    return str(doc["question"])


def process_results(doc: dict[str, Any], results: Sequence[str]) -> dict[str, float | None]:
    """Score one answer: its first number, or two, count. What does not concern the question is None."""
    expected = [float(text) for text in NUMBER.findall(doc["answer"])]
    found = [float(text) for text in NUMBER.findall(results[0])][: len(expected)]
    scores: dict[str, float | None] = dict.fromkeys(METRICS)
    scores["unreadable"] = float(len(found) < len(expected))
    if scores["unreadable"]:
        scores["when_exact"] = 0.0 if doc["kind"] == "when" else None
    elif doc["kind"] == "when":
        scores["when_exact"] = float(found == expected)
        scores["when_frame_error"] = abs(found[0] - expected[0])
    else:
        scores["where_distance"] = math.dist(found, expected)
    return scores


def mean(values: Sequence[float | None]) -> float:
    """Return the mean of what was scored; NaN where nothing was."""
    scored = [value for value in values if value is not None]
    return sum(scored) / len(scored) if scored else math.nan
