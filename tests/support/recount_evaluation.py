"""The views over an evaluation, counted anew in plain Python from their documentation."""

from __future__ import annotations

import math
from collections import Counter
from statistics import median
from typing import Any

from recount_world import Rows, grouped

TOLERANCES = (0, 1, 2, 4)
Tables = dict[str, Rows]


def _counted(tables: Tables, name: str, value: Any) -> Rows:
    """How often each value other than None occurs among a file's events of an action, by the tolerance of 4 frames."""
    keys = [
        (row["predictions"], row["action"], value(row))
        for row in tables["event_matches"]
        if row["tolerance_frames"] == 4 and value(row) is not None
    ]
    whole = Counter(key[:2] for key in keys)
    return [
        {"predictions": file, "action": action, name: step, "events": n, "share": n / whole[file, action]}
        for (file, action, step), n in Counter(keys).items()
    ]


def frame_error_counts(tables: Tables) -> Rows:
    return _counted(tables, "frame_error", lambda row: row["frame_error"] if row["is_found"] else None)


def pixel_error_counts(tables: Tables) -> Rows:
    return _counted(
        tables, "from_px", lambda row: None if row["px_error"] is None else 10 * math.floor(row["px_error"] / 10)
    )


def precision_recall(tables: Tables) -> Rows:
    rows = []
    ranked = sorted(tables["prediction_matches"], key=lambda row: (-row["score"], row["row"]))
    for (file, action), listed in grouped(ranked, lambda row: (row["predictions"], row["action"])).items():
        for frames in TOLERANCES:
            kind = (file, action, frames)
            events = sum(
                (row["predictions"], row["action"], row["tolerance_frames"]) == kind for row in tables["event_matches"]
            )
            places = [n for n, row in enumerate(listed, 1) if row[f"event_index_within_{frames}"] is not None]
            precisions = [100 * found / place for found, place in enumerate(places, 1)]
            for found in range(1, len(places) + 1) if events else ():
                row = dict(zip(("predictions", "action", "tolerance_frames"), kind, strict=True))
                row |= {"found": found, "recall": 100 * found / events, "precision": max(precisions[found - 1 :])}
                rows.append(row)
    return rows


def score_by_tolerance(tables: Tables) -> Rows:
    found = set()
    for row in tables["scores"]:
        if row["class"] != "all" or row["statistic"] != "mAP" or row["measure"] not in ("spot", "strict", "touch"):
            continue
        series = {row["predictions"]: row["value"]}
        series |= {name.replace("_", " "): row[name] for name in ("ceiling", "uniform", "constant", "template_prior")}
        place = row["measure"], int(row["tolerance_frames"])
        found |= {(*place, name, value) for name, value in series.items() if value is not None}
    return [dict(zip(("measure", "tolerance_frames", "series", "map"), row, strict=True)) for row in found]


def template_failures(tables: Tables) -> Rows:
    names = ("predictions", "template", "tolerance_frames")
    rows = []
    for key, listed in grouped(tables["event_matches"], lambda row: tuple(row[name] for name in names)).items():
        errors = [abs(row["frame_error"]) for row in listed if row["is_found"]]
        counts = {"events": len(listed), "found": len(errors), "recall": 100 * len(errors) / len(listed)}
        middle = float(median(errors)) if errors else None
        rows.append(dict(zip(names, key, strict=True)) | counts | {"median_error_frames": middle})
    return rows


def video_failures(tables: Tables) -> Rows:
    alarms = Counter(
        (row["predictions"], row["video_id"])
        for row in tables["prediction_matches"]
        if row["event_index_within_4"] is None
    )
    names = ("predictions", "video_id", "template", "split")
    widest = [row for row in tables["event_matches"] if row["tolerance_frames"] == 4]
    rows = []
    for key, listed in grouped(widest, lambda row: tuple(row[name] for name in names)).items():
        counts = {"events": len(listed), "missed": sum(not row["is_found"] for row in listed)}
        rows.append(dict(zip(names, key, strict=True)) | counts | {"false_alarms": alarms[key[:2]]})
    return rows


VIEWS = {
    view.__name__: view
    for view in (
        frame_error_counts, pixel_error_counts, precision_recall, score_by_tolerance, template_failures, video_failures,
    )
}  # fmt: skip
