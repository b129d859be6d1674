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
    assert ask(
        database, "select template, videos, events, events_per_video, video_share from template_distribution"
    ) == [
        ("push", 1, 1, 1.0, 1.0),
        ("drop", 0, 0, None, 0.0),
    ]
