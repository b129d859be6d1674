"""The views of the family `splits`, over the rows of given.py."""

from __future__ import annotations

from given import ask


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
