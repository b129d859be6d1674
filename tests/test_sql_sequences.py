"""The views of the family `sequences`, over the rows of given.py."""

from __future__ import annotations

from given import ask


def test_a_signature_tells_the_events_in_order_of_time(small):
    assert ask(small, "from event_sequences order by video_id") == [
        ("1", "push", "train", 3, "contact hand-object → release hand-object → contact object-surface", True),
        ("2", "push", "test", 3, "contact hand-object → release hand-object → release hand-object", True),
        ("3", "drop", "unassigned", 1, "contact object-object", False),
        ("4", "lift", "validation", 3, "contact hand-object → contact hand-object → release hand-object", False),
    ]
