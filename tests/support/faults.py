"""Known faults planted into labels, predictions by a noisy oracle, and how well suspects find the faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from given import empty_database, read_annotations

from etl.manifest import NO_MANIFEST
from etl.schema.facts import PICTURE_HEIGHT_PX
from etl.warehouse.open import Warehouse

__all__ = ["ALL_KINDS", "PLANTED", "SHOWN_BY_LABELS", "Annotations", "hits", "oracle", "plant", "recall"]

PLANTED = 484  # 2 % of the 24,222 events
SHOWN_BY_LABELS = ("exchanged", "doubled", "moved by 15..20", "jittered")
ALL_KINDS = (*SHOWN_BY_LABELS, "moved by 5..14", "flipped")
KEY = ["video_id", "event_index"]


class Annotations:
    """The annotation files of a folder; `warehouse` has them with other events."""

    def __init__(self, metadata: Path) -> None:
        self.tables = {
            name: pl.DataFrame(rows, schema=columns, orient="row")
            for name, (columns, rows) in read_annotations(metadata).items()
        }

    @property
    def events(self) -> pl.DataFrame:
        """The events as they are published."""
        return self.tables["events"]

    def warehouse(self, events: pl.DataFrame) -> Warehouse:
        """A warehouse in memory with these events."""
        database = empty_database()
        for name, table in (self.tables | {"events": events.drop("fault", strict=False)}).items():
            database.register("given_rows", table.to_arrow())
            database.execute(f"insert into {name} by name from given_rows")
        return Warehouse(Path("nowhere"), database, NO_MANIFEST)


def plant(events: pl.DataFrame, kinds: tuple[str, ...] = SHOWN_BY_LABELS, *, seed: int = 0) -> pl.DataFrame:
    """The events with PLANTED faults, as many of each kind; the column `fault` names the kind.

    A double is published after the other events of its video, at most 2 frames and 5 pixels along each axis away.
    """
    random = np.random.default_rng(seed)
    rows = events.with_columns(fault=pl.lit(None, pl.String)).to_dicts()
    last = dict(events.group_by("video_id").agg(pl.col("event_index").max()).iter_rows())
    for number, position in enumerate(random.choice(len(rows), PLANTED, replace=False)):
        row, kind = rows[position], kinds[number % len(kinds)]
        if kind == "doubled":
            last[row["video_id"]] += 1
            row = row | {"event_index": last[row["video_id"]]}
            rows.append(row)
            row["frame_number"] += int(random.integers(0, 3))
            for axis in ("point_x", "point_y"):
                row[axis] = max(0, row[axis] + int(random.integers(-5, 6)))
        elif kind == "exchanged":
            row["point_x"], row["point_y"] = row["point_y"], row["point_x"]
        elif kind == "flipped":
            row["action"] = {"contact": "release", "release": "contact"}[row["action"]]
        elif kind == "jittered":
            angle = random.uniform(0, 2 * np.pi)
            row["point_x"] = max(0, row["point_x"] + round(60 * np.cos(angle)))
            row["point_y"] = min(PICTURE_HEIGHT_PX - 1, max(0, row["point_y"] + round(60 * np.sin(angle))))
        else:
            least, most = map(int, kind.removeprefix("moved by ").split(".."))
            frames = int(random.integers(least, most + 1)) * int(random.choice([-1, 1]))
            row["frame_number"] += frames if row["frame_number"] + frames >= 0 else -frames
        row["fault"] = kind
    return pl.DataFrame(rows, schema=dict(events.schema) | {"fault": pl.String})


def oracle(events: pl.DataFrame, *, seed: int = 0) -> pl.DataFrame:
    """Predictions of every event: σ = 2 frames and 10 pixels along each axis, scores that say nothing."""
    random, count = np.random.default_rng(1_000 + seed), len(events)
    return events.select(
        "video_id",
        "action",
        frame=(pl.col("frame_number") + pl.Series(np.rint(random.normal(0, 2, count)).astype(int))).clip(0),
        x=pl.col("point_x") + pl.Series(random.normal(0, 10, count)),
        y=pl.col("point_y") + pl.Series(random.normal(0, 10, count)),
        score=pl.Series(random.uniform(0.5, 1, count)),
    )


def hits(ranked: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """The rows of a ranking, in its order, with the fault that was planted there, if any."""
    return ranked.select(KEY).join(planted.select(*KEY, "fault"), on=KEY, how="left", maintain_order="left")


def recall(found: pl.DataFrame, planted: pl.DataFrame) -> dict[str, float]:
    """The share of the faults of each kind that stand among the first PLANTED rows."""
    counts = dict(planted["fault"].drop_nulls().value_counts().iter_rows())
    first = dict(found.head(PLANTED)["fault"].drop_nulls().value_counts().iter_rows())
    return {kind: first.get(kind, 0) / count for kind, count in counts.items()}
