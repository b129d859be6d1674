"""The views of the family `coordinates`, over the rows of given.py."""

from __future__ import annotations

from given import ask, given


def test_points_are_relative_to_the_picture_where_its_size_is_known(small):
    assert ask(
        small,
        "select video_id, event_index, point_x, point_y, relative_x, relative_y from event_coordinates "
        "where video_id in ('1', '3') order by all",
    ) == [
        ("1", 0, 10, 5, 0.1, 0.1),
        ("1", 1, 40, 45, 0.4, 0.9),
        ("1", 2, 40, 45, 0.4, 0.9),
        ("3", 0, 50, 10, None, None),
    ]


def test_the_grid_counts_events_in_squares_of_20_pixels():
    database = given(
        """
        1 push train
        2 push -
        """,
        """
        1 contact hand-object 0  0  0
        1 contact hand-object 1 19 19
        2 contact hand-object 2 20 19
        2 release hand-object 3 20 19
        """,
    )
    assert ask(database, "from coordinate_grid") == [
        ("push", "contact", "hand-object", 0, 0, 2),
        ("push", "contact", "hand-object", 1, 0, 1),
        ("push", "release", "hand-object", 1, 0, 1),
    ]
