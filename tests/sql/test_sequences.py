"""The views of the family `sequences`, over the rows of given.py."""

from __future__ import annotations

from given import ask, given


def test_neighbours_are_those_in_the_video_and_those_of_the_agent(small):
    in_video = "event_rank, gap_frames, action_before, agent_before"
    by_agent = "previous_event_index, previous_action, next_event_index, next_action, next_frame"
    columns = f"event_index, split, {in_video}, {by_agent}, has_contact_before, has_release_after, agent_events"
    video = f"select {columns} from event_neighbours where video_id = $video order by event_rank"
    hand, nothing = "hand-object", None
    assert small.execute(video, {"video": "1"}).fetchall() == [
        (0, "train", 1, nothing, nothing, nothing, nothing, nothing, 1, "release", 6, False, True, 2),
        (1, "train", 2, 4, "contact", hand, 0, "contact", nothing, nothing, nothing, True, False, 2),
        (2, "train", 3, 0, "release", hand, nothing, nothing, nothing, nothing, nothing, False, False, 1),
    ]
    assert small.execute(video, {"video": "2"}).fetchall() == [
        (1, "test", 1, nothing, nothing, nothing, nothing, nothing, 2, "release", 4, False, True, 3),
        (2, "test", 2, 0, "contact", hand, 1, "contact", 0, "release", 9, True, True, 3),
        (0, "test", 3, 5, "release", hand, 2, "release", nothing, nothing, nothing, True, False, 3),
    ]


def test_a_signature_tells_the_events_in_order_of_time(small):
    assert ask(small, "from event_sequences order by video_id") == [
        ("1", "push", "train", 3, "contact hand-object → release hand-object → contact object-surface", True),
        ("2", "push", "test", 3, "contact hand-object → release hand-object → release hand-object", True),
        ("3", "drop", "unassigned", 1, "contact object-object", False),
        ("4", "lift", "validation", 3, "contact hand-object → contact hand-object → release hand-object", False),
    ]


def test_signatures_are_counted_the_commonest_first():
    database = given(
        """
        1 push train
        2 drop train
        3 drop -
        4 drop test
        """,
        """
        1 contact hand-object 0 0 0
        2 contact hand-object 5 0 0
        3 release hand-object 7 0 0
        3 contact hand-object 6 0 0
        4 contact hand-object 8 0 0
        """,
    )
    assert ask(database, "from signature_counts") == [
        ("contact hand-object", 1, 3, 0.75, 2),
        ("contact hand-object → release hand-object", 2, 1, 0.25, 1),
    ]


def test_combinations_of_events_are_counted_whatever_their_order(small):
    # videos, share, events; contacts of hand, surface, object; releases of the same
    assert ask(small, "from video_profiles") == [
        (1, 0.25, 1, 0, 0, 1, 0, 0, 0),
        (1, 0.25, 3, 1, 0, 0, 2, 0, 0),
        (1, 0.25, 3, 1, 1, 0, 1, 0, 0),
        (1, 0.25, 3, 2, 0, 0, 1, 0, 0),
    ]
    database = given("1 push train\n2 drop -", "1 contact hand-object 0 0 0\n2 contact hand-object 7 1 1")
    assert ask(database, "from video_profiles") == [(2, 1.0, 1, 1, 0, 0, 0, 0, 0)]


def test_transitions_are_counted_between_neighbours_in_time(small):
    # 1: contact hand, release hand, contact surface; 2: contact hand, release hand, release hand;
    # 4: contact hand, contact hand, release hand
    assert ask(small, "from transition_counts") == [
        ("contact", "hand-object", "release", "hand-object", 3, 0.75, 3.0),
        ("contact", "hand-object", "contact", "hand-object", 1, 0.25, 2.0),
        ("release", "hand-object", "contact", "object-surface", 1, 0.5, 0.0),
        ("release", "hand-object", "release", "hand-object", 1, 0.5, 5.0),
    ]


def test_gaps_are_counted_between_kinds(small):
    assert ask(small, "from gap_distribution") == [
        ("contact", "hand-object", "contact", "hand-object", 2, 1, 1.0),
        ("contact", "hand-object", "release", "hand-object", 0, 1, 0.333333333),
        ("contact", "hand-object", "release", "hand-object", 3, 1, 0.333333333),
        ("contact", "hand-object", "release", "hand-object", 4, 1, 0.333333333),
        ("release", "hand-object", "contact", "object-surface", 0, 1, 1.0),
        ("release", "hand-object", "release", "hand-object", 5, 1, 1.0),
    ]


def test_kinds_that_meet_in_a_video_and_kinds_that_do_not(small):
    hand, surface, objects = ("contact", "hand-object"), ("contact", "object-surface"), ("contact", "object-object")
    found = {row[:4]: row[4:] for row in ask(small, "from kinds_together")}
    assert len(found) == 4 * 3
    assert found[*hand, "release", "hand-object"] == (3, 3, 3, 1.0, 0.75)
    assert found[*hand, *surface] == (3, 1, 1, 0.333333333, 0.25)
    assert found[*surface, *hand] == (1, 3, 1, 1.0, 0.75)
    assert found[*objects, *hand] == (1, 3, 0, 0.0, 0.75)


def test_the_published_order_is_that_of_each_video_with_several_events():
    videos = "\n".join(f"{video} push train" for video in range(1, 7))
    frames = {1: (1, 2, 2), 2: (3, 2), 3: (5, 5, 1), 4: (1, 3, 2), 5: (7,), 6: (4, 4)}
    events = "\n".join(f"{video} contact hand-object {at} 0 0" for video, listed in frames.items() for at in listed)
    assert ask(given(videos, events), "from published_orders") == [
        ("earliest first", 2, 0.4, 5),
        ("latest first", 2, 0.4, 5),
        ("mixed", 1, 0.2, 3),
    ]
