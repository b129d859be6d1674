"""The views of the family `timing`, over the rows of given.py: times and intervals."""

from __future__ import annotations

from given import SMALL_EVENTS, SMALL_VIDEOS, ask, given


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


def test_what_belongs_to_no_interval_says_whether_a_partner_stands_elsewhere(small):
    assert ask(
        small,
        "select video_id, event_index, action, agent, neighbour, has_partner_elsewhere from unpaired_events "
        "order by 1, 2",
    ) == [
        ("1", 2, "contact", "object-surface", None, False),
        ("2", 0, "release", "hand-object", "release", True),
        ("3", 0, "contact", "object-object", None, False),
        ("4", 0, "contact", "hand-object", "contact", True),
    ]


def test_a_first_release_has_neither_neighbour_nor_partner():
    database = given("1 push -", "1 release hand-object 4 0 0")
    assert ask(database, "select split, frame_number, neighbour, has_partner_elsewhere from unpaired_events") == [
        ("unassigned", 4, None, False)
    ]


def test_first_contact_and_last_release_of_every_video(small):
    assert ask(small, "from first_contact_last_release order by video_id") == [
        ("1", "push", "train", 2, 0.2, 6, 0.6, "decoded", 4),
        ("2", "push", "test", 4, None, 9, None, None, 5),
        ("3", "drop", "unassigned", 0, None, None, None, None, None),
        ("4", "lift", "validation", 3, None, 8, None, None, 5),
    ]


def test_a_release_before_the_first_contact_counts_backwards():
    database = given(
        "1 push train",
        """
        1 contact hand-object 9 0 0
        1 release hand-object 4 0 0
        """,
    )
    assert ask(database, "select frames_between from first_contact_last_release") == [(-5,)]


def test_quantiles_group_by_everything_kind_template_and_split(small):
    assert ask(
        small,
        "select grouped_by, action, agent, template, split, events, timed_events, frame_min, frame_median, frame_max "
        "from timing_quantiles where grouped_by <> 'template, action and agent'",
    ) == [
        ("action", "contact", None, None, None, 6, 2, 0, 3.5, 6),
        ("action", "release", None, None, None, 4, 1, 4, 7.0, 9),
        # frames 0, 2, 3, 4, 4, 5, 6, 6, 8, 9
        ("action and agent", "contact", "hand-object", None, None, 4, 1, 2, 3.5, 5),
        ("action and agent", "contact", "object-object", None, None, 1, 0, 0, 0.0, 0),
        ("action and agent", "contact", "object-surface", None, None, 1, 1, 6, 6.0, 6),
        ("action and agent", "release", "hand-object", None, None, 4, 1, 4, 7.0, 9),
        ("all", None, None, None, None, 10, 3, 0, 4.5, 9),
        ("split", None, None, None, "test", 3, 0, 4, 4.0, 9),
        ("split", None, None, None, "train", 3, 3, 2, 6.0, 6),
        ("split", None, None, None, "unassigned", 1, 0, 0, 0.0, 0),
        ("split", None, None, None, "validation", 3, 0, 3, 5.0, 8),
        ("template", None, None, "drop", None, 1, 0, 0, 0.0, 0),
        ("template", None, None, "lift", None, 3, 0, 3, 5.0, 8),
        ("template", None, None, "push", None, 6, 3, 2, 5.0, 9),
    ]
    finest = "select template, action, agent, events, frame_median from timing_quantiles"
    assert ask(small, f"{finest} where grouped_by = 'template, action and agent' order by all") == [
        ("drop", "contact", "object-object", 1, 0.0),
        ("lift", "contact", "hand-object", 2, 4.0),
        ("lift", "release", "hand-object", 1, 8.0),
        ("push", "contact", "hand-object", 2, 3.0),
        ("push", "contact", "object-surface", 1, 6.0),
        ("push", "release", "hand-object", 3, 6.0),
    ]


def test_quantiles_in_frames_seconds_and_positions_are_interpolated():
    database = given(
        "1 push train 100 50 101 10",
        "\n".join(f"1 contact hand-object {frame} 0 0" for frame in (0, 20, 40, 60, 80)),
    )
    quantiles = [
        "frame_p05, frame_p25, frame_median, frame_p75, frame_p95",
        "time_s_p25, time_s_median, time_s_p75",
        "position_p25, position_median, position_p75",
    ]
    assert ask(database, f"select {', '.join(quantiles)} from timing_quantiles where grouped_by = 'all'") == [
        (4.0, 20.0, 40.0, 60.0, 76.0, 2.0, 4.0, 6.0, 0.2, 0.4, 0.6)
    ]


def test_quantiles_of_unknown_times_are_null(small):
    assert ask(
        small, "select time_s_median, position_median from timing_quantiles where split = 'test' and events = 3"
    ) == [(None, None)]


def test_assumed_seconds_are_told_from_decoded_ones():
    database = given(SMALL_VIDEOS, SMALL_EVENTS)
    database.execute("update frame_index set time_s = frame_number / 12 where video_id = '4'")
    database.execute("update videos set time_source = 'assumed' where video_id = '4'")
    sources = [("1", "decoded"), ("2", None), ("3", None), ("4", "assumed")]
    for view in ("video_labels", "event_timing", "first_contact_last_release"):
        assert ask(database, f"select distinct video_id, time_source from {view} order by 1") == sources
    assert ask(database, "select video_id, hold_s, time_source from interaction_intervals order by 1") == [
        ("1", 0.4, "decoded"),
        ("2", None, None),
        ("4", 0.25, "assumed"),
    ]
    counts = "select events, timed_events, assumed_events from timing_quantiles"
    assert ask(database, f"{counts} where grouped_by = 'all'") == [(10, 6, 3)]
    counts = "select intervals, timed_intervals, assumed_intervals from hold_times"
    assert ask(database, f"{counts} where agent = 'hand-object' and grouped_by = 'agent'") == [(3, 2, 1)]
    assert ask(database, "select distinct relative_position from event_timing where video_id = '4'") == [(None,)]


def test_an_interval_of_the_agents_only_two_events_is_unambiguous(small):
    assert ask(small, "select video_id, is_unambiguous from interaction_intervals order by 1") == [
        ("1", True),
        ("2", False),
        ("4", False),
    ]
