"""The views of the family `overview`, over the rows of given.py."""

from __future__ import annotations

import pytest
from given import SMALL_EVENTS, SMALL_VIDEOS, ask, given


def test_labels_show_template_split_and_decoded_facts(small):
    assert ask(small, "from video_labels order by video_id") == [
        ("1", 0, "push", "train", 100, 50, 11, 1.1, "decoded"),
        ("2", 0, "push", "test", None, None, None, None, None),
        ("3", 1, "drop", "unassigned", None, None, None, None, None),
        ("4", 2, "lift", "validation", None, None, None, None, None),
    ]


def test_overview_counts_the_events_of_every_video(small):
    counts = (
        "select video_id, events, contacts, releases, hand_object_events, object_surface_events, object_object_events"
    )
    assert ask(small, f"{counts} from video_overview order by video_id") == [
        ("1", 3, 2, 1, 2, 1, 0),
        ("2", 3, 1, 2, 3, 0, 0),
        ("3", 1, 1, 0, 0, 0, 1),
        ("4", 3, 2, 1, 3, 0, 0),
    ]


def test_overview_spans_the_first_to_the_last_event(small):
    assert ask(small, "select video_id, first_frame, last_frame, span_frames from video_overview order by 1") == [
        ("1", 2, 6, 4),
        ("2", 4, 9, 5),
        ("3", 0, 0, 0),
        ("4", 3, 8, 5),
    ]


def test_overview_keeps_a_video_without_events():
    database = given("5 push train", "")
    counts = "events, contacts, releases, hand_object_events, object_surface_events, object_object_events"
    assert ask(database, f"select {counts}, first_frame, span_frames from video_overview") == [
        (0, 0, 0, 0, 0, 0, None, None)
    ]


def test_the_mix_counts_every_kind_of_event(small):
    assert ask(small, "from event_mix") == [
        ("contact", "hand-object", 4, 0.4, 3),
        ("contact", "object-object", 1, 0.1, 1),
        ("contact", "object-surface", 1, 0.1, 1),
        ("release", "hand-object", 4, 0.4, 3),
    ]


def test_a_video_whose_template_is_missing_is_kept():
    database = given(SMALL_VIDEOS, SMALL_EVENTS)
    database.execute("delete from templates")
    assert ask(database, "select video_id, template from video_labels order by 1") == [
        ("1", None),
        ("2", None),
        ("3", None),
        ("4", None),
    ]


@pytest.mark.parametrize(
    "view",
    [
        "event_timing",
        "event_coordinates",
        "interaction_intervals",
        "interval_displacement",
        "unpaired_events",
        "first_contact_last_release",
        "event_sequences",
        "mixed_action_frames",
        "near_duplicate_events",
        "repeated_actions",
        "isolating_windows(2)",
    ],
)
def test_events_whose_video_is_missing_are_kept(view):
    events = SMALL_EVENTS + "1 contact hand-object 3 10 5"
    database = given(SMALL_VIDEOS, events)
    before = ask(database, f"select video_id from {view} order by 1")
    database.execute("delete from videos")
    assert before
    assert ask(database, f"select video_id from {view} order by 1") == before


def test_totals_count_everything_once(small):
    row = dict(zip(small.sql("from totals").columns, ask(small, "from totals")[0], strict=True))
    assert row == {
        "events": 10,
        "contacts": 6,
        "releases": 4,
        "videos": 4,
        "videos_with_events": 4,
        "decoded_videos": 1,
        "unassigned_videos": 1,
        "templates": 3,
        "templates_with_videos": 3,
        "intervals": 3,
        "first_frame": 0,
        "last_frame": 9,
    }


def test_a_video_decoded_no_further_than_its_last_event_counts_as_decoded():
    database = given(SMALL_VIDEOS, SMALL_EVENTS)
    database.execute("update videos set frame_count = null, frame_rate = null, duration_s = null")
    assert ask(database, "select decoded_videos from totals") == [(1,)]


def test_totals_of_nothing_are_zero():
    assert ask(given("", ""), "select events, contacts, videos, templates, first_frame from totals") == [
        (0, 0, 0, 0, None)
    ]


def test_videos_are_counted_by_their_events():
    database = given(
        """
        1 push train
        2 push train
        3 push train
        4 push -
        """,
        """
        1 contact hand-object 0 0 0
        1 release hand-object 1 0 0
        2 contact hand-object 0 0 0
        4 contact hand-object 0 0 0
        """,
    )
    found = "select split, events, videos, round(share, 3) from events_per_video where grouped_by = 'split'"
    assert ask(database, found) == [
        ("train", 0, 1, 0.333),
        ("train", 1, 1, 0.333),
        ("train", 2, 1, 0.333),
        ("unassigned", 1, 1, 1.0),
    ]


@pytest.mark.parametrize("view", ["event_timing", "interaction_intervals", "first_contact_last_release"])
def test_events_whose_frame_is_not_indexed_are_kept(view):
    database = given(SMALL_VIDEOS, SMALL_EVENTS)
    before = ask(database, f"select video_id from {view} order by 1")
    database.execute("delete from frame_index")
    assert ask(database, f"select video_id from {view} order by 1") == before


def test_videos_are_counted_by_their_events_overall_and_by_template(small):
    found = "select template, events, videos, share from events_per_video"
    assert ask(small, f"{found} where grouped_by = 'all'") == [(None, 1, 1, 0.25), (None, 3, 3, 0.75)]
    assert ask(small, f"{found} where grouped_by = 'template'") == [
        ("drop", 1, 1, 1.0),
        ("lift", 3, 1, 1.0),
        ("push", 3, 2, 1.0),
    ]


def test_events_are_counted_by_template_split_action_and_agent(small):
    assert ask(small, "from event_counts") == [
        ("drop", "unassigned", "contact", "object-object", 1, 1),
        ("lift", "validation", "contact", "hand-object", 2, 1),
        ("lift", "validation", "release", "hand-object", 1, 1),
        ("push", "test", "contact", "hand-object", 1, 1),
        ("push", "test", "release", "hand-object", 2, 1),
        ("push", "train", "contact", "hand-object", 1, 1),
        ("push", "train", "contact", "object-surface", 1, 1),
        ("push", "train", "release", "hand-object", 1, 1),
    ]
