"""The table macros: questions with parameters."""

from __future__ import annotations

import duckdb
import pytest
from given import ask, given


def test_events_near_a_frame(small):
    assert ask(
        small,
        "select video_id, event_index, frame_number, offset_frames from events_near_frame(4, within := 1) order by all",
    ) == [
        ("2", 1, 4, 0),
        ("2", 2, 4, 0),
        ("4", 0, 3, -1),
        ("4", 1, 5, 1),
    ]
    assert ask(small, "select point_x, point_y from events_near_frame(2, within := 0)") == [(10, 5)]


def test_near_is_2_frames_by_default(small):
    assert ask(small, "select frame_number from events_near_frame(5) order by 1") == [
        (3,),
        (4,),
        (4,),
        (5,),
        (6,),
        (6,),
    ]


def test_events_in_a_rectangle_include_its_edges(small):
    assert ask(small, "select video_id, point_x, point_y from events_in_rectangle(20, 10, 30, 30) order by all") == [
        ("2", 20, 20),
        ("2", 25, 20),
        ("4", 30, 30),
        ("4", 30, 30),
    ]


def test_a_rectangle_is_wide_in_x_and_high_in_y(small):
    assert ask(small, "select point_x, point_y from events_in_rectangle(0, 0, 12, 60)") == [(10, 5)]


def test_a_profile_describes_one_template(small):
    assert ask(small, "from template_profile('push')") == [
        ("contact", "hand-object", 2, 2, 0.333333333, 0.4, 2.5, 3.0, 3.5, 0.2, 15.0, 12.5, 9.013878189),
        ("contact", "object-surface", 1, 1, 0.166666667, 0.1, 6.0, 6.0, 6.0, 0.6, 40.0, 45.0, 0.0),
        ("release", "hand-object", 2, 3, 0.5, 0.4, 5.0, 6.0, 7.5, 0.6, 41.666666667, 41.666666667, 21.858128414),
    ]
    assert ask(small, "from template_profile('no such template')") == []


def test_a_profile_takes_any_text_as_a_template(small):
    assert small.execute("from template_profile($template)", {"template": "' or true --"}).fetchall() == []


def windows(events, call, videos="1 push train"):
    return ask(given(videos, events), f"select event_index, first_start, last_start, windows from {call} order by 1")


def test_a_window_starts_where_it_holds_the_event_and_no_other():
    events = """
        1 contact hand-object  5 0 0
        1 release hand-object 12 0 0
    """
    # 4 frames: around frame 5 they start at 2..5, around frame 12 at 9..12
    assert windows(events, "isolating_windows(4)") == [(0, 2, 5, 4), (1, 9, 12, 4)]
    # 10 frames: around frame 5 from 0 on and up to frame 11, that is 0..2; around frame 12 from 6 on, 6..12
    assert windows(events, "isolating_windows(10)") == [(0, 0, 2, 3), (1, 6, 12, 7)]


def test_a_window_may_be_kept_from_running_past_the_last_annotated_frame():
    events = """
        1 contact hand-object  5 0 0
        1 release hand-object 12 0 0
    """
    assert windows(events, "isolating_windows(7, inside_annotated := true)") == [(0, 0, 5, 6), (1, 6, 6, 1)]
    assert windows(events, "isolating_windows(8, inside_annotated := true)") == [(0, 0, 4, 5)]


def test_a_window_never_runs_past_the_end_of_a_decoded_video():
    video = "1 push train 100 50 8 10"
    assert windows("1 contact hand-object 5 0 0", "isolating_windows(4)", video) == [(0, 2, 4, 3)]
    assert windows("1 contact hand-object 8 0 0", "isolating_windows(4)", video) == []
    assert windows("1 contact hand-object 5 0 0", "isolating_windows(9)", video) == []


def test_events_on_one_frame_cannot_be_isolated():
    events = """
        1 contact hand-object    5 0 0
        1 release object-surface 5 0 0
        1 contact object-object  9 0 0
    """
    assert windows(events, "isolating_windows(1)") == [(2, 9, 9, 1)]


@pytest.mark.parametrize("frames", ["0", "-1", "null"])
def test_a_window_of_no_frames_is_refused(small, frames):
    with pytest.raises(duckdb.Error, match=f"found frames {frames}, expected 1 or more"):
        ask(small, f"from isolating_windows({frames})")


def test_a_window_may_be_longer_than_the_video_only_where_its_end_is_unknown():
    assert windows("1 contact hand-object 5 0 0", "isolating_windows(100)") == [(0, 0, 5, 6)]
    assert windows("1 contact hand-object 5 0 0", "isolating_windows(100, inside_annotated := true)") == []
    assert windows("1 contact hand-object 5 0 0", "isolating_windows(100)", "1 push train 100 50 99 10") == []


def test_lags_pass_over_what_lies_between():
    database = given(
        "1 push train 100 50 41 10\n2 push test",
        """
        1 release hand-object     5 0 0
        1 contact object-object   7 0 0
        1 contact object-surface 12 0 0
        1 contact object-surface 20 0 0
        1 release hand-object    30 0 0
        2 contact object-surface  4 0 0
        2 release hand-object     4 0 0
        """,
    )
    assert ask(database, "from lags('release', 'hand-object', 'contact', 'object-surface') order by video_id") == [
        ("1", "push", "train", 0, 5, 2, 12, 7, 0.7, 1),
        ("2", "push", "test", 1, 4, 0, 4, 0, None, 0),
    ]
    again = "select event_index, then_event_index, lag_frames from lags('contact', 'object-surface', {})"
    assert ask(database, again.format("'contact', 'object-surface'")) == [(2, 3, 8)]
