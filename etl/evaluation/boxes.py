"""Score predicted boxes on the paper's clips: against squares centred on the annotated point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.evaluation.detection import Score
from etl.paper import paper_clips

__all__ = ["SQUARE_SIDES", "box_scores", "clip_points", "intersection_over_union"]

Numbers = NDArray[np.float64]

# The paper's headline is the side of 120 px.
SQUARE_SIDES = tuple(range(20, 201, 20))


def clip_points(events: pl.DataFrame, videos: pl.DataFrame) -> pl.DataFrame:
    """Return the clips whose event is among `events`, by video, frame and action: clip, x, y, width, height (null)."""
    clips = pl.DataFrame(paper_clips(), orient="row", schema=["video_id", "number", "start", "frame_number", "action"])
    clips = clips.with_columns(
        clip=pl.int_range(pl.len(), dtype=pl.Int64), frame_number=pl.col("frame_number").cast(pl.Int32)
    )
    found = clips.join(events, on=["video_id", "frame_number", "action"], maintain_order="left_right")
    found = found.unique("clip", keep="first", maintain_order=True)
    sized = found.join(videos.select("video_id", "width", "height"), on="video_id", how="left", maintain_order="left")
    return sized.select("clip", pl.col("point_x").alias("x"), pl.col("point_y").alias("y"), "width", "height")


def box_scores(chosen: pl.DataFrame, points: pl.DataFrame) -> Iterator[Score]:
    """Yield mean IoU, the share of IoU of at least 0.5, and the share of boxes that hold the point, in percent.

    `chosen` has the chosen row of a clip with its box, `points` is of `clip_points`; a clip without a box scores 0.
    All again for boxes and squares cut off at the picture's edge, over the clips whose picture's size is known.
    """
    boxes = chosen.select("clip", "box_x", "box_y", "box_width", "box_height")
    table = points.join(boxes, on="clip", how="left", maintain_order="left")
    point = table.select("x", "y").cast(pl.Float64).to_numpy()
    given = table.select("box_x", "box_y", "box_width", "box_height").to_numpy().astype(np.float64)
    box = np.column_stack([given[:, :2], given[:, :2] + given[:, 2:]])

    is_inside = np.all((point >= box[:, :2]) & (point <= box[:, 2:]), axis=1)
    yield _share("point in box", float("nan"), is_inside)
    sized = table["width"].is_not_null().to_numpy()
    picture = table.select("width", "height").cast(pl.Float64).to_numpy()[sized]
    for side in SQUARE_SIDES:
        square = np.column_stack([point - side / 2, point + side / 2])
        yield from _overlap("", side, box, square)
        if len(picture):
            yield from _overlap(" clipped", side, _clipped(box[sized], picture), _clipped(square[sized], picture))


def intersection_over_union(first: Numbers, second: Numbers) -> Numbers:
    """Return the IoU of boxes given as left, top, right, bottom, row by row; 0 where one is NaN or empty."""
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=1)
    areas = [np.prod(np.maximum(box[:, 2:] - box[:, :2], 0), axis=1) for box in (first, second)]
    union = areas[0] + areas[1] - common
    return np.asarray(np.nan_to_num(np.divide(common, union, out=np.zeros_like(common), where=union > 0)))


def _overlap(suffix: str, side: int, box: Numbers, square: Numbers) -> Iterator[Score]:
    overlap = intersection_over_union(box, square)
    yield _share(f"mean IoU{suffix}", side, overlap)
    yield _share(f"IoU >= 0.5{suffix}", side, overlap >= 0.5)


def _clipped(box: Numbers, picture: Numbers) -> Numbers:
    return np.column_stack([np.clip(box[:, :2], 0, picture), np.clip(box[:, 2:], 0, picture)])


def _share(statistic: str, side: float, values: Numbers | NDArray[np.bool_]) -> Score:
    count = len(values)
    error = 100 * float(np.std(values, ddof=1)) / count**0.5 if count > 1 else float("nan")
    return Score(
        "paper", statistic, "all", float("nan"), side, 100 * float(np.mean(values)), count, standard_error=error
    )
