"""The views of the family `templates`, over the rows of given.py."""

from __future__ import annotations

import math
from collections import Counter

import pytest
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
    assert ask(database, "select template, events, divergence_bits from template_divergence") == [("push", 1, 0.0)]


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
    assert ask(database, "select template, videos, events, divergence_bits from template_divergence") == [
        ("drop", 1, 1, 0.311278124),
        ("push", 1, 1, 0.311278124),
    ]


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


# Videos 1 to 3 have two events, 4 and 5 one: 8 events, of which half are contacts.
FIVE_VIDEOS = "\n".join(
    f"{video} {template} {split}"
    for video, template, split in [
        (1, "push", "train"),
        (2, "push", "test"),
        (3, "drop", "train"),
        (4, "drop", "test"),
        (5, "lift", "train"),
    ]
)
FIVE_VIDEOS_EVENTS = """
    1 contact hand-object 0 0 0
    1 release hand-object 1 0 0
    2 contact hand-object 0 0 0
    2 release hand-object 1 0 0
    3 contact hand-object 0 0 0
    3 contact hand-object 1 0 0
    4 release hand-object 0 0 0
    5 release hand-object 0 0 0
"""


def test_chance_is_the_variance_between_videos():
    database = given(FIVE_VIDEOS, FIVE_VIDEOS_EVENTS)
    # contacts − ½ events of videos 1 to 5: 0, 0, 1, −½, −½, whose squares add up to 1.5, and the same for releases
    bits = 2 * (1.5 / 4) / 0.5 / (8 * math.log(2) * 1.6**2)
    chance = dict(ask(database, "select dimension, chance_bits_of_one_video from mix_chance"))
    assert chance == {
        "action": round(bits, 9),
        "agent": 0.0,
        "action and agent": round(bits, 9),
        # (1 if the video is of the template, else 0) − share: variances 0.3, 0.3, 0.2 over shares 0.4, 0.4, 0.2
        "template": round((0.3 / 0.4 + 0.3 / 0.4 + 0.2 / 0.2) / (8 * math.log(2)), 9),
    }
    assert dict(ask(database, "select template, chance_bits from template_divergence")) == {
        "push": pytest.approx(bits * (1 / 2 - 1 / 5), abs=1e-8),
        "drop": pytest.approx(bits * (1 / 2 - 1 / 5), abs=1e-8),
        "lift": pytest.approx(bits * (1 - 1 / 5), abs=1e-8),
    }


def test_the_template_that_exceeds_chance_the_most_comes_first(small):
    found = ask(small, "select template, divergence_bits - chance_bits, excess_bits from template_divergence")
    assert [excess for _, excess, _ in found] == [excess for *_, excess in found]
    assert [excess for *_, excess in found] == sorted((excess for *_, excess in found), reverse=True)
    assert {template for template, *_ in found} == {"push", "drop", "lift"}


def test_shuffled_videos_keep_every_label_as_often_as_it_is():
    database = given(FIVE_VIDEOS, FIVE_VIDEOS_EVENTS)
    labels = ask(database, "select template, split from video_labels order by all")
    for draw in range(4):
        dealt = f"from shuffled_videos(3) where draw = {draw}"
        assert ask(database, f"select template, split {dealt} order by all") == labels
        assert ask(database, f"select count(distinct video_id) {dealt}") == [(5,)]
    truth = "select video_id, template, split from video_labels order by 1"
    assert ask(database, "select video_id, template, split from shuffled_videos(3) where draw = 0 order by 1") == ask(
        database, truth
    )


def test_shuffles_are_the_same_for_a_seed_and_differ_between_draws_and_seeds():
    database = given("\n".join(f"{video} t{video} train" for video in range(1, 31)), "")
    orders = {
        (draw, seed): ask(
            database, f"select template from shuffled_videos(2, seed := {seed}) where draw = {draw} order by video_id"
        )
        for draw in (1, 2)
        for seed in (0, 1)
    }
    assert len({str(order) for order in orders.values()}) == 4
    again = ask(database, "select template from shuffled_videos(2, seed := 1) where draw = 2 order by video_id")
    assert again == orders[2, 1]


def test_every_order_of_videos_is_equally_likely():
    database = given("1 a train\n2 b train\n3 c train", "")
    orders = ask(
        database,
        "select string_agg(template, '' order by video_id), count(*) from shuffled_videos(6000) "
        "where draw > 0 group by draw",
    )
    counts = Counter(order for order, _ in orders)
    assert len(counts) == 6
    assert all(abs(count - 1000) < 120 for count in counts.values())  # four standard deviations


def test_a_divergence_that_no_draw_reaches_has_the_smallest_p_value():
    database = given(
        "\n".join(f"{video} {'push' if video <= 12 else 'lift'} train" for video in range(1, 25)),
        "\n".join(f"{video} {'contact' if video <= 12 else 'release'} hand-object 0 0 0" for video in range(1, 25)),
    )
    found = ask(database, "select template, videos, events, divergence_bits, p_value from divergence_tests(99)")
    assert found == [("lift", 12, 12, 0.311278124, 0.01), ("push", 12, 12, 0.311278124, 0.01)]
    expected = ask(database, "select chance_bits from template_divergence")[0][0]
    assert ask(database, "select avg(chance_bits) from divergence_tests(999)")[0][0] == pytest.approx(
        expected, rel=0.15
    )


def test_mixes_that_are_equal_have_a_p_value_of_1():
    database = given(
        "1 push train\n2 push test\n3 lift train\n4 lift test",
        "\n".join(f"{video} contact hand-object 0 0 0" for video in range(1, 5)),
    )
    assert {row[-1] for row in ask(database, "select p_value from divergence_tests(9)")} == {1.0}
