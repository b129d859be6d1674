"""The views of the family `overview`, over the rows of given.py."""

from __future__ import annotations

from given import ask, given


def test_labels_show_template_split_and_decoded_facts(small):
    assert ask(small, "from video_labels order by video_id") == [
        ("1", 0, "push", "train", 100, 50, 11, 1.1),
        ("2", 0, "push", "test", None, None, None, None),
        ("3", 1, "drop", "unassigned", None, None, None, None),
        ("4", 2, "lift", "validation", None, None, None, None),
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
    assert ask(database, "select video_id, events, contacts, first_frame, span_frames from video_overview") == [
        ("5", 0, 0, None, None)
    ]


def test_the_mix_counts_every_kind_of_event(small):
    assert ask(small, "from event_mix") == [
        ("contact", "hand-object", 4, 0.4, 3),
        ("contact", "object-object", 1, 0.1, 1),
        ("contact", "object-surface", 1, 0.1, 1),
        ("release", "hand-object", 4, 0.4, 3),
    ]
