"""The coordinate systems of predictions: turn them into pixels, and warn if points seem to be in another one.

Boxes and frames that cannot be right are warned of, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from etl.errors import Problem
from etl.evaluation.choices import COORDINATES
from etl.evaluation.columns import raise_problems
from etl.wording import counted

__all__ = ["box_warnings", "coordinate_warnings", "frame_warnings", "in_pixels"]

# With so many points, some lie at more than this part of the farthest annotated one.
ENOUGH_POINTS = 20
LEAST_REACH = 0.6
# Floats are rounded, so a point on the edge of its box may lie this part of its coordinate outside.
ROUNDING = 1e-6


def coordinate_warnings(rows: pl.DataFrame, file: str, videos: pl.DataFrame, coordinates: str) -> list[str]:
    """Return a warning if the points x, y of `rows` seem to be in another system than `coordinates`.

    A video that was not decoded is assumed to be as large as the annotated points of all videos reach.
    """
    points = rows.select("video_id", "x", "y").filter(pl.col("x").is_not_null())
    if not len(points):
        return []
    scale = COORDINATES[coordinates]
    edges = {"x": pl.coalesce("width", "reach_x"), "y": pl.coalesce("height", "reach_y")}
    nearest = videos.select(edge.min().alias(axis) for axis, edge in edges.items()).row(0, named=True)

    def is_beyond(edges: Mapping[str, Any]) -> pl.Expr:
        return pl.any_horizontal(
            *(pl.col(axis) < 0 for axis in edges),
            *(pl.col(axis) > 1 / scale if scale else pl.col(axis) >= edge for axis, edge in edges.items()),
        )

    # Few points are outside the smallest picture, so only these are compared with their own.
    far = points.filter(is_beyond(nearest)).join(videos, on="video_id", how="left")
    beyond = len(far.filter(is_beyond(edges)))
    values = points.select(smallest=pl.min_horizontal(pl.min("x", "y")), largest=pl.max_horizontal(pl.max("x", "y")))
    smallest, largest = values.row(0)
    if coordinates != "norm01" and smallest >= 0 and largest <= 1:
        return [f"{file}: no coordinate is above 1; if they are relative, give --coordinates norm01"]
    if not beyond:
        return [] if coordinates == "norm01" else _of_another_size(points, file, videos, coordinates)
    may_be_grid = coordinates == "px" and smallest >= 0 and largest <= 1000
    advice = "; if they are on a grid of 1000, give --coordinates grid1000" if may_be_grid else ""
    return [f"{file}: {beyond:,} of {len(points):,} points are outside their picture{advice}"]


def _of_another_size(points: pl.DataFrame, file: str, videos: pl.DataFrame, coordinates: str) -> list[str]:
    """Return a warning if points that are all inside keep too far from the right and bottom for their system."""
    x, y, *reach = points.select(pl.max("x", "y")).row(0) + videos.select("reach_x", "reach_y").row(0)
    ends = [end - 1 for end in reach] if coordinates == "px" else [1000, 1000]
    if len(points) < ENOUGH_POINTS or x > LEAST_REACH * ends[0] or y > LEAST_REACH * ends[1]:
        return []
    if coordinates == "px":
        what = f"but annotated points reach {ends[0]}, {ends[1]}; if they are percentages, or of smaller pictures"
        return [f"{file}: no point is beyond {x:g}, {y:g}, {what}, give shares of the sides: --coordinates norm01"]
    return [f"{file}: no point is beyond {x:g}, {y:g} of 1000; if they are pixels, leave out --coordinates grid1000"]


def box_warnings(rows: pl.DataFrame, file: str) -> list[str]:
    """Return a warning if points x, y of `rows` are not in the box of the same row."""
    both = rows.filter(pl.all_horizontal(pl.col("x", "y", "box_x").is_not_null()))

    def is_between(axis: str, extent: str) -> pl.Expr:
        start = pl.col(f"box_{axis}")
        end = start + pl.col(f"box_{extent}")
        return pl.col(axis).is_between(start - end.abs() * ROUNDING, end + end.abs() * ROUNDING)

    is_within = is_between("x", "width") & is_between("y", "height")
    outside = len(both.filter(~is_within))
    told = f"{file}: {outside:,} of {len(both):,} points are outside the box of the same prediction"
    return [f"{told}; a box is [left, top, width, height]"] if outside else []


def frame_warnings(rows: pl.DataFrame, file: str, videos: pl.DataFrame) -> list[str]:
    """Return a warning if predictions are on frames that their videos, as they were decoded, do not have."""
    frame, count = pl.col("frame_number"), pl.col("frame_count")
    # Few frames are past the end of the shortest video, so only these are compared with their own.
    far = rows.filter(frame >= pl.lit(videos["frame_count"].min(), pl.Int64)).join(videos, on="video_id", how="left")
    past = len(far.filter(frame >= count))
    return [f"{file}: {past:,} of {len(rows):,} predictions are past the last frame of their video"] if past else []


def in_pixels(rows: pl.DataFrame, file: str, videos: pl.DataFrame, coordinates: str) -> pl.DataFrame:
    """Return rows with their points and boxes in pixels of the original frame.

    Raises PredictionError if a video's size is unknown and needed.
    """
    factor = COORDINATES[coordinates]
    if factor is None:
        return rows
    rows = rows.join(videos.select("video_id", "width", "height"), on="video_id", how="left", maintain_order="left")
    has_place = pl.col("x").is_not_null() | pl.col("box_x").is_not_null()
    unknown = rows.filter(has_place & pl.col("width").is_null())["video_id"].unique(maintain_order=True).to_list()
    if unknown:
        found = f"{counted(len(unknown), 'video')} of unknown size, such as {unknown[0]}"
        hint = "to decode the videos: contact-release extract, then build"
        raise_problems([Problem(file, "", found, f"known sizes, which --coordinates {coordinates} needs", hint)])
    return rows.with_columns(
        *((pl.col(name) * factor * pl.col("width")).alias(name) for name in ("x", "box_x", "box_width")),
        *((pl.col(name) * factor * pl.col("height")).alias(name) for name in ("y", "box_y", "box_height")),
    )
