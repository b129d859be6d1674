"""Where two lists of one video's events differ, and by how much."""

from __future__ import annotations

from etl.corrections.differences import Difference, compare, differences_of
from etl.corrections.model import Marked, Place

FIRST = Marked(0, "contact", "hand-object", 5, 10, 20)
SECOND = Marked(1, "release", "hand-object", 9, 13, 24)


def new(event: Marked, **changes: object) -> Marked:
    return event._replace(event_index=None, **changes)  # type: ignore[arg-type]


def test_an_event_is_moved_by_later_frames_and_by_the_distance_of_its_points():
    found = Difference("1", FIRST, FIRST._replace(frame_number=3, point_x=13, point_y=24))
    assert (found.kind, found.frames, found.pixels) == ("moved", -2, 5.0)
    assert Difference("1", FIRST, FIRST._replace(agent="object-object", frame_number=7)).kind == "relabelled"


def test_what_is_added_or_removed_has_no_distance():
    for found, kind in ((Difference("1", None, FIRST), "added"), (Difference("1", FIRST, None), "removed")):
        assert (found.kind, found.frames, found.pixels) == (kind, None, None)


def test_events_are_paired_by_their_index_whatever_they_have_become():
    swapped = [FIRST._replace(event_index=1), SECOND._replace(event_index=0)]
    assert differences_of("1", [FIRST, SECOND], swapped) == [
        Difference("1", SECOND, swapped[0]),
        Difference("1", FIRST, swapped[1]),
    ]


def test_events_without_an_index_are_paired_by_what_they_are():
    assert differences_of("1", [FIRST, SECOND], [new(SECOND), new(FIRST)]) == []
    moved = new(FIRST, frame_number=7)
    assert differences_of("1", [FIRST, SECOND], [new(SECOND), moved]) == [Difference("1", FIRST, moved)]
    assert differences_of("1", [FIRST, SECOND], [new(FIRST)]) == [Difference("1", SECOND, None)]


def test_events_without_an_index_are_paired_with_the_nearest_frame():
    later = FIRST._replace(event_index=1, frame_number=50)
    moved = new(FIRST, frame_number=49)
    assert differences_of("1", [FIRST, later], [moved, new(FIRST)]) == [Difference("1", later, moved)]


def test_a_second_event_of_one_index_is_an_added_copy():
    copy = FIRST._replace(frame_number=30)
    assert differences_of("1", [FIRST], [FIRST, copy]) == [Difference("1", None, copy)]


def test_only_places_that_came_back_are_compared():
    one, other = Place("1", None), Place("2", None)
    assert compare({one: [FIRST], other: [SECOND]}, {one: []}) == [Difference("1", FIRST, None)]
