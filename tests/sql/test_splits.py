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
    # Where 2 categories occur in one split or the other, the chance is (2 − 1) / (8 ln 2) · (1 / sample + 1 / sample).
    events_chance = round((1 / 3 + 1 / 2) / (8 * math.log(2)), 9)
    videos_chance = round((1 / 2 + 1 / 1) / (8 * math.log(2)), 9)
    assert ask(
        database,
        "select split, other_split, dimension, sample_size, other_sample_size, divergence_bits, chance_bits "
        "from split_balance where split = 'test' and other_split = 'train'",
    ) == [
        ("test", "train", "action", 3, 2, 0.0, 0.0),
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
