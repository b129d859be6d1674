"""Score predicted points on clips, and baselines: the annotated point, uniform draws, the median."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from etl.evaluation.detection import PIXEL_TOLERANCES
from etl.evaluation.score import NONE, Numbers, Score, Weights, mean_score

__all__ = ["DRAWS", "SEED", "baseline_centres", "mean_over_draws", "place_baselines", "place_scores", "points_of"]

# Draws of the uniform guess: enough that another seed changes its mean only a little.
DRAWS = 100
SEED = 0


def place_scores(
    measure: str, answered: pl.DataFrame, points: pl.DataFrame, weights: Weights | None = None
) -> Iterator[Score]:
    """Yield point coverage, the share of points within 5 to 40 px, in percent, and the median distance in px.

    `answered` has the point of each clip (clip, point_x, point_y), `points` is from `clips.with_points`, for the clips
    of the questions; a clip without a point is wrong.
    """
    table = points.join(answered, on="clip", how="left", maintain_order="left")
    given = table.select("point_x", "point_y").cast(pl.Float64).fill_null(np.nan).to_numpy()
    yield from _distances(measure, given, points_of(points), weights)


def place_baselines(measure: str, points: pl.DataFrame) -> dict[str, list[Score]]:
    """Return the same scores of the baselines."""
    return {
        name: mean_over_draws(list(_distances(measure, centre, points_of(points), None)) for centre in centres)
        for name, centres in baseline_centres(points).items()
    }


def baseline_centres(points: pl.DataFrame) -> dict[str, list[Numbers]]:
    """Return the points of each baseline, one array for each draw: the annotated point, a uniform draw, the median.

    A picture of unknown size is assumed to be as large as all annotated points reach.
    """
    point = points_of(points)
    size = points.select(pl.coalesce("width", "reach_x"), pl.coalesce("height", "reach_y")).to_numpy()
    drawn = np.random.default_rng(SEED).random((DRAWS, *point.shape)) * size
    return {
        "ceiling": [point],
        "uniform": list(drawn),
        "constant": [np.broadcast_to(np.median(point, axis=0), point.shape)],
    }


def mean_over_draws(draws: Iterable[list[Score]]) -> list[Score]:
    """Return the mean of every score over draws, each of which has the same scores."""
    return [
        replace(scores[0], value=float(np.mean([score.value for score in scores])), standard_error=float("nan"))
        for scores in zip(*draws, strict=True)
    ]


def points_of(points: pl.DataFrame) -> Numbers:
    """Return the annotated points of clips: clips × 2, px."""
    return points.select("x", "y").cast(pl.Float64).to_numpy()


def _distances(measure: str, given: Numbers, point: Numbers, weights: Weights | None) -> Iterator[Score]:
    apart = np.hypot(*(given - point).T)
    is_given = ~np.isnan(apart)
    yield mean_score(measure, "point coverage", is_given, weights)
    for pixels in PIXEL_TOLERANCES:
        yield mean_score(measure, "point accuracy", apart <= pixels, weights, pixels=pixels)
    if is_given.any():
        yield Score(measure, "median px", "all", NONE, NONE, float(np.median(apart[is_given])), int(is_given.sum()))
