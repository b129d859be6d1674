"""The rules of the checks at their edges: what just passes, and what just fails."""

from __future__ import annotations

import pytest
from given import SMALL_EVENTS, SMALL_VIDEOS, ask, given

from etl.views import read_sql_files

CHECKS = {check.name: check.statement for check in read_sql_files("checks")}


@pytest.fixture
def database():
    return given(SMALL_VIDEOS, SMALL_EVENTS)


@pytest.mark.parametrize(
    ("column", "value", "is_found"),
    [
        ("frame_number", -1, True),
        ("frame_number", 0, False),
        ("frame_number", 99_999, False),
        ("frame_number", 100_000, True),
        ("point_x", -1, True),
        ("point_x", 0, False),
        ("point_x", 65_535, False),
        ("point_x", 65_536, True),
        ("point_y", -1, True),
        ("point_y", 0, False),
        ("point_y", 65_535, False),
        ("point_y", 65_536, True),
    ],
)
def test_a_number_is_out_of_range_only_beyond_its_bounds(database, column, value, is_found):
    database.execute(f"update events set {column} = {value} where video_id = '3'")
    assert [row[0] for row in ask(database, CHECKS["numbers_out_of_range"])] == ["3"] * is_found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("update frame_index set frame_number = 11 where frame_number = 10", [("1", 11, 11, 11)]),  # as many, but a gap
        ("update frame_index set frame_number = 3 where frame_number = 10", [("1", 11, 11, 9)]),  # as many, one twice
        ("insert into frame_index (video_id, frame_number) values ('1', 5)", [("1", 11, 12, 10)]),  # one too many
        ("update videos set frame_count = null where video_id = '1'", []),  # not decoded to its end
    ],
)
def test_a_video_s_frames_are_indexed_from_the_first_to_the_last(database, change, found):
    database.execute(change + (" and video_id = '1'" if "update frame_index" in change else ""))
    assert ask(database, CHECKS["frame_count_mismatches"]) == found


@pytest.mark.parametrize(("time_s", "found"), [(0.19, 1), (0.2, 1), (0.21, 0)])
def test_a_frame_s_time_is_later_than_that_of_the_frame_before(database, time_s, found):
    database.execute(f"update frame_index set time_s = {time_s} where video_id = '1' and frame_number = 3")
    assert len(ask(database, CHECKS["times_not_increasing"])) == found


@pytest.mark.parametrize(("frame_count", "found"), [(6, 2), (7, 0), (None, 0)])
def test_an_event_is_past_the_end_from_the_frame_count_on(database, frame_count, found):
    database.execute("update videos set frame_count = ? where video_id = '1'", [frame_count])
    assert len(ask(database, CHECKS["frames_past_end"])) == found


@pytest.mark.parametrize(("size", "found"), [("41, 46", 0), ("40, 46", 2), ("41, 45", 2)])
def test_a_point_is_inside_the_picture_up_to_its_last_pixel(database, size, found):
    width, height = size.split(", ")
    database.execute(f"update videos set width = {width}, height = {height} where video_id = '1'")
    assert len(ask(database, CHECKS["points_outside_picture"])) == found


def test_events_are_identical_only_where_everything_is():
    database = given(
        "1 push train",
        "1 contact hand-object 1 2 3\n1 contact hand-object 1 2 3\n1 contact hand-object 1 2 4\n"
        "1 contact hand-object 2 2 3\n1 release hand-object 1 2 3\n1 contact object-object 1 2 3",
    )
    assert ask(database, CHECKS["identical_events"]) == [("1", "contact", "hand-object", 1, 2, 3, 2)]


def test_a_source_of_seconds_without_any_frame_is_a_mismatch(database):
    database.execute("delete from frame_index where video_id = '1'")
    assert ask(database, CHECKS["time_source_mismatches"]) == [("1", "decoded", 0)]
