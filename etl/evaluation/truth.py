"""What predictions are scored against: the selected events, and the videos they are in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from etl.errors import QueryError
from etl.schema import UNASSIGNED
from etl.warehouse.selection import Selection, select_events

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Truth", "load_training", "load_truth"]

VIDEOS = f"""
    select
        videos.video_id, videos.template_id, templates.template, coalesce(splits.split, '{UNASSIGNED}') as split,
        videos.width, videos.height, videos.frame_count, videos.frame_rate, counts.events,
        (select max(point_x) + 1 from events) as reach_x, (select max(point_y) + 1 from events) as reach_y
    from videos
    inner join templates on videos.template_id = templates.template_id
    left join splits on videos.video_id = splits.video_id
    left join (select video_id, count(*) as events from events group by video_id) as counts
        on videos.video_id = counts.video_id
    order by videos.rowid
"""


@dataclass(frozen=True)
class Truth:
    """The events to find.

    `events` are the selected ones in the warehouse's order, with the columns of `select_events` and `score` 1.
    `videos` are the videos that are scored, one row each: video_id, template_id, template, split, width, height,
    frame_count, frame_rate (these four null where not decoded), events (how many the video has in all), reach_x and
    reach_y (the size in pixels that holds every annotated point of the warehouse).
    `known_videos` are all videos of the warehouse, in the same form. `unselected` counts the events of the scored
    videos that the selection leaves out.
    """

    events: pl.DataFrame
    videos: pl.DataFrame
    known_videos: pl.DataFrame
    unselected: int


def load_truth(warehouse: Warehouse, selection: Selection) -> Truth:
    """Return the selected events and their videos.

    A condition on action or agent chooses events, not videos: a video without the action is still one in which a
    prediction of it is wrong.

    Raises QueryError where nothing is selected, or the selection is at fault.
    """
    events = _events(warehouse, selection)
    if not len(events):
        raise QueryError("the selection holds no events, so there is nothing to score against")
    scored = _events(warehouse, replace(selection, actions=(), agents=()))["video_id"].unique()
    known = warehouse.query(VIDEOS).pl()
    videos = known.filter(pl.col("video_id").is_in(scored.implode()))
    return Truth(events, videos, known, unselected=int(videos["events"].sum()) - len(events))


def load_training(warehouse: Warehouse) -> pl.DataFrame:
    """Return the events of the split train, on which the template prior is fitted; in the form of `Truth.events`."""
    return _events(warehouse, Selection(splits=("train",)))


def _events(warehouse: Warehouse, selection: Selection) -> pl.DataFrame:
    table = pl.DataFrame(select_events(warehouse, selection))
    return table.with_columns(score=pl.lit(1.0))
