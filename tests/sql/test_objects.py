"""The views of the family `objects`, and the quality view over boxes: given rows → expected rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest
from given import ask
from given_objects import EVENTS, SSV2, given_objects

import etl


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    return given_objects()


def test_a_noun_is_the_object_without_case_and_article(database):
    assert ask(database, "select video_id, placeholder_index, object, noun from video_objects") == [
        ("1", 0, "A Cup", "cup"),
        ("1", 1, "the table", "table"),
        ("2", 0, "cup", "cup"),
        ("2", 1, "Table", "table"),
        ("3", 0, "an  apple", "apple"),
        ("5", 0, "theory", "theory"),
        ("6", 0, "x", "x"),
    ]


def test_the_events_of_an_object_are_those_of_its_videos(database):
    assert ask(database, "from object_events") == [
        ("cup", "contact", "hand-object", 2, 2, 1.0, 1, 4.0),
        ("table", "contact", "hand-object", 2, 2, 1.0, 1, 4.0),
        ("apple", "contact", "object-surface", 1, 1, 1.0, 0, None),
        ("cup", "release", "hand-object", 1, 1, 1.0, 0, None),
        ("table", "release", "hand-object", 1, 1, 1.0, 0, None),
    ]


def test_the_objects_of_a_template_are_counted_in_its_videos_with_known_objects(database):
    assert ask(database, "from template_objects") == [
        (0, "put", "cup", 2, 1.0, 3),
        (0, "put", "table", 2, 1.0, 3),
        (1, "throw", "apple", 1, 1.0, 1),
    ]


def test_pairs_are_of_the_first_and_the_second_placeholder(database):
    assert ask(database, "from object_pairs") == [(0, "put", "cup", "table", 2, 3)]


def test_an_object_of_test_videos_only_is_marked(database):
    database.execute("begin")
    database.execute("insert into objects values ('2', 2, 'something', 'a fork')")
    assert ask(database, "from objects_by_split") == [
        ("cup", 2, 1, 0, 1, 0, False),
        ("table", 2, 1, 0, 1, 0, False),
        ("apple", 1, 0, 0, 0, 1, False),
        ("fork", 1, 0, 0, 1, 0, True),
    ]
    database.execute("rollback")


def test_boxes_are_aligned_when_they_end_with_the_decoded_video_or_a_known_gap_before(database):
    assert ask(database, "from boxed_videos order by video_id") == [
        ("1", 6, 3, 15, 20, True),
        ("2", 3, 1, 3, None, None),
        ("3", 1, 1, 0, None, None),
        ("4", 2, 2, 20, 20, False),
    ]
    assert ask(database, "from box_alignment order by video_id") == [
        ("1", 6, 15, 20, True),
        ("2", 3, 3, None, None),
        ("3", 1, 0, None, None),
        ("4", 2, 20, 20, False),
    ]
    database.execute("begin")
    for last, is_aligned in ((19, True), (20, False), (7, True), (6, False)):
        database.execute(
            f"delete from boxes where video_id = '1' and frame_number > 3; "
            f"insert into boxes values ('1', {last}, 0, '0000', false, 'cup', 0, 0, 1, 1)"
        )
        assert ask(database, "select boxes_aligned from boxed_videos where video_id = '1'") == [(is_aligned,)]
    database.execute("rollback")


def test_the_nearest_boxes_of_an_event_and_none_of_misaligned_videos(database):
    assert ask(
        database,
        "select video_id, event_index, hand_distance_px, object_distance_px, instance, category, noun, boxes_aligned "
        "from event_boxes order by all",
    ) == [
        ("1", 0, 2.0, 0.0, "0000", "cup", "cup", True),
        ("2", 0, 5.0, round((30**2 + 4**2) ** 0.5, 9), "0000", "cup", "cup", None),
        ("3", 0, None, round((40**2 + 10**2) ** 0.5, 9), "0000", "apple", "apple", None),
    ]


def test_far_events_are_far_from_hand_and_object(database):
    assert ask(database, "select video_id, event_index, nearest_distance_px from events_far_from_boxes") == [
        ("3", 0, round((40**2 + 10**2) ** 0.5, 9))
    ]
    database.execute("begin")
    database.execute("update boxes set x2 = 30, y2 = 40, y1 = 10 where video_id = '3'")
    assert ask(database, "from events_far_from_boxes") == []  # 20 pixels are not more than 20
    database.execute("rollback")


def test_hand_and_object_overlap_around_a_contact(database):
    assert ask(database, "from contact_boxes order by all") == [
        ("1", 0, "contact", 0, "0000", 45.0, round(45 / 160, 9)),
        ("1", 0, "contact", 1, "0000", 0.0, 0.0),
        ("1", 1, "release", -3, "0000", 0.0, 0.0),
        ("2", 0, "contact", 0, "0000", 0.0, 0.0),
    ]


def test_splits_are_laid_beside_those_of_ssv2(database):
    assert ask(database, "from split_overlap") == [
        ("test", "train", 1, 1, 1.0),
        ("train", "train", 1, 2, 1.0),
        ("unassigned", "test", 1, 1, 1.0),
    ]


def test_videos_of_a_template_without_annotation_whatever_its_spelling(database):
    assert ask(database, "from unannotated_videos order by video_id") == [
        ("5", 0, "put", "d", "validation"),
        ("6", 1, "throw", "e", "train"),
    ]


def test_without_companion_files_every_view_is_empty(small):
    for view in (
        "video_objects",
        "object_events",
        "template_objects",
        "object_pairs",
        "objects_by_split",
        "box_alignment",
        "boxed_videos",
        "event_boxes",
        "contact_boxes",
        "split_overlap",
        "unannotated_videos",
        "events_far_from_boxes",
    ):
        assert ask(small, f"from {view}") == [], view


def test_the_rows_are_those_of_a_slow_count(database):
    texts = {
        video[0]: {
            text.lower().removeprefix("an ").removeprefix("a ").removeprefix("the ").strip() for text in video[-1]
        }
        for video in SSV2
    }
    events = [line.split()[:3] for line in EVENTS.splitlines() if line.strip()]
    expected = Counter((noun, *event[1:]) for event in events for noun in texts.get(event[0], ()))
    assert {row[:3]: row[4] for row in ask(database, "from object_events")} == expected


@pytest.mark.parametrize(
    ("view", "number"), [("object_events", "events"), ("object_pairs", "videos"), ("objects_by_split", "videos")]
)
def test_the_commonest_come_first(sample_with_objects: Path, view: str, number: str):
    with etl.open_warehouse(sample_with_objects) as warehouse:
        numbers = [value for (value,) in warehouse.query(f"select {number} from {view}").fetchall()]
    assert len(set(numbers)) > 1
    assert numbers == sorted(numbers, reverse=True)
