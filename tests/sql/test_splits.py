"""The views of the family `splits`, over the rows of given.py."""

from __future__ import annotations

import math

from given import ask, given


def test_splits_are_counted_and_the_unassigned_with_them(small):
    assert ask(
        small,
        "select split, videos, templates, events, events_per_video, video_share, event_share from split_distribution",
    ) == [
        ("test", 1, 1, 3, 3.0, 0.25, 0.3),
        ("train", 1, 1, 3, 3.0, 0.25, 0.3),
        ("unassigned", 1, 1, 1, 1.0, 0.25, 0.1),
        ("validation", 1, 1, 3, 3.0, 0.25, 0.3),
    ]


def test_splits_are_counted_by_kind(small):
    assert ask(
        small,
        "select split, contacts, releases, hand_object_events, object_surface_events, object_object_events "
        "from split_distribution",
    ) == [
        ("test", 1, 2, 3, 0, 0),
        ("train", 2, 1, 2, 1, 0),
        ("unassigned", 1, 0, 0, 0, 1),
        ("validation", 2, 1, 3, 0, 0),
    ]


def test_templates_in_splits_have_every_pair_and_both_shares(small):
    assert ask(small, "from split_templates where template <> 'lift'") == [
        ("drop", "test", 0, 0, 0.0, 0.0),
        ("drop", "train", 0, 0, 0.0, 0.0),
        ("drop", "unassigned", 1, 1, 1.0, 1.0),
        ("drop", "validation", 0, 0, 0.0, 0.0),
        ("push", "test", 1, 3, 1.0, 0.5),
        ("push", "train", 1, 3, 1.0, 0.5),
        ("push", "unassigned", 0, 0, 0.0, 0.0),
        ("push", "validation", 0, 0, 0.0, 0.0),
    ]


def test_the_mix_of_a_split_has_every_kind_and_adds_up(small):
    assert ask(small, "from split_mix where split = 'train'") == [
        ("train", "contact", "hand-object", 1, 0.333333333, 0.4),
        ("train", "contact", "object-object", 0, 0.0, 0.1),
        ("train", "contact", "object-surface", 1, 0.333333333, 0.1),
        ("train", "release", "hand-object", 1, 0.333333333, 0.4),
    ]
    assert ask(small, "select split, sum(share) from split_mix group by 1 order by 1") == [
        ("test", 1.0),
        ("train", 1.0),
        ("unassigned", 1.0),
        ("validation", 1.0),
    ]


def test_balance_compares_every_pair_of_splits_in_every_dimension(small):
    pairs = ask(small, "select split, other_split from split_balance where dimension = 'action'")
    assert pairs == [
        ("test", "train"),
        ("test", "unassigned"),
        ("test", "validation"),
        ("train", "unassigned"),
        ("train", "validation"),
        ("unassigned", "validation"),
    ]
    assert ask(small, "select distinct dimension from split_balance order by 1") == [
        ("action",),
        ("action and agent",),
        ("agent",),
        ("template",),
    ]


def test_balance_is_0_for_equal_splits_and_1_for_splits_with_nothing_in_common():
    database = given(
        """
        1 push train
        2 drop test
        3 drop test
        4 lift -
        """,
        """
        1 contact hand-object 0 0 0
        1 contact hand-object 1 0 0
        2 contact object-object 0 0 0
        3 contact object-object 0 0 0
        3 contact object-object 1 0 0
        4 release object-surface 0 0 0
        """,
    )
    # (events of the kind − share × events of the video) of videos 1 to 4: hand-object, a third of all six events:
    # 4/3, −1/3, −2/3, −1/3; object-object, half: −1, ½, 1, −½; object-surface, a sixth: −1/3, −1/6, −1/3, 5/6
    variances = [(22 / 9) / (1 / 3), (5 / 2) / (1 / 2), (17 / 18) / (1 / 6)]
    events_chance = round(sum(variances) / 3 / (8 * math.log(2) * 1.5**2) * (1 / 2 + 1 / 1), 9)
    actions_chance = round(((17 / 18) / (5 / 6) + (17 / 18) / (1 / 6)) / 3 / (8 * math.log(2) * 1.5**2) * (3 / 2), 9)
    # push and lift have one of four videos each, drop two
    videos_chance = round((0.25 / 0.25 + (1 / 3) / 0.5 + 0.25 / 0.25) / (8 * math.log(2)) * (1 / 2 + 1 / 1), 9)
    assert ask(
        database,
        "select split, other_split, dimension, sample_size, other_sample_size, divergence_bits, chance_bits "
        "from split_balance where split = 'test' and other_split = 'train'",
    ) == [
        ("test", "train", "action", 3, 2, 0.0, actions_chance),
        ("test", "train", "action and agent", 3, 2, 1.0, events_chance),
        ("test", "train", "agent", 3, 2, 1.0, events_chance),
        ("test", "train", "template", 2, 1, 1.0, videos_chance),
    ]


def test_unassigned_videos_are_listed_with_what_their_template_has_in_splits():
    database = given(
        """
        1 push train
        2 push -
        3 drop -
        """,
        """
        2 contact hand-object 0 0 0
        3 contact hand-object 0 0 0
        3 release hand-object 1 0 0
        """,
    )
    assert ask(database, "from unassigned_videos order by video_id") == [("2", "push", 1, 1), ("3", "drop", 2, 0)]


def test_what_videos_add_to_the_mixes(small):
    assert ask(small, "from video_mixes where video_id = '1' order by all") == [
        ("1", "action", "contact", 2),
        ("1", "action", "release", 1),
        ("1", "action and agent", "contact hand-object", 1),
        ("1", "action and agent", "contact object-surface", 1),
        ("1", "action and agent", "release hand-object", 1),
        ("1", "agent", "hand-object", 2),
        ("1", "agent", "object-surface", 1),
        ("1", "template", "push", 1),
    ]


def test_splits_that_no_draw_parts_as_much_have_the_smallest_p_value():
    database = given(
        "\n".join(f"{video} push {'train' if video <= 12 else 'test'}" for video in range(1, 25)),
        "\n".join(f"{video} {'contact' if video <= 12 else 'release'} hand-object 0 0 0" for video in range(1, 25)),
    )
    tests = "select split, other_split, dimension, divergence_bits, p_value from split_tests(99)"
    assert ask(database, tests) == [
        ("test", "train", "action", 1.0, 0.01),
        ("test", "train", "action and agent", 1.0, 0.01),
        ("test", "train", "agent", 0.0, 1.0),
        ("test", "train", "template", 0.0, 1.0),
    ]


def test_tests_and_balance_tell_the_same_divergences(small):
    columns = "split, other_split, dimension, divergence_bits"
    assert ask(small, f"select {columns} from split_tests(3)") == ask(small, f"select {columns} from split_balance")


def test_the_largest_split_comes_first():
    database = given("1 push test\n2 push train\n3 push train\n4 push -", "")
    assert ask(database, "select split, videos from split_distribution") == [
        ("train", 2),
        ("test", 1),
        ("unassigned", 1),
    ]
