"""Score predicted boxes on clips, against squares centred on the annotated point, with baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from etl.evaluation.places import baseline_centres, mean_over_draws, points_of
from etl.evaluation.score import Numbers, Score, Weights, mean_score

__all__ = ["SQUARE_SIDES", "box_baselines", "box_scores", "intersection_over_union"]

SQUARE_SIDES = tuple(range(20, 201, 20))
HEADLINE_SIDE = 120


def box_scores(
    measure: str, chosen: pl.DataFrame, points: pl.DataFrame, weights: Weights | None = None
) -> Iterator[Score]:
    """Yield mean IoU, the share of IoU of at least 0.5, and the share of boxes that hold the point, in percent.

    `chosen` has the chosen row of a clip with its box, `points` is from `clips.with_points`; a clip without a box
    scores 0. The same follows for boxes and squares clipped to the picture, over the clips of known picture size.
    `weights` (clips of `points` × resamples) asks for the resamples, too.
    """
    boxes = chosen.select("clip", "box_x", "box_y", "box_width", "box_height")
    table = points.join(boxes, on="clip", how="left", maintain_order="left")
    given = table.select("box_x", "box_y", "box_width", "box_height").to_numpy().astype(np.float64)
    box = np.column_stack([given[:, :2], given[:, :2] + given[:, 2:]])
    yield from _against_squares(measure, lambda side: box, points, weights)


def box_baselines(measure: str, points: pl.DataFrame) -> dict[str, list[Score]]:
    """Return the same scores for squares of the same size as the ones compared with.

    For the share that holds the point, the size is the headline's.
    """
    return {
        name: mean_over_draws(
            list(_against_squares(measure, lambda side, centre=centre: _square(centre, side), points))  # type: ignore[misc]
            for centre in centres
        )
        for name, centres in baseline_centres(points).items()
    }


def intersection_over_union(first: Numbers, second: Numbers) -> Numbers:
    """Return the IoU of boxes given as left, top, right, bottom, row by row; 0 where one is NaN or empty."""
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=1)
    areas = [np.prod(np.maximum(box[:, 2:] - box[:, :2], 0), axis=1) for box in (first, second)]
    union = areas[0] + areas[1] - common
    return np.asarray(np.nan_to_num(np.divide(common, union, out=np.zeros_like(common), where=union > 0)))


def _against_squares(
    measure: str, boxes: Callable[[int], Numbers], points: pl.DataFrame, weights: Weights | None = None
) -> Iterator[Score]:
    """Yield the scores of boxes, which may depend on the side of the square that they are compared with."""
    point = points_of(points)
    sized = points["width"].is_not_null().to_numpy()
    sized_weights = None if weights is None else weights[sized]
    picture = points.select("width", "height").cast(pl.Float64).to_numpy()[sized]

    box = boxes(HEADLINE_SIDE)
    is_inside = np.all((point >= box[:, :2]) & (point <= box[:, 2:]), axis=1)
    yield mean_score(measure, "point in box", is_inside, weights)
    for side in SQUARE_SIDES:
        box, square = boxes(side), _square(point, side)
        yield from _overlap(measure, "", side, box, square, weights)
        if len(picture):
            cut, cut_square = _clipped(box[sized], picture), _clipped(square[sized], picture)
            yield from _overlap(measure, " clipped", side, cut, cut_square, sized_weights)


def _square(centre: Numbers, side: int) -> Numbers:
    return np.column_stack([centre - side / 2, centre + side / 2])


def _overlap(
    measure: str, suffix: str, side: int, box: Numbers, square: Numbers, weights: Weights | None
) -> Iterator[Score]:
    overlap = intersection_over_union(box, square)
    yield mean_score(measure, f"mean IoU{suffix}", overlap, weights, pixels=side)
    yield mean_score(measure, f"IoU >= 0.5{suffix}", overlap >= 0.5, weights, pixels=side)


def _clipped(box: Numbers, picture: Numbers) -> Numbers:
    return np.column_stack([np.clip(box[:, :2], 0, picture), np.clip(box[:, 2:], 0, picture)])
