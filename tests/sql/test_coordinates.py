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
        ("push", "train", "contact", "hand-object", 0, 0, 2),
        ("push", "unassigned", "contact", "hand-object", 1, 0, 1),
        ("push", "unassigned", "release", "hand-object", 1, 0, 1),
    ]


def test_the_relative_grid_counts_events_of_decoded_videos_in_tenths():
    database = given(
        """
        1 push train 200 100 11 10
        2 push test
        """,
        """
        1 contact hand-object 0  19  9
        1 contact hand-object 1   0  0
        1 contact hand-object 2 199 99
        1 release hand-object 3 200 99
        2 contact hand-object 0   5  5
        """,
    )
    assert ask(database, "from relative_coordinate_grid") == [
        ("push", "train", "contact", "hand-object", 0, 0, 2),
        ("push", "train", "contact", "hand-object", 9, 9, 1),
        ("push", "train", "release", "hand-object", 10, 9, 1),
    ]


def test_displacement_is_the_line_from_contact_to_release(small):
    assert ask(
        small,
        "select video_id, contact_event_index, release_event_index, dx_px, dy_px, distance_px, direction_deg "
        "from interval_displacement order by 1",
    ) == [
        ("1", 0, 1, 30, 40, 50.0, 53.130102354),
        ("2", 1, 2, 5, 0, 5.0, 0.0),
        ("4", 1, 2, 0, -4, 4.0, 270.0),
    ]


def test_displacement_is_relative_to_the_diagonal_where_the_size_is_known():
    database = given(
        """
        1 push train 300 400 11 10
        2 push train
        """,
        """
        1 contact hand-object 0 10 10
        1 release hand-object 1 10 60
        2 contact hand-object 0 10 10
        2 release hand-object 1 10 60
        """,
    )
    assert ask(database, "select video_id, relative_distance from interval_displacement order by 1") == [
        ("1", 0.1),
        ("2", None),
    ]


def test_directions_turn_with_the_picture_and_a_point_that_stays_has_none():
    around = [(60, 50), (60, 60), (50, 60), (40, 60), (40, 50), (40, 40), (50, 40), (60, 40), (50, 50)]
    database = given(
        "\n".join(f"{video} push train" for video in range(9)),
        "\n".join(
            f"{video} contact hand-object 0 50 50\n{video} release hand-object 1 {x} {y}"
            for video, (x, y) in enumerate(around)
        ),
    )
    directions = ask(database, "select direction_deg from interval_displacement order by video_id")
    assert directions == [(0.0,), (45.0,), (90.0,), (135.0,), (180.0,), (225.0,), (270.0,), (315.0,), (None,)]


def test_centre_and_spread_of_templates_splits_and_kinds():
    database = given(
        """
        1 push train 100 50 11 10
        2 push test
        3 drop -
        """,
        """
        1 contact hand-object 0 10 20
        1 contact hand-object 1 30 20
        2 contact hand-object 2 10 60
        2 contact hand-object 3 30 60
        3 contact hand-object 3  7  8
        """,
    )
    # Every point of `push` lies 10 px beside and 20 px above or below the centre: √(10² + 20²) away.
    columns = "events, centre_x, centre_y, spread_px from coordinate_quantiles"
    assert ask(database, f"select template, {columns} where grouped_by = 'template'") == [
        ("drop", 1, 7.0, 8.0, 0.0),
        ("push", 4, 20.0, 40.0, 22.360679775),
    ]
    assert ask(database, f"select split, {columns} where grouped_by = 'split'") == [
        ("test", 2, 20.0, 60.0, 10.0),
        ("train", 2, 20.0, 20.0, 10.0),
        ("unassigned", 1, 7.0, 8.0, 0.0),
    ]
    assert ask(
        database, "select action, agent, events, centre_x from coordinate_quantiles where action is not null"
    ) == [("contact", "hand-object", 5, 17.4)]
    assert ask(database, "select events, centre_y from coordinate_quantiles where grouped_by = 'all'") == [(5, 33.6)]
    relative = "relative_centre_x, relative_centre_y, relative_spread_x, relative_spread_y"
    assert ask(
        database, f"select sized_events, {relative} from coordinate_quantiles where grouped_by = 'template'"
    ) == [
        (0, None, None, None, None),
        (2, 0.2, 0.4, 0.1, 0.0),
    ]


def test_quantiles_of_the_points_of_a_template():
    database = given("1 push train", "\n".join(f"1 contact hand-object {n} {20 * n} {10 * n}" for n in range(5)))
    quantiles = "x_p05, x_p25, x_median, x_p75, x_p95, y_p05, y_p25, y_median, y_p75, y_p95"
    assert ask(database, f"select {quantiles} from coordinate_quantiles where grouped_by = 'template'") == [
        (4.0, 20.0, 40.0, 60.0, 76.0, 2.0, 10.0, 20.0, 30.0, 38.0)
    ]


def test_displacements_are_counted_in_squares_centred_on_no_movement():
    database = given(
        "\n".join(f"{video} push train" for video in range(1, 6)),
        "\n".join(
            f"{video} contact hand-object 0 50 50\n{video} release hand-object 1 {50 + dx} {50 + dy}"
            for video, (dx, dy) in enumerate([(0, 0), (9, -10), (10, 0), (-11, 0), (30, 40)], start=1)
        ),
    )
    assert ask(database, "from displacement_grid") == [
        ("hand-object", -1, 0, 1, 0.2),
        ("hand-object", 0, 0, 2, 0.4),
        ("hand-object", 1, 0, 1, 0.2),
        ("hand-object", 2, 2, 1, 0.2),
    ]


def test_displacements_are_summed_up_by_agent_template_and_split(small):
    # 1: (30, 40), 50 px at 53.13°; 2: (5, 0), 5 px at 0°; 4: (0, -4), 4 px at 270°: the mean of the three directions
    # points (0.6 + 1 + 0, 0.8 + 0 − 1) / 3
    columns = "template, split, intervals, moved_intervals, dx_px_mean, dy_px_mean, distance_px_median"
    circular = "round(direction_deg_mean, 3), round(direction_length, 6)"
    assert ask(small, f"select grouped_by, {columns}, {circular} from displacement_summary") == [
        ("agent", None, None, 3, 3, 11.666666667, 12.0, 5.0, 352.875, 0.537484),
        ("split and agent", None, "test", 1, 1, 5.0, 0.0, 5.0, 0.0, 1.0),
        ("split and agent", None, "train", 1, 1, 30.0, 40.0, 50.0, 53.13, 1.0),
        ("split and agent", None, "validation", 1, 1, 0.0, -4.0, 4.0, 270.0, 1.0),
        ("template and agent", "lift", None, 1, 1, 0.0, -4.0, 4.0, 270.0, 1.0),
        ("template and agent", "push", None, 2, 2, 17.5, 20.0, 27.5, 26.565, 0.894427),
    ]


def test_directions_that_cancel_out_have_a_length_of_0_and_no_mean():
    database = given(
        "1 push train\n2 push train\n3 push train",
        """
        1 contact hand-object 0 50 50
        1 release hand-object 1 80 50
        2 contact hand-object 0 50 50
        2 release hand-object 1 40 50
        3 contact hand-object 0 50 50
        3 release hand-object 1 50 50
        """,
    )
    columns = "intervals, moved_intervals, direction_deg_mean, direction_length from displacement_summary"
    assert ask(database, f"select {columns} where grouped_by = 'agent'") == [(3, 2, None, 0.0)]
