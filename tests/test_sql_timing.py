"""The views of the family `timing`, over the rows of given.py."""

from __future__ import annotations

from given import ask, given


def test_events_are_ranked_in_time_and_ties_keep_the_published_order(small):
    assert ask(
        small,
        "select video_id, event_rank, event_index, frame_number, gap_frames from event_timing order by 1, 2",
    ) == [
        ("1", 1, 0, 2, None),
        ("1", 2, 1, 6, 4),
        ("1", 3, 2, 6, 0),
        ("2", 1, 1, 4, None),
        ("2", 2, 2, 4, 0),
        ("2", 3, 0, 9, 5),
        ("3", 1, 0, 0, None),
        ("4", 1, 0, 3, None),
        ("4", 2, 1, 5, 2),
        ("4", 3, 2, 8, 3),
    ]


def test_seconds_and_positions_are_known_for_decoded_videos_alone(small):
    seconds = "select event_rank, time_s, gap_s, relative_position from event_timing"
    assert ask(small, f"{seconds} where video_id = '1' order by 1") == [
        (1, 0.2, None, 0.2),
        (2, 0.6, 0.4, 0.6),
        (3, 0.6, 0.0, 0.6),
    ]
    assert set(ask(small, f"{seconds} where video_id <> '1'")) == {(rank, None, None, None) for rank in (1, 2, 3)}


def test_seconds_are_the_decoder_s_and_not_the_frame_over_the_rate():
    database = given("1 push train 100 50 11 10", "1 contact hand-object 2 0 0")
    database.execute("update frame_index set time_s = 0.35 where frame_number = 2")
    assert ask(database, "select time_s from event_timing") == [(0.35,)]


def test_an_event_past_the_end_has_no_time_and_a_position_beyond_1():
    database = given("1 push train 100 50 11 10", "1 contact hand-object 12 0 0")
    assert ask(database, "select time_s, relative_position from event_timing") == [(None, 1.2)]


def test_the_position_in_a_video_of_one_frame_is_unknown():
    database = given("1 push train 100 50 1 10", "1 contact hand-object 0 0 0")
    assert ask(database, "select time_s, relative_position from event_timing") == [(0.0, None)]


def test_an_interval_is_a_contact_and_the_next_event_of_the_agent_if_it_is_a_release(small):
    assert ask(
        small,
        "select video_id, agent, contact_event_index, release_event_index, contact_frame, release_frame, hold_frames "
        "from interaction_intervals order by 1",
    ) == [
        ("1", "hand-object", 0, 1, 2, 6, 4),
        ("2", "hand-object", 1, 2, 4, 4, 0),
        ("4", "hand-object", 1, 2, 5, 8, 3),
    ]


def test_intervals_carry_labels_times_and_points(small):
    assert ask(
        small,
        "select video_id, template, split, contact_time_s, release_time_s, hold_s, "
        "contact_x, contact_y, release_x, release_y from interaction_intervals order by 1",
    ) == [
        ("1", "push", "train", 0.2, 0.6, 0.4, 10, 5, 40, 45),
        ("2", "push", "test", None, None, None, 20, 20, 25, 20),
        ("4", "lift", "validation", None, None, None, 30, 34, 30, 30),
    ]


def test_an_interval_is_not_broken_by_an_event_of_another_agent():
    database = given(
        "1 push train",
        """
        1 contact hand-object    1 0 0
        1 contact object-surface 2 0 0
        1 release hand-object    3 0 0
        """,
    )
    assert ask(database, "select agent, hold_frames from interaction_intervals") == [("hand-object", 2)]


def test_a_release_published_before_the_contact_on_its_frame_does_not_end_it():
    database = given(
        "1 push train",
        """
        1 release hand-object 4 0 0
        1 contact hand-object 4 0 0
        """,
    )
    assert ask(database, "from interaction_intervals") == []
