"""The views of the family `timing`, over the rows of given.py: how long something is held."""

from __future__ import annotations

from given import ask, given


def test_holds_are_told_for_each_agent(small):
    assert ask(
        small,
        "select agent, contacts, releases, intervals, next_release_share, timed_intervals, "
        "hold_frames_min, hold_frames_median, hold_frames_max, hold_s_median from hold_times "
        "where grouped_by = 'agent'",
    ) == [
        ("hand-object", 4, 4, 3, 0.75, 1, 0, 3.0, 4, 0.4),
        ("object-object", 1, 0, 0, 0.0, 0, None, None, None, None),
        ("object-surface", 1, 0, 0, 0.0, 0, None, None, None, None),
    ]


def test_an_agent_without_contacts_has_no_share_of_releases():
    database = given("1 push train", "1 release object-object 4 0 0")
    assert ask(
        database,
        "select contacts, releases, intervals, next_release_share, later_release_share from hold_times "
        "where grouped_by = 'agent'",
    ) == [(0, 1, 0, None, None)]


def test_quartiles_of_holds_are_interpolated():
    database = given(
        "1 push train 100 50 41 10",
        """
        1 contact hand-object  0 0 0
        1 release hand-object  4 0 0
        1 contact hand-object 10 0 0
        1 release hand-object 18 0 0
        """,
    )
    assert ask(
        database,
        "select hold_frames_p25, hold_frames_p75, hold_s_p25, hold_s_median, hold_s_p75 from hold_times limit 1",
    ) == [(5.0, 7.0, 0.5, 0.6, 0.7)]


def test_hold_times_are_counted_by_agent_and_frames(small):
    assert ask(small, "select agent, hold_frames, intervals, round(share, 3) from hold_distribution") == [
        ("hand-object", 0, 1, 0.333),
        ("hand-object", 3, 1, 0.333),
        ("hand-object", 4, 1, 0.333),
    ]


def test_a_contact_is_released_next_made_again_or_followed_to_the_end(small):
    columns = "video_id, event_index, agent, outcome, followed_frames"
    later = "later_release_event_index, later_release_frame, frames_to_later_release"
    assert ask(small, f"select {columns}, {later} from contact_outcomes order by 1, 2") == [
        ("1", 0, "hand-object", "released", 4, 1, 6, 4),
        ("1", 2, "object-surface", "the end", 4, None, None, None),  # decoded: up to frame 10
        ("2", 1, "hand-object", "released", 0, 2, 4, 0),
        ("3", 0, "object-object", "the end", 0, None, None, None),
        ("4", 0, "hand-object", "contact again", 2, 2, 8, 5),
        ("4", 1, "hand-object", "released", 3, 2, 8, 3),
    ]


def test_a_video_that_was_not_decoded_is_followed_to_its_last_label_and_one_cut_short_as_well():
    database = given(
        "1 push train\n2 push train 100 50 5 10",
        "1 contact hand-object 2 0 0\n1 release object-surface 9 0 0\n"
        "2 contact hand-object 2 0 0\n2 release object-surface 9 0 0",
    )
    assert ask(database, "select outcome, followed_frames from contact_outcomes") == [("the end", 7), ("the end", 7)]


def test_releases_are_counted_next_and_later(small):
    columns = "contacts, intervals, next_release_share, unambiguous_intervals, later_releases, later_release_share"
    assert ask(small, f"select {columns} from hold_times where grouped_by = 'agent' and agent = 'hand-object'") == [
        (4, 3, 0.75, 1, 4, 1.0)
    ]


def test_holds_are_told_by_template_and_by_split(small):
    columns = "template, split, agent, contacts, releases, intervals, hold_frames_median"
    assert ask(small, f"select {columns} from hold_times where grouped_by = 'template and agent'") == [
        ("drop", None, "object-object", 1, 0, 0, None),
        ("lift", None, "hand-object", 2, 1, 1, 3.0),
        ("push", None, "hand-object", 2, 3, 2, 2.0),
        ("push", None, "object-surface", 1, 0, 0, None),
    ]
    assert ask(small, f"select {columns} from hold_times where grouped_by = 'split and agent'") == [
        (None, "test", "hand-object", 1, 2, 1, 0.0),
        (None, "train", "hand-object", 1, 1, 1, 4.0),
        (None, "train", "object-surface", 1, 0, 0, None),
        (None, "unassigned", "object-object", 1, 0, 0, None),
        (None, "validation", "hand-object", 2, 1, 1, 3.0),
    ]


def test_survival_is_that_of_kaplan_and_meier(small):
    # Hands: released after 0, 3 and 4 frames, lost from sight after 2. R's survfit gives the first interval.
    columns = "agent, frames, at_risk, released, censored, lasting_share"
    assert ask(
        small, f"select {columns}, round(lasting_share_low, 3), round(lasting_share_high, 3) from contact_survival"
    ) == [
        ("hand-object", 0, 4, 1, 0, 0.75, 0.128, 0.961),
        ("hand-object", 2, 3, 0, 1, 0.75, 0.128, 0.961),
        ("hand-object", 3, 2, 1, 0, 0.375, 0.011, 0.808),
        ("hand-object", 4, 1, 1, 0, 0.0, None, None),
        ("object-object", 0, 1, 0, 1, 1.0, None, None),
        ("object-surface", 4, 1, 0, 1, 1.0, None, None),
    ]
