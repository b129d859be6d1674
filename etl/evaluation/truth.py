"""What predictions are scored against: the selected events, and the videos they are in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from etl.errors import QueryError
from etl.warehouse.selection import Selection, select_events

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Truth", "load_truth"]


@dataclass(frozen=True)
class Truth:
    """The events to find.

    `events` are the selected ones in the warehouse's order, with the columns of `select_events` and `score` 1.
    `videos` are the videos that are scored, one row each: video_id, template_id, template, split, width, height,
    frame_count (these three null if not decoded), events (how many the video has in all), reach_x and reach_y (the
    size in pixels that holds every annotated point of the warehouse).
    `known_videos` and `known_events` are all of the warehouse's, in the same form. `frame_times` are the known times of
    the scored videos' frames: video_id, frame_number, time_s. `unselected` counts the events of the scored videos that
    the selection leaves out.
    """

    events: pl.DataFrame
    videos: pl.DataFrame
    known_videos: pl.DataFrame
    known_events: pl.DataFrame
    frame_times: pl.DataFrame
    unselected: int

    @property
    def training(self) -> pl.DataFrame:
        """The events of the split train, on which the template prior is fitted."""
        return self.known_events.filter(pl.col("split") == "train")


def load_truth(warehouse: Warehouse, selection: Selection) -> Truth:
    """Return the selected events and their videos.

    A condition on action or agent selects events, not videos: in a video without the action, a prediction of it is
    still wrong.

    Raises QueryError if nothing is selected, or the selection is wrong.
    """
    events = _events(warehouse, selection)
    if not len(events):
        raise QueryError("the selection holds no events, so there is nothing to score against")
    of_videos = replace(selection, actions=(), agents=())
    scored = events if of_videos == selection else _events(warehouse, of_videos)
    known_events = events if selection == Selection() else _events(warehouse, Selection())
    known_videos = _videos(warehouse, known_events)
    is_scored = pl.col("video_id").is_in(scored["video_id"].unique().implode())
    videos = known_videos.filter(is_scored)
    times = warehouse.query("select video_id, frame_number, time_s from frame_index where time_s is not null").pl()
    return Truth(
        events=events,
        videos=videos,
        known_videos=known_videos,
        known_events=known_events,
        frame_times=times.filter(is_scored),
        unselected=int(videos["events"].sum()) - len(events),
    )


def _videos(warehouse: Warehouse, events: pl.DataFrame) -> pl.DataFrame:
    """Return all videos of the warehouse in its order, in the form of `Truth.videos`."""
    order: pl.DataFrame = warehouse.query("select video_id from videos order by rowid").pl()
    facts = warehouse.query("from video_overview").pl()
    columns = ("video_id", "template_id", "template", "split", "width", "height", "frame_count", "events")
    reach = {f"reach_{axis}": pl.lit(events[f"point_{axis}"].max() + 1) for axis in "xy"}  # type: ignore[operator]
    videos = order.join(facts.select(columns), on="video_id", how="left", maintain_order="left")
    return videos.with_columns(pl.col("events").cast(pl.Int64), **reach)


def _events(warehouse: Warehouse, selection: Selection) -> pl.DataFrame:
    table = pl.DataFrame(select_events(warehouse, selection))
    return table.with_columns(score=pl.lit(1.0))
