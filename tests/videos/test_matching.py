"""Which pictures are lost, by times: by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.videos.matching import Loss, find_loss

GRID = [round(number / 12, 6) for number in range(12)]


def lost(expected, frames, *, is_complete=True) -> Loss:
    return find_loss(expected, frames, is_complete=is_complete)


def test_where_every_packet_has_its_frame_nothing_is_lost():
    assert lost(GRID, GRID) == Loss(0)
    assert lost([], []) == Loss(0)


def test_packets_in_decoding_order_are_the_same():
    assert lost([GRID[0], GRID[3], GRID[1], GRID[2]], GRID[:4]) == Loss(0)


def test_lost_pictures_are_named_by_the_frame_that_comes_after_them():
    assert lost(GRID, GRID[:3] + GRID[5:]) == Loss(2, (3, 3))
    assert lost(GRID, GRID[2:]) == Loss(2, (0, 0))
    assert lost(GRID, GRID[:-1]) == Loss(1, (11,))


def test_times_that_are_apart_by_a_constant_are_matched_all_the_same():
    later = [time + 5 for time in GRID]
    assert lost(GRID, later) == Loss(0)
    assert lost(later, GRID[:6] + GRID[7:]) == Loss(1, (6,))


def test_rounding_to_milliseconds_is_no_difference():
    assert lost(GRID, [round(time, 3) for time in GRID]) == Loss(0)


def test_frames_without_a_time_stand_for_packets_without_a_frame():
    assert lost(GRID, [*GRID[1:], None]) == Loss(0)
    assert lost(GRID, [*GRID[3:], None]) == Loss(2)


def test_where_times_say_nothing_the_numbers_do():
    assert lost([None] * 5, [None] * 3) == Loss(2)
    assert lost([0.0, None, 0.2], [0.0, 0.1]) == Loss(1)
    assert lost(GRID, [0.0, 0.123, 0.4567]) == Loss(9)
    assert lost(GRID[:2], GRID) == Loss(0), "more frames than packets are no loss"


def test_of_a_video_not_decoded_to_its_end_only_what_came_before_counts():
    assert lost(GRID, GRID[:5], is_complete=False) == Loss(0)
    assert lost(GRID, GRID[:2] + GRID[3:5], is_complete=False) == Loss(1, (2,))
    assert lost([None] * 9, [None] * 5, is_complete=False) == Loss(0)


@given(st.integers(2, 40), st.data(), st.floats(0.011, 2), st.floats(-3, 3))
def test_every_lost_picture_is_counted_wherever_it_was(count, data, interval, shift):
    gone = data.draw(st.sets(st.integers(0, count - 1), max_size=count - 1))
    expected = [number * interval for number in range(count)]
    frames = [time + shift for number, time in enumerate(expected) if number not in gone]
    assert lost(expected, frames).count == len(gone)


@pytest.mark.parametrize("size", [3000])
def test_thousands_of_packets_are_matched_at_once(size):
    times = [number / 30 for number in range(size)]
    assert lost(times, times[size // 2 :]).count == size - size // 2
