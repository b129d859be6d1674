"""The views of the family `quality`."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from given import ask, given

import etl


def test_near_duplicates_are_every_pair_within_2_frames():
    database = given(
        "1 push -",
        """
        1 contact hand-object   12 10 50
        1 contact hand-object   10 13 54
        1 contact hand-object   10 10 50
        1 contact hand-object   13 10 50
        1 contact object-object 10 10 50
        1 release hand-object   10 10 50
        """,
    )
    assert ask(
        database,
        "select event_index, other_event_index, frame_number, gap_frames, distance_px from near_duplicate_events "
        "order by 1, 2",
    ) == [
        (0, 3, 12, 1, 0.0),
        (1, 0, 10, 2, 5.0),
        (1, 2, 10, 0, 5.0),
        (2, 0, 10, 2, 0.0),
    ]
    assert ask(database, "select distinct video_id, template, split, action, agent from near_duplicate_events") == [
        ("1", "push", "unassigned", "contact", "hand-object")
    ]


def test_events_of_two_videos_are_no_duplicates():
    database = given(
        """
        1 push train
        2 push train
        """,
        """
        1 contact hand-object 10 0 0
        2 contact hand-object 10 0 0
        """,
    )
    assert ask(database, "from near_duplicate_events") == []


def test_frames_with_both_actions_say_whether_one_agent_does_both(small):
    assert ask(small, "from mixed_action_frames order by video_id") == [
        ("1", 6, "push", "train", 1, 1, False),
        ("2", 4, "push", "test", 1, 1, True),
    ]


def test_a_frame_with_one_action_twice_is_not_mixed():
    database = given(
        "1 push train",
        """
        1 contact hand-object    4 0 0
        1 contact object-surface 4 0 0
        1 release hand-object    5 0 0
        """,
    )
    assert ask(database, "from mixed_action_frames") == []


def test_repeated_actions_follow_the_same_action_of_the_same_agent(small):
    assert ask(
        small,
        "select video_id, event_index, action, frame_number, previous_event_index, gap_frames from repeated_actions "
        "order by 1",
    ) == [
        ("2", 0, "release", 9, 2, 5),
        ("4", 1, "contact", 5, 0, 2),
    ]


def test_a_first_release_repeats_nothing():
    database = given(
        "1 push train",
        """
        1 release hand-object   3 0 0
        1 contact object-object 4 0 0
        1 contact hand-object   5 0 0
        """,
    )
    assert ask(database, "from repeated_actions") == []


def test_points_outside_the_picture_lie_on_or_beyond_its_width_or_height():
    database = given(
        """
        1 push train 100 50 11 10
        2 push train
        """,
        """
        1 contact hand-object 0  99  49
        1 contact hand-object 1 100  49
        1 contact hand-object 2  99  50
        2 contact hand-object 0 999 999
        """,
    )
    assert ask(
        database, "select event_index, point_x, point_y, width, height from points_outside_picture order by 1"
    ) == [
        (1, 100, 49, 100, 50),
        (2, 99, 50, 100, 50),
    ]


def test_frames_past_the_end_are_those_that_were_not_decoded():
    database = given(
        """
        1 push train 100 50 11 10
        2 push train
        """,
        """
        1 contact hand-object  10 0 0
        1 contact hand-object  11 0 0
        2 contact hand-object 999 0 0
        """,
    )
    assert ask(database, "select video_id, event_index, frame_number, frame_count from frames_past_end") == [
        ("1", 1, 11, 11)
    ]


def test_exceptional_videos_lie_beyond_the_far_fence():
    counts = [1, 1, 2, 3, 3, 3, 3, 6, 10]
    # The quartiles of 9 videos are the third and the seventh: 2 and 3. The fence is 3 + 3 · (3 − 2) = 6.
    database = given(
        "\n".join(f"{video} push train" for video in range(9)),
        "\n".join(f"{video} contact hand-object {n} 0 0" for video, count in enumerate(counts) for n in range(count)),
    )
    assert ask(database, "from exceptional_videos") == [
        ("8", "push", "train", 10, 6.0),
    ]


def test_a_pair_is_usual_from_its_first_kind_and_rated_from_both_events():
    database = given(
        """
        1 push train
        2 push train
        """,
        """
        1 contact hand-object 10 10 20
        1 release hand-object 14 13 24
        2 contact hand-object 10 0 0
        2 release hand-object 20 6 8
        """,
    )
    assert ask(database, "select * exclude (template_id, agent, other_agent) from usual_relations") == [
        ("contact", "release", 2, -7.0, 1.4826 * 3, -4.5, 10.0, -6.0, 10.0),
    ]
    query = """
        select event_index, gap_frames, distance_px, compared_pairs, round(gap_deviation, 6), round(shift_deviation, 6),
            round(exchanged_deviation, 6)
        from event_relations where video_id = '1' order by event_index
    """
    gap = round(3 / (1.4826 * 3), 6)
    assert ask(database, query) == [
        (0, -4, 5.0, 2, gap, 0.25, round(math.hypot(1.15, 0.8), 6)),
        (1, 4, 5.0, 2, gap, 0.25, round(math.hypot(0.95, 1.3), 6)),
    ]


def test_two_events_of_one_kind_are_two_pairs_around_0():
    database = given("1 push train", "1 contact hand-object 3 0 0\n1 contact hand-object 5 40 0")
    assert ask(database, "select * exclude (template_id, agent, other_agent) from usual_relations") == [
        ("contact", "contact", 2, 0.0, 2.9652, 0.0, 59.304, 0.0, 10.0),
    ]


@pytest.mark.parametrize(("y", "part"), [(20, 0.6), (29, 0.0)])
def test_a_double_counts_below_20_pixels_and_is_what_the_event_is_compared_with(y: int, part: float):
    database = given(
        "1 push train 100 50 12 10",
        f"""
        1 release hand-object 8 60 20
        1 contact hand-object 4 28 {y}
        1 contact hand-object 3 10 20
        """,
    )
    query = """
        select suspects.double_part, other_event_index, relation_event_index, reasons like '%event 1 may be the same%'
        from suspect_events as suspects
        inner join event_signals using (video_id, event_index)
        where event_index = 2
    """
    assert ask(database, query) == [(part, 1 if part else 0, 0, part > 0)]


def test_every_part_of_the_score_and_no_other_has_its_words_in_the_reasons(sample_with_objects: Path):
    words = {
        "outside_part": "outside the picture",
        "past_end_part": "lies after the last one",
        "double_part": "may be the same",
        "exchanged_part": "with x and y exchanged",
        "frame_part": "^frame .* spreads|; frame .* spreads",
        "place_part": "the point is",
        "gap_part": "in time",
        "shift_part": "its way from",
        "order_part": "by the same agent|had not touched",
        "box_part": "from every box",
    }
    with etl.open_warehouse(sample_with_objects) as warehouse:
        for part, pattern in words.items():
            query = f"select video_id from suspect_events where ({part} > 0) <> regexp_matches(reasons, '{pattern}')"
            assert warehouse.query(query).fetchall() == [], part
