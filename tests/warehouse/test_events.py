"""The selected events video by video: whole, in order, with what decoding found and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from given import given

from etl.errors import VideoError
from etl.manifest import NO_MANIFEST
from etl.warehouse.events import Event, Frame, Source, Video, _by_video, named
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection

VIDEOS = """
    1 push train 100 50 3 10
    2 push test
    3 drop -
"""
EVENTS = """
    1 contact hand-object    2 10  5
    1 release hand-object    1 40 45
    1 contact object-surface 2 41 45
    2 release hand-object    9 60 60
    3 contact object-object  0 50 10
"""


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    database = given(VIDEOS, EVENTS)
    database.execute("update videos set video_file = '1.webm' where video_id = '1'")
    database.execute(
        "update frame_index set sha256 = 'ab', size_bytes = 70 + frame_number, offset_bytes = 5 * frame_number "
        "where video_id = '1' and frame_number > 0"
    )
    return Warehouse(Path("nowhere"), database, NO_MANIFEST)


def source(warehouse: Warehouse, **selection: object) -> Source:
    return Source(warehouse, Selection(**selection))  # type: ignore[arg-type]


def test_a_video_comes_with_its_events_in_the_published_order_and_with_what_decoding_found(warehouse: Warehouse):
    first, second, third = source(warehouse).videos()
    events = (
        Event(0, "contact", "hand-object", 2, 10, 5),
        Event(1, "release", "hand-object", 1, 40, 45),
        Event(2, "contact", "object-surface", 2, 41, 45),
    )
    assert first == Video("1", 0, "push", "train", events, 100, 50, 3, 10.0, "1.webm")
    assert (second.width, second.height, second.frame_count, second.frame_rate, second.video_file) == (None,) * 5
    assert (third.video_id, third.split, third.template_id) == ("3", "unassigned", 1)


def test_the_events_of_a_frame_stand_together_frames_ascending(warehouse: Warehouse):
    first = next(source(warehouse).videos())
    assert [(frame, [e.event_index for e in events]) for frame, events in first.events_by_frame.items()] == [
        (1, [1]),
        (2, [0, 2]),
    ]


def test_a_video_whose_rows_span_batches_is_one(warehouse: Warehouse):
    found = [(labels.video_id, len(events)) for labels, events in _by_video(source(warehouse).batches(rows_at_once=1))]
    assert found == [("1", 3), ("2", 1), ("3", 1)]


def test_progress_is_the_number_of_events_that_were_handed_out(warehouse: Warehouse):
    told: list[int] = []
    batches = Source(warehouse, Selection(), told.append).batches(rows_at_once=2)
    assert next(batches).num_rows == 2
    assert told == []
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert told == [2, 4, 5]


def test_what_a_format_needs_and_is_unknown_of_a_selected_video_is_an_error_before_the_first_video(
    warehouse: Warehouse,
):
    with pytest.raises(VideoError) as caught:
        next(source(warehouse).videos("width", "frame_count"))
    assert str(caught.value) == (
        "the format needs the size of the picture and the number of frames, which is unknown for 2 of 3 selected "
        "videos (2, 3). Decode them to their end: contact-release extract --videos DIR; or leave them out: --where "
        '"video_id in (select video_id from videos where width is not null and frame_count is not null)"'
    )
    with pytest.raises(VideoError, match=r"\(2, 3\)\. Decode them: contact-release"):
        next(source(warehouse).videos("width"))
    assert [video.video_id for video in source(warehouse, splits="train").videos("width", "frame_rate")] == ["1"]


def test_the_first_five_ids_of_many_are_named():
    assert named(["1", "2", "3", "4", "5"]) == "1, 2, 3, 4, 5"
    assert named(["1", "2", "3", "4", "5", "6"]) == "1, 2, 3, 4, 5, …"


def test_an_id_that_cannot_be_a_file_name_is_refused():
    database = given("a/b push train", "a/b contact hand-object 0 1 1")
    with pytest.raises(VideoError, match="the video id 'a/b' cannot be part of a file name"):
        next(source(Warehouse(Path("nowhere"), database, NO_MANIFEST)).videos())


def test_templates_are_all_of_the_warehouse_by_their_ids(warehouse: Warehouse):
    assert source(warehouse, splits="train").templates() == {0: "push", 1: "drop"}


def test_frames_come_in_order_and_those_that_were_saved_with_size_checksum_and_place(warehouse: Warehouse):
    one = source(warehouse)
    assert one.frames("1") == [Frame(0, 0.0, None), Frame(1, 0.1, None), Frame(2, 0.2, None)]
    assert one.recorded("1") == {1: (71, "ab", 5), 2: (72, "ab", 10)}
    assert one.recorded("2") == {}
    assert one.recorded("1") == {1: (71, "ab", 5), 2: (72, "ab", 10)}
