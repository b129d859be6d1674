"""The tables of the warehouse in memory, for answers in pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

IN_TIME = ["video_id", "frame_number", "event_index"]
AGENT_IN_TIME = ["video_id", "agent", "frame_number", "event_index"]
KINDS = ["action", "agent"]
FACTS = ["duration_s", "time_source"]
EVENT = ["video_id", "event_index", "action", "agent", "template", "split", "frame_number"]


class Tables:
    """The tables of a warehouse as data frames."""

    def __init__(self, warehouse: Path) -> None:
        read = {name: pd.read_parquet(warehouse / f"{name}.parquet") for name in ("events", "videos", "templates")}
        self.events, self.videos, self.templates = read["events"], read["videos"], read["templates"]
        self.splits = pd.read_parquet(warehouse / "splits.parquet")
        self.frame_index = pd.read_parquet(warehouse / "frame_index.parquet")


def video_labels(t: Tables) -> pd.DataFrame:
    labels = t.videos.merge(t.templates, on="template_id", how="left").merge(t.splits, on="video_id", how="left")
    labels["split"] = labels["split"].fillna("unassigned")
    return labels[["video_id", "template_id", "template", "split", "width", "height", "frame_count", *FACTS]]


def labelled(t: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.merge(video_labels(t)[["video_id", "template", "split", "time_source"]], on="video_id", how="left")


def counted(frame: pd.DataFrame) -> pd.DataFrame:
    """One column for each action and agent, 1 where the event is of it."""
    return frame.assign(
        events=1,
        contacts=(frame["action"] == "contact").astype("int64"),
        releases=(frame["action"] == "release").astype("int64"),
        hand_object_events=(frame["agent"] == "hand-object").astype("int64"),
        object_surface_events=(frame["agent"] == "object-surface").astype("int64"),
        object_object_events=(frame["agent"] == "object-object").astype("int64"),
    )


COUNTS = ["events", "contacts", "releases", "hand_object_events", "object_surface_events", "object_object_events"]
