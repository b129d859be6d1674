"""The table macros that count in bins and on grids, and means with their intervals."""

from __future__ import annotations

import math
import statistics

import duckdb
import pytest
from given import ask, given


def test_the_histogram_counts_frames_by_default_one_to_a_bin(small):
    assert ask(small, "from timing_histogram() where action = 'release'") == [
        ("release", "hand-object", 4.0, 5.0, 1),
        ("release", "hand-object", 6.0, 7.0, 1),
        ("release", "hand-object", 8.0, 9.0, 1),
        ("release", "hand-object", 9.0, 10.0, 1),
    ]


def test_the_histogram_counts_in_bins_of_a_width(small):
    assert ask(small, "from timing_histogram(5) where agent = 'hand-object'") == [
        ("contact", "hand-object", 0.0, 5.0, 3),
        ("contact", "hand-object", 5.0, 10.0, 1),
        ("release", "hand-object", 0.0, 5.0, 1),
        ("release", "hand-object", 5.0, 10.0, 3),
    ]


@pytest.mark.parametrize("measure", ["time_s", "relative_position"])
def test_the_histogram_counts_seconds_and_positions_and_keeps_the_unknown(small, measure):
    assert ask(small, f"from timing_histogram(0.2, '{measure}') where action = 'contact'") == [
        ("contact", "hand-object", 0.2, 0.4, 1),
        ("contact", "hand-object", None, None, 3),
        ("contact", "object-object", None, None, 1),
        ("contact", "object-surface", 0.6, 0.8, 1),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("5, null", "found measure null, expected"),
        ("null", "found bin_width null, expected more than 0"),
        ("'inf'::double", "found bin_width inf, expected more than 0"),
        ("5, 'minutes'", "found measure minutes, expected frame_number, time_s or relative_position"),
        ("0", "found bin_width 0.0, expected more than 0"),
        ("-1", "found bin_width -1.0, expected more than 0"),
    ],
)
def test_the_histogram_refuses_a_measure_or_width_that_is_none(small, arguments, message):
    with pytest.raises(duckdb.Error, match=message):
        ask(small, f"from timing_histogram({arguments})")


def test_assumed_times_fall_into_the_bin_of_their_frame():
    database = given("1 push train", "\n".join(f"1 contact hand-object {frame} 0 0" for frame in range(73)))
    database.execute("update frame_index set time_s = frame_number / 12")
    found = ask(database, "select round(bin_start * 12), events from timing_histogram(1 / 12, 'time_s')")
    assert found == [(float(frame), 1) for frame in range(73)]


def test_times_that_a_file_rounds_to_milliseconds_fall_into_the_bin_of_their_frame():
    database = given("1 push train", "\n".join(f"1 contact hand-object {frame} 0 0" for frame in range(73)))
    database.execute("update frame_index set time_s = round(frame_number / 12, 3)")
    assert len(ask(database, "from timing_histogram(1 / 12, 'time_s')")) == 73
    database.execute("update frame_index set time_s = 0.499 where frame_number = 6")
    found = ask(database, "select bin_start, events from timing_histogram(0.5, 'time_s') where bin_start < 1")
    assert found == [(0.0, 7), (0.5, 5)]


def test_in_narrow_bins_a_time_counts_early_by_a_twentieth_of_the_bin():
    database = given("1 push train", "1 contact hand-object 0 0 0\n1 contact hand-object 1 0 0")
    database.execute("update frame_index set time_s = if(frame_number = 0, 0.00094, 0.00096)")
    assert ask(database, "select bin_start, events from timing_histogram(0.001, 'time_s')") == [(0.0, 1), (0.001, 1)]


def test_the_last_bin_of_a_position_holds_the_last_frame_and_ends_at_1():
    database = given(
        "1 push train 100 50 11 10", "\n".join(f"1 contact hand-object {frame} 0 0" for frame in (0, 8, 9, 10, 12))
    )
    histogram = "select bin_start, bin_end, events from timing_histogram({}, 'relative_position')"
    assert ask(database, histogram.format(0.1)) == [
        (0.0, 0.1, 1),
        (0.8, 0.9, 1),
        (0.9, 1.0, 2),
        (None, None, 1),  # past the end of the video
    ]
    assert ask(database, histogram.format(0.3)) == [(0.0, 0.3, 1), (0.6, 0.9, 1), (0.9, 1.0, 2), (None, None, 1)]
    assert ask(database, histogram.format(2)) == [(0.0, 1.0, 4), (None, None, 1)]


def test_a_heat_map_has_cells_of_any_size(small):
    columns = "template, split, action, x_start, x_end, y_start, y_end, events from heat_map(30)"
    assert ask(small, f"select {columns} where template = 'lift'") == [
        ("lift", "validation", "contact", 30.0, 60.0, 30.0, 60.0, 2),
        ("lift", "validation", "release", 30.0, 60.0, 30.0, 60.0, 1),
    ]
    found = ask(small, "select action, agent, x_start, x_end, y_start, y_end from heat_map(0.1, 'relative') limit 3")
    assert found == [
        ("contact", "object-object", None, None, None, None),
        ("contact", "hand-object", None, None, None, None),
        ("release", "hand-object", None, None, None, None),
    ]
    assert ask(small, "select x_start, y_start, events from heat_map(0.1, 'relative') where x_start is not null") == [
        (0.1, 0.1, 1),
        (0.4, 0.9, 1),
        (0.4, 0.9, 1),
    ]
    assert ask(small, "select sum(events)::bigint from heat_map()") == [(10,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("0", "found cell 0.0, expected more than 0"),
        ("null", "found cell null, expected more than 0"),
        ("20, 'tenths'", "found measure tenths, expected pixels or relative"),
    ],
)
def test_a_heat_map_refuses_a_cell_or_measure_that_is_none(small, arguments, message):
    with pytest.raises(duckdb.Error, match=message):
        ask(small, f"from heat_map({arguments})")


def test_means_have_intervals_over_whole_videos():
    database = given(
        "1 push train\n2 push train\n3 push test",
        """
        1 contact hand-object  2 0 0
        1 release hand-object  4 0 0
        2 contact hand-object  6 0 0
        3 contact hand-object 12 0 0
        """,
    )
    # Residues of the videos: 2 + 4 − 2 × 6, 6 − 6, 12 − 6: the squares add up to 72.
    error = math.sqrt(72 * 3 / 2) / 4
    found = ask(database, "from means() where grouped_by = 'all'")[0]
    assert found[5:8] == (3, 4, 6.0)
    assert found[8] == round(statistics.stdev([2, 4, 6, 12]), 9)
    assert found[9:] == pytest.approx((6 - 1.959963984540054 * error, 6 + 1.959963984540054 * error))
    assert ask(
        database, "select grouped_by, action, agent, template, split, videos, events, mean, sd from means()"
    ) == [
        ("action", "contact", None, None, None, 3, 3, 6.666666667, 5.033222957),
        ("action", "release", None, None, None, 1, 1, 4.0, None),
        ("action and agent", "contact", "hand-object", None, None, 3, 3, 6.666666667, 5.033222957),
        ("action and agent", "release", "hand-object", None, None, 1, 1, 4.0, None),
        ("all", None, None, None, None, 3, 4, 6.0, 4.320493799),
        ("split", None, None, None, "test", 1, 1, 12.0, None),
        ("split", None, None, None, "train", 2, 3, 4.0, 2.0),
        ("template", None, None, "push", None, 3, 4, 6.0, 4.320493799),
        ("template, action and agent", "contact", "hand-object", "push", None, 3, 3, 6.666666667, 5.033222957),
        ("template, action and agent", "release", "hand-object", "push", None, 1, 1, 4.0, None),
    ]
    assert ask(database, "select mean_low, mean_high from means() where split = 'test'") == [(None, None)]


@pytest.mark.parametrize(
    ("measure", "mean", "events"),
    [
        ("time_s", 0.466666667, 3),
        ("relative_position", 0.466666667, 3),
        ("gap_frames", 2.333333333, 6),
        ("point_x", 33.5, 10),
        ("point_y", 29.9, 10),
        ("relative_x", 0.3, 3),
        ("relative_y", 0.633333333, 3),
    ],
)
def test_means_of_every_measure_leave_out_what_is_unknown(small, measure, mean, events):
    assert ask(small, f"select mean, events from means('{measure}') where grouped_by = 'all'") == [(mean, events)]


def test_means_refuse_a_measure_that_is_none(small):
    with pytest.raises(duckdb.Error, match="found measure minutes, expected a name such as frame_number"):
        ask(small, "from means('minutes')")
