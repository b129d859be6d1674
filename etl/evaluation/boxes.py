"""Score predicted boxes on the paper's clips: against squares centred on the annotated point, beside baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.dataset.paper_clips import paper_clips
from etl.evaluation.detection import Score

__all__ = ["SQUARE_SIDES", "box_baselines", "box_scores", "clip_points", "intersection_over_union"]

Numbers = NDArray[np.float64]
Weights = NDArray[np.float32]

SQUARE_SIDES = tuple(range(20, 201, 20))
HEADLINE_SIDE = 120
SEED = 0


def clip_points(events: pl.DataFrame, videos: pl.DataFrame) -> pl.DataFrame:
    """Return the clips whose event is among `events`, by video, frame and action.

    Columns: clip, x, y, width and height (null where not decoded), reach_x and reach_y as in `Truth.known_videos`.
    """
    clips = pl.DataFrame(paper_clips(), orient="row", schema=["video_id", "number", "start", "frame_number", "action"])
    clips = clips.with_columns(
        clip=pl.int_range(pl.len(), dtype=pl.Int64), frame_number=pl.col("frame_number").cast(pl.Int32)
    )
    found = clips.join(events, on=["video_id", "frame_number", "action"], maintain_order="left_right")
    found = found.unique("clip", keep="first", maintain_order=True)
    sizes = ("width", "height", "reach_x", "reach_y")
    sized = found.join(videos.select("video_id", *sizes), on="video_id", how="left", maintain_order="left")
    return sized.select("clip", pl.col("point_x").alias("x"), pl.col("point_y").alias("y"), *sizes)


def box_scores(chosen: pl.DataFrame, points: pl.DataFrame, weights: Weights | None = None) -> Iterator[Score]:
    """Yield mean IoU, the share of IoU of at least 0.5, and the share of boxes that hold the point, in percent.

    `chosen` has the chosen row of a clip with its box, `points` is of `clip_points`; a clip without a box scores 0.
    All again for boxes and squares cut off at the picture's edge, over the clips whose picture's size is known.
    `weights` (all clips × resamples) asks for the resamples, too.
    """
    boxes = chosen.select("clip", "box_x", "box_y", "box_width", "box_height")
    table = points.join(boxes, on="clip", how="left", maintain_order="left")
    given = table.select("box_x", "box_y", "box_width", "box_height").to_numpy().astype(np.float64)
    box = np.column_stack([given[:, :2], given[:, :2] + given[:, 2:]])
    yield from _held_against_squares(lambda side: box, points, weights)


def box_baselines(points: pl.DataFrame) -> dict[str, list[Score]]:
    """Return the same scores of squares of the same side (where a box holds the point, of the headline's).

    Their centre is the point itself, one drawn evenly in the picture with a fixed seed, or the median point.
    """
    point = points.select("x", "y").cast(pl.Float64).to_numpy()
    size = points.select(pl.coalesce("width", "reach_x"), pl.coalesce("height", "reach_y")).to_numpy()
    centres = {
        "ceiling": point,
        "uniform": np.random.default_rng(SEED).random(point.shape) * size,
        "constant": np.broadcast_to(np.median(point, axis=0), point.shape),
    }
    return {name: list(_held_against_squares(partial(_square, centre), points)) for name, centre in centres.items()}


def _held_against_squares(
    boxes: Callable[[int], Numbers], points: pl.DataFrame, weights: Weights | None = None
) -> Iterator[Score]:
    """Yield the scores of boxes, which may depend on the side of the square that they are held against."""
    point = points.select("x", "y").cast(pl.Float64).to_numpy()
    drawn = None if weights is None else weights[points["clip"].to_numpy()]
    sized = points["width"].is_not_null().to_numpy()
    drawn_sized = None if drawn is None else drawn[sized]
    picture = points.select("width", "height").cast(pl.Float64).to_numpy()[sized]

    box = boxes(HEADLINE_SIDE)
    is_inside = np.all((point >= box[:, :2]) & (point <= box[:, 2:]), axis=1)
    yield _share("point in box", float("nan"), is_inside, drawn)
    for side in SQUARE_SIDES:
        box, square = boxes(side), _square(point, side)
        yield from _overlap("", side, box, square, drawn)
        if len(picture):
            cut, cut_square = _clipped(box[sized], picture), _clipped(square[sized], picture)
            yield from _overlap(" clipped", side, cut, cut_square, drawn_sized)


def _square(centre: Numbers, side: int) -> Numbers:
    return np.column_stack([centre - side / 2, centre + side / 2])


def intersection_over_union(first: Numbers, second: Numbers) -> Numbers:
    """Return the IoU of boxes given as left, top, right, bottom, row by row; 0 where one is NaN or empty."""
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=1)
    areas = [np.prod(np.maximum(box[:, 2:] - box[:, :2], 0), axis=1) for box in (first, second)]
    union = areas[0] + areas[1] - common
    return np.asarray(np.nan_to_num(np.divide(common, union, out=np.zeros_like(common), where=union > 0)))


def _overlap(suffix: str, side: int, box: Numbers, square: Numbers, weights: Weights | None) -> Iterator[Score]:
    overlap = intersection_over_union(box, square)
    yield _share(f"mean IoU{suffix}", side, overlap, weights)
    yield _share(f"IoU >= 0.5{suffix}", side, overlap >= 0.5, weights)


def _clipped(box: Numbers, picture: Numbers) -> Numbers:
    return np.column_stack([np.clip(box[:, :2], 0, picture), np.clip(box[:, 2:], 0, picture)])


def _share(statistic: str, side: float, values: Numbers | NDArray[np.bool_], weights: Weights | None) -> Score:
    values = values.astype(np.float64)
    count = len(values)
    error = 100 * float(np.std(values, ddof=1)) / count**0.5 if count > 1 else float("nan")
    resamples = None
    if weights is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            resamples = 100 * (values @ weights) / weights.sum(axis=0)
    return Score("paper", statistic, "all", float("nan"), side, 100 * float(np.mean(values)), count, resamples, error)
