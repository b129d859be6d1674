"""What cannot be a correction is told at its place, and what was exported is never at fault."""

from __future__ import annotations

import pytest

from etl.corrections.checking import faults, twice_corrected
from etl.corrections.differences import Difference
from etl.corrections.model import Annotated, Extent, Marked, Place
from etl.corrections.settling import Settled
from etl.schema import MAX_COORDINATE

VIDEO = Place("1", None)
EVENT = Marked(0, "contact", "hand-object", 5, 10, 20)
KNOWN = Extent(100, 60, 13)


def found(
    before: list[Marked], after: list[Marked], extent: Extent = KNOWN, shown: list[range] | None = None, **sizes: object
) -> list[str]:
    exported = Annotated(places={VIDEO: []}, sizes={VIDEO: (100, 60)})
    back = Annotated(places={VIDEO: []}, origins={VIDEO: ("a.xml", "task 1")}, shown={VIDEO: shown} if shown else {})
    if sizes:
        back.sizes[VIDEO] = sizes["size"]  # type: ignore[assignment]
    problems = faults(exported, back, Settled({VIDEO: before}, {VIDEO: after}), {"1": extent})
    return [f"{problem.found}, expected {problem.expected}" for problem in problems]


def changed(**changes: int) -> list[Marked]:
    return [EVENT._replace(**changes)]  # type: ignore[arg-type]


def test_the_last_frame_column_and_row_are_within_and_the_next_is_not():
    assert found([EVENT], changed(frame_number=12, point_x=99, point_y=59)) == []
    assert found([EVENT], changed(frame_number=13)) == [
        "contact hand-object at frame 13, point 10, 20, expected a frame from 0 to 12, the last of the video"
    ]
    for side in ({"point_x": 100}, {"point_y": 60}):
        assert found([EVENT], changed(**side))[0].endswith("expected a point in the picture of 100 × 60 px")


def test_where_the_extent_is_unknown_only_the_limits_of_all_videos_hold():
    unknown = Extent(None, None, None)
    assert found([EVENT], changed(frame_number=99_999, point_x=MAX_COORDINATE - 1), unknown) == []
    assert len(found([EVENT], changed(point_x=MAX_COORDINATE), unknown)) == 1


def test_an_event_that_is_as_it_was_is_never_at_fault():
    odd = EVENT._replace(frame_number=90, point_x=500)
    assert found([odd], [odd]) == []


def test_a_repeat_is_a_fault_where_there_are_more_than_before():
    copy = EVENT._replace(event_index=1)
    assert found([EVENT, copy], [EVENT, copy]) == []
    assert found([EVENT], [EVENT, copy]) == [
        "contact hand-object at frame 5, point 10, 20 2 times, expected every event once"
    ]
    assert len(found([EVENT, copy], [EVENT, copy, EVENT])) == 1


def test_a_frame_that_was_not_shown_is_told_with_those_that_were():
    shown = [range(3), range(4, 12, 4), range(0)]
    assert found([EVENT], changed(frame_number=8), shown=shown) == []
    assert found([EVENT], changed(frame_number=6), shown=shown) == [
        "contact hand-object at frame 6, point 10, 20, expected a frame that was shown: 0 to 2 and 4 to 8 by 4 and none"
    ]


@pytest.mark.parametrize(("last", "faulty"), [(12, False), (13, True)])
def test_a_video_that_shows_frames_past_its_end_is_another_one(last: int, faulty: bool):
    told = found([], [], shown=[range(last + 1)])
    assert told == ([f"a video with frames up to {last}, expected frames from 0 to 12, as exported"] if faulty else [])


def test_a_picture_of_another_size_is_another_one():
    assert found([], [], size=(100, 60)) == []
    assert found([], [], size=(60, 100)) == ["a picture of 60 × 100 px, expected one of 100 × 60 px, as exported"]


@pytest.mark.parametrize(("place", "told"), [(Place("2", None), "video 2"), (Place("2", 7), "video 2, frame 7")])
def test_a_place_that_was_not_exported_is_named(place: Place, told: str):
    back = Annotated(origins={place: ("a.xml", "task 2")})
    [problem] = faults(Annotated(), back, Settled({}, {place: []}), {})
    assert (problem.file, problem.location, problem.found) == ("a.xml", "task 2", told)


def test_an_event_that_two_files_correct_is_a_fault_and_so_is_a_new_one_in_both():
    moved = EVENT._replace(frame_number=6)
    removed, added = Difference("1", EVENT, None), Difference("1", None, moved)
    assert list(twice_corrected([removed, added, Difference("2", EVENT, None)])) == []
    told = [problem.found for problem in twice_corrected([Difference("1", EVENT, moved), removed, added, added])]
    assert told == ["event 0 corrected in two files", "a new event corrected in two files"]
