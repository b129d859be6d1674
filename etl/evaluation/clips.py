"""Clips that questions were asked about: the paper's, and those of exported questions."""

from __future__ import annotations

import polars as pl

from etl.dataset.paper_clips import PAPER_CLIP_FRAMES, paper_clips

__all__ = ["CLIP_FRAMES", "NO_CLIPS", "paper_clip_table", "with_events", "with_points"]

# The length of the paper's clips, and of the exported ones, which are cut in the same way.
CLIP_FRAMES = PAPER_CLIP_FRAMES

KEY = ("video_id", "start_frame", "action")
NO_CLIPS = pl.DataFrame(
    schema={
        "position": pl.Int64,
        "video_id": pl.String,
        "start_frame": pl.Int64,
        "action": pl.String,
        "event_frame": pl.Int64,
        "event_index": pl.Int64,
        "is_when": pl.Boolean,
        "is_where": pl.Boolean,
    }
)


def paper_clip_table() -> pl.DataFrame:
    """Return the paper's clips in their order: position, name (VIDEO_CLIP), video_id, start_frame, event_frame, action.

    Frames are 0-based numbers in the whole video.
    """
    table = pl.DataFrame(
        paper_clips(), orient="row", schema=["video_id", "number", "start_frame", "event_frame", "action"]
    )
    return table.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("position"),
        (pl.col("video_id") + "_" + pl.col("number").cast(pl.String)).alias("name"),
        *("video_id", "start_frame", "event_frame", "action"),
    )


def with_events(clips: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return clips (video_id, start_frame, action or null) with the event that is asked for, null if it is unsure.

    The event is the paper's if the clip is one of them, else the only one among `events` on the clip's frames, of the
    given action if there is one. Adds event_frame, event_index (null for the paper's), and fills action.
    """
    clips = clips.with_row_index("key")
    paper = paper_clip_table().select("video_id", "start_frame", "action", "event_frame")
    printed = clips.select("key", "video_id", "start_frame", said="action").join(
        paper.unique(["video_id", "start_frame"], keep="none"), on=["video_id", "start_frame"]
    )
    printed = printed.filter(pl.col("said").is_null() | (pl.col("said") == pl.col("action")))
    offset = pl.col("frame_number") - pl.col("start_frame")
    there = clips.select("key", "video_id", "start_frame", said="action").join(
        events.select("video_id", "action", "frame_number", "event_index"), on="video_id"
    )
    is_asked = pl.col("said").is_null() | (pl.col("said") == pl.col("action"))
    there = there.filter(offset.is_between(0, CLIP_FRAMES - 1) & is_asked).unique("key", keep="none")
    found = pl.concat(
        [
            printed.select(
                "key", "action", pl.col("event_frame").cast(pl.Int64), pl.lit(None, pl.Int64).alias("event_index")
            ),
            there.join(printed, on="key", how="anti")
            .select("key", "action", pl.col("frame_number", "event_index").cast(pl.Int64).name.keep())
            .rename({"frame_number": "event_frame"}),
        ]
    )
    return clips.drop("action").join(found, on="key", how="left", maintain_order="left").drop("key")


def with_points(clips: pl.DataFrame, events: pl.DataFrame, videos: pl.DataFrame) -> pl.DataFrame:
    """Return the clips whose event is among `events`, by video, frame and action, with its point.

    Columns: clip (the position), x, y, and width, height, reach_x and reach_y as in `Truth.known_videos`.
    """
    asked = clips.select(
        pl.col("position").alias("clip"), "video_id", pl.col("event_frame").cast(pl.Int64).alias("frame"), "action"
    )
    events = events.with_columns(frame=pl.col("frame_number").cast(pl.Int64))
    found = asked.join(events, on=["video_id", "frame", "action"], maintain_order="left_right")
    found = found.unique("clip", keep="first", maintain_order=True)
    sizes = ("width", "height", "reach_x", "reach_y")
    sized = found.join(videos.select("video_id", *sizes), on="video_id", how="left", maintain_order="left")
    return sized.select("clip", pl.col("point_x").alias("x"), pl.col("point_y").alias("y"), *sizes)
