"""Points in pixels, in parts of the picture or on a grid of 1000: turned into pixels, and doubted at the edges."""

from __future__ import annotations

import polars as pl
import pytest

from etl.errors import PredictionError
from etl.evaluation.coordinates import coordinate_warnings, in_pixels

SIDES = ("width", "height", "reach_x", "reach_y")


@pytest.fixture
def videos() -> pl.DataFrame:
    """Video 1 of 100 × 60 px; video 2 was not decoded: the points of all reach to 200, 120."""
    rows = [("1", 100, 60, 200, 120), ("2", None, None, 200, 120)]
    return pl.DataFrame(rows, schema={"video_id": pl.String, **dict.fromkeys(SIDES, pl.Int64)}, orient="row")


def warned(videos: pl.DataFrame, coordinates: str, *points: tuple[str, float | None, float | None]) -> list[str]:
    schema = {"video_id": pl.String, "x": pl.Float64, "y": pl.Float64}
    return coordinate_warnings(pl.DataFrame(points, schema=schema, orient="row"), "a.csv", videos, coordinates)


@pytest.mark.parametrize(
    ("coordinates", "point", "is_beyond"),
    [
        ("px", ("1", 0, 0), False),
        ("px", ("1", 99.9, 59.9), False),
        ("px", ("1", 100, 5), True),
        ("px", ("1", 5, 60), True),
        ("px", ("1", -0.1, 5), True),
        ("px", ("1", 5, -0.1), True),
        ("px", ("2", 199, 119), False),
        ("px", ("2", 200, 5), True),
        ("norm01", ("1", 0, 1), False),
        ("norm01", ("1", 1.01, 0.5), True),
        ("norm01", ("1", -0.01, 0.5), True),
        ("grid1000", ("1", 1000, 0), False),
        ("grid1000", ("1", 5, 1001), True),
    ],
)
def test_what_lies_beyond_the_picture_is_told_and_its_edge_is_within(
    videos: pl.DataFrame, coordinates: str, point: tuple[str, float, float], is_beyond: bool
):
    inside = ("1", 0.5, 0.5) if coordinates == "norm01" else ("1", 5.0, 5.0)
    found = warned(videos, coordinates, inside, point)
    assert [line.startswith("a.csv: 1 of 2 points are outside their picture") for line in found] == [True] * is_beyond


@pytest.mark.parametrize(("largest", "advised"), [(1000, True), (1000.5, False)])
def test_points_up_to_1000_may_lie_on_a_grid(videos: pl.DataFrame, largest: float, advised: bool):
    [line] = warned(videos, "px", ("1", 0, largest))
    assert line.endswith("give --coordinates grid1000") == advised
    assert "grid1000" not in warned(videos, "px", ("1", -1, 900))[0]
    assert "give" not in warned(videos, "grid1000", ("1", 0, 1001))[0]


def test_coordinates_up_to_1_look_relative_but_where_they_are_said_to_be(videos: pl.DataFrame):
    advice = ["a.csv: no coordinate is above 1; if they are relative, give --coordinates norm01"]
    for coordinates in ("px", "grid1000"):
        assert warned(videos, coordinates, ("1", 0, 1)) == advice
    assert warned(videos, "norm01", ("1", 0, 1)) == []
    assert warned(videos, "px", ("1", 0, 1.01)) == []
    assert warned(videos, "px", ("1", -1, 1)) != advice


def test_rows_without_points_are_not_doubted(videos: pl.DataFrame):
    assert warned(videos, "px", ("1", None, None)) == []


BOX = ("x", "y", "box_x", "box_y", "box_width", "box_height")


def rows(*given: tuple[str, float | None, float | None, float | None]) -> pl.DataFrame:
    whole = [(video, x, y, box, box, box, box) for video, x, y, box in given]
    return pl.DataFrame(whole, schema={"video_id": pl.String, **dict.fromkeys(BOX, pl.Float64)}, orient="row")


def test_points_and_boxes_become_pixels_of_their_own_video_in_the_order_of_the_rows(videos: pl.DataFrame):
    given = rows(("2", None, None, None), ("1", 0.5, 0.25, 0.1))
    assert in_pixels(given, "a.csv", videos, "norm01").select(BOX).rows() == [
        (None,) * 6,
        (50.0, 15.0, 10.0, 6.0, 10.0, 6.0),
    ]
    assert in_pixels(rows(("1", 500, 250, 100)), "a.csv", videos, "grid1000").select(BOX).rows() == [
        (50.0, 15.0, 10.0, 6.0, 10.0, 6.0)
    ]
    assert in_pixels(given, "a.csv", videos, "px") is given


@pytest.mark.parametrize("row", [("2", 0.5, 0.5, None), ("2", None, None, 0.5)])
def test_a_point_or_box_that_needs_an_unknown_size_is_an_error(
    videos: pl.DataFrame, row: tuple[str, float, float, float]
):
    with pytest.raises(PredictionError, match="1 video of unknown size, such as 2"):
        in_pixels(rows(row), "a.csv", videos, "norm01")
