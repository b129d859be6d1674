"""The views of the family `templates`, over the rows of given.py."""

from __future__ import annotations

from given import ask, given


def test_templates_are_counted_with_their_shares(small):
    assert ask(
        small,
        "select template_id, template, videos, events, events_per_video, video_share, event_share "
        "from template_distribution",
    ) == [
        (0, "push", 2, 6, 3.0, 0.5, 0.6),
        (1, "drop", 1, 1, 1.0, 0.25, 0.1),
        (2, "lift", 1, 3, 3.0, 0.25, 0.3),
    ]


def test_templates_are_counted_by_kind_and_split(small):
    assert ask(
        small,
        "select template, contacts, releases, hand_object_events, object_surface_events, object_object_events, "
        "train_videos, validation_videos, test_videos, unassigned_videos from template_distribution",
    ) == [
        ("push", 3, 3, 5, 1, 0, 1, 0, 1, 0),
        ("drop", 1, 0, 0, 0, 1, 0, 0, 0, 1),
        ("lift", 2, 1, 3, 0, 0, 0, 1, 0, 0),
    ]


def test_a_template_without_videos_is_kept():
    database = given("1 push train", "1 contact hand-object 0 0 0")
    database.execute("insert into templates values (1, 'drop')")
    assert ask(database, "from template_distribution where template = 'drop'") == [
        (1, "drop", 0, 0, None, 0.0, 0.0, *[0] * 9)
    ]


def test_the_mix_of_a_template_has_every_kind_and_adds_up(small):
    assert ask(small, "from template_mix where template = 'push'") == [
        ("push", "contact", "hand-object", 2, 0.333333333, 0.4),
        ("push", "contact", "object-object", 0, 0.0, 0.1),
        ("push", "contact", "object-surface", 1, 0.166666667, 0.1),
        ("push", "release", "hand-object", 3, 0.5, 0.4),
    ]
    assert ask(small, "select template, sum(events)::bigint, sum(share) from template_mix group by 1 order by 1") == [
        ("drop", 1, 1.0),
        ("lift", 3, 1.0),
        ("push", 6, 1.0),
    ]


def test_a_template_without_events_has_no_shares():
    database = given("1 push train", "1 contact hand-object 0 0 0")
    database.execute("insert into templates values (1, 'drop')")
    assert ask(database, "from template_mix") == [
        ("drop", "contact", "hand-object", 0, None, 1.0),
        ("push", "contact", "hand-object", 1, 1.0, 1.0),
    ]
    assert ask(database, "from template_divergence") == [("push", 1, 0.0)]


def test_divergence_is_that_of_jensen_and_shannon():
    database = given(
        """
        1 push train
        2 drop train
        """,
        """
        1 contact hand-object 0 0 0
        2 release hand-object 0 0 0
        """,
    )
    # Each template is (1, 0) or (0, 1) and the whole (½, ½), the middle (¾, ¼):
    # ½ (1 · log2(1 / ¾) + ½ · log2(½ / ¾) + ½ · log2(½ / ¼)) = ½ (0.415037 − 0.292481 + 0.5)
    assert ask(database, "from template_divergence") == [("drop", 1, 0.311278124), ("push", 1, 0.311278124)]


def test_divergence_is_0_where_the_mix_is_that_of_the_whole():
    database = given(
        """
        1 push train
        2 drop train
        """,
        """
        1 contact hand-object 0 0 0
        1 release hand-object 1 0 0
        2 contact hand-object 0 0 0
        2 release hand-object 1 0 0
        """,
    )
    assert ask(database, "select divergence_bits from template_divergence") == [(0.0,), (0.0,)]


def test_intervals_of_templates_by_agent(small):
    assert ask(small, "from template_intervals") == [
        ("drop", "object-object", 1, 0, 0, 1, 0, None),
        ("lift", "hand-object", 2, 1, 1, 1, 1, 3.0),
        ("push", "hand-object", 2, 3, 2, 2, 2, 2.0),
        ("push", "object-surface", 1, 0, 0, 1, 0, None),
    ]


def test_the_commonest_sequence_comes_first_and_equals_are_in_alphabetical_order():
    database = given(
        "\n".join(f"{video} push train" for video in range(1, 5)),
        """
        1 release hand-object 0 0 0
        2 contact hand-object 0 0 0
        3 contact object-object 0 0 0
        4 release hand-object 0 0 0
        """,
    )
    assert ask(database, "from template_sequences") == [
        ("push", 1, "release hand-object", 2, 0.5),
        ("push", 2, "contact hand-object", 1, 0.25),
        ("push", 3, "contact object-object", 1, 0.25),
    ]


def test_templates_of_no_split_are_those_whose_videos_are_all_unassigned():
    database = given(
        """
        1 push train
        2 push -
        3 drop -
        4 drop -
        """,
        """
        3 contact hand-object 0 0 0
        4 contact hand-object 0 0 0
        """,
    )
    assert ask(database, "from templates_without_split") == [(1, "drop", 2, 2)]


def test_template_timing_counts_the_events_on_each_frame_number(small):
    assert ask(small, "select action, agent, frame_number, events from template_timing where template = 'push'") == [
        ("contact", "hand-object", 2, 1),
        ("contact", "hand-object", 4, 1),
        ("contact", "object-surface", 6, 1),
        ("release", "hand-object", 4, 1),
        ("release", "hand-object", 6, 1),
        ("release", "hand-object", 9, 1),
    ]


def test_a_video_with_two_intervals_is_counted_once():
    database = given(
        "1 push train",
        """
        1 contact hand-object 0 0 0
        1 release hand-object 2 0 0
        1 contact hand-object 4 0 0
        1 release hand-object 8 0 0
        """,
    )
    assert ask(database, "from template_intervals") == [("push", "hand-object", 2, 2, 2, 1, 1, 3.0)]


def test_the_template_farthest_from_the_whole_comes_first(small):
    assert [template for template, *_ in ask(small, "from template_divergence")] == ["drop", "lift", "push"]
