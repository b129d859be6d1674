"""Which picture a frame is: what is known of it is told, and what cannot be is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from given import given

from etl.errors import OptionError, VideoError
from etl.manifest import NO_MANIFEST
from etl.schema import MAX_FRAME_NUMBER
from etl.warehouse.events import Event
from etl.warehouse.explain import explain
from etl.warehouse.open import Warehouse


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    events = "1 contact hand-object 2 10 5\n1 release hand-object 1 40 45\n1 contact object-surface 2 41 45"
    database = given("1 push train 100 50 3 10\n2 push test", events)
    database.execute("update videos set decoder = 'a decoder' where video_id = '1'")
    database.execute(
        "update frame_index set file = '1/frame_00002.jpg', size_bytes = 77, sha256 = 'ab' "
        "where video_id = '1' and frame_number = 2"
    )
    return Warehouse(Path("nowhere"), database, NO_MANIFEST)


def test_a_frame_has_its_picture_its_time_and_its_events_in_the_published_order(warehouse: Warehouse):
    found = explain(warehouse, "1", 2, frames="pictures")
    assert (found.is_decoded, found.file, found.time_s, found.time_source, found.width, found.height) == (
        *(True, Path("pictures/1/frame_00002.jpg"), 0.2, "decoded"),
        *(100, 50),
    )
    assert (found.size_bytes, found.sha256) == (77, "ab")
    assert found.events == (
        Event(0, "contact", "hand-object", 2, 10, 5),
        Event(2, "contact", "object-surface", 2, 41, 45),
    )


def test_a_frame_that_is_not_in_the_index_has_what_is_known_of_its_video(warehouse: Warehouse):
    found = explain(warehouse, "2", MAX_FRAME_NUMBER)
    assert (found.is_decoded, found.file, found.time_s, found.sha256, found.events) == (False, None, None, None, ())


def test_tools_that_count_from_one_have_one_more(warehouse: Warehouse):
    assert explain(warehouse, "1", 2).elsewhere == (
        ("this warehouse, the publisher", 2, "frame_00002.jpg"),
        ("CVAT", 2, ""),
        ("FiftyOne", 3, ""),
        ("Label Studio", 3, ""),
        ("Something-Else", 3, "0003.jpg"),
        ("MMAction2 (its default)", 3, "img_00003.jpg"),
    )


@pytest.mark.parametrize(
    ("video_id", "frame_number", "kind", "message"),
    [
        ("1", -1, OptionError, "found the frame -1, expected 0 to 99,999"),
        ("1", MAX_FRAME_NUMBER + 1, OptionError, "found the frame 100000, expected 0 to 99,999"),
        ("3", 0, VideoError, "there is no video '3'"),
        ("1", 3, VideoError, "video 1 has no frame 3: its last one is 2"),
    ],
)
def test_what_cannot_be_a_frame_is_refused(
    warehouse: Warehouse, video_id: str, frame_number: int, kind: type[Exception], message: str
):
    with pytest.raises(kind, match=re.escape(message)):
        explain(warehouse, video_id, frame_number)
