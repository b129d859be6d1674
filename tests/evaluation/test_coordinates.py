"""Points in pixels, in parts of the picture or on a grid of 1000: turned into pixels, and doubted at the edges."""

from __future__ import annotations

import polars as pl
import pytest

from etl.errors import PredictionError
from etl.evaluation.coordinates import box_warnings, coordinate_warnings, frame_warnings, in_pixels

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


@pytest.mark.parametrize(
    ("coordinates", "far", "told"),
    [
        ("px", (119, 71), "a.csv: no point is beyond 119, 71, but annotated points reach 199, 119; if they are perc"),
        ("px", (120, 71), ""),
        ("px", (119, 72), ""),
        ("grid1000", (600, 500), "a.csv: no point is beyond 600, 500 of 1000; if they are pixels, leave out --coord"),
        ("grid1000", (601, 500), ""),
        ("norm01", (0.5, 0.5), ""),
    ],
)
def test_many_points_that_keep_to_a_corner_of_the_picture_are_doubted(
    videos: pl.DataFrame, coordinates: str, far: tuple[float, float], told: str
):
    points = [("2", *far)] * 20
    assert "".join(warned(videos, coordinates, *points)).startswith(told)
    assert bool(warned(videos, coordinates, *points)) == bool(told)
    assert warned(videos, coordinates, *points[1:]) == []


def test_points_outside_their_own_box_are_told_and_its_edges_are_within():
    sides = ("x", "y", "box_x", "box_y", "box_width", "box_height")
    inside = [
        (5, 5, 5, 5, 1, 1),
        (6, 6, 5, 5, 1, 1),
        (0.8, 0.8, 0.7, 0.7, 0.1, 0.1),
        (None, None, 5, 5, 1, 1),
        (9, 9, None, None, None, None),
    ]
    schema = dict.fromkeys(sides, pl.Float64)
    assert box_warnings(pl.DataFrame(inside, schema, orient="row"), "a.csv") == []
    outside = pl.DataFrame([*inside, (4.9, 5, 5, 5, 1, 1), (5, 6.1, 5, 5, 1, 1)], schema, orient="row")
    assert box_warnings(outside, "a.csv") == [
        "a.csv: 2 of 5 points are outside the box of the same prediction; a box is [left, top, width, height]"
    ]


def test_frames_past_the_end_are_told_of_videos_whose_length_is_known():
    videos = pl.DataFrame({"video_id": ["1", "2"], "frame_count": [10, None]})

    def told(*frames: tuple[str, int]) -> list[str]:
        return frame_warnings(pl.DataFrame(frames, ["video_id", "frame_number"], orient="row"), "a.csv", videos)

    assert told(("1", 9), ("2", 500)) == []
    assert told(("1", 9), ("1", 10)) == ["a.csv: 1 of 2 predictions are past the last frame of their video"]
