"""Single values of a tool's files: what is within the limits is read, what lies beyond is refused with its value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from etl.corrections.model import MalformedError, Place, Shape, described
from etl.corrections.values import agreed, json_of, only, place_of_frame_file, shape_of, size_of
from etl.schema import MAX_COORDINATE, MAX_FRAME_NUMBER

RIGHT: dict[str, Any] = {
    "event_index": 3,
    "action": "contact",
    "agent": "hand-object",
    "frame_number": 9,
    "x": 1,
    "y": 2,
}


def read(*, has_agents: bool = True, **changes: Any) -> Shape:
    values: dict[str, Any] = RIGHT | changes
    return shape_of(**values, has_agents=has_agents)


@pytest.mark.parametrize("number", [0, MAX_FRAME_NUMBER])
def test_the_first_and_the_last_frame_that_can_be_are_read(number: int):
    assert read(frame_number=number).frame_number == number


@pytest.mark.parametrize("side", ["x", "y"])
@pytest.mark.parametrize(("given", "value"), [(-0.5, -0.5), (0, 0.0), ("7.25", 7.25), (MAX_COORDINATE, 65_535.0)])
def test_a_coordinate_may_lie_half_a_pixel_before_the_picture_and_as_far_as_any_can(
    side: str, given: Any, value: float
):
    assert getattr(read(**{side: given}), side) == value


@pytest.mark.parametrize(
    ("given", "index"),
    [(0, 0), ("12", 12), ("999999999", 999_999_999), ("1234567890", None), (None, None), ("-1", None)],
)
def test_what_is_no_index_of_an_export_is_a_new_event(given: object, index: int | None):
    assert read(event_index=given).event_index == index


def test_an_agent_may_lack_only_where_the_whole_file_has_none():
    assert read(agent=None, has_agents=False).agent is None
    with pytest.raises(MalformedError, match="found None, expected an agent"):
        read(agent=None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"action": "grab"}, "found 'grab', expected an action: contact or release"),
        ({"agent": "foot"}, "found 'foot', expected an agent"),
        ({"agent": "foot", "has_agents": False}, "found 'foot', expected an agent"),
        ({"frame_number": -1}, "found -1, expected a frame number from 0 to 99999"),
        ({"frame_number": MAX_FRAME_NUMBER + 1}, "found 100000, expected a frame number from 0 to 99999"),
        ({"x": -0.51}, "found -0.51, expected a coordinate from 0 to 65535"),
        ({"y": MAX_COORDINATE + 0.01}, "found 65535.01, expected a coordinate from 0 to 65535"),
        ({"x": float("inf")}, "found inf, expected a coordinate"),
        ({"y": True}, "found True, expected a coordinate"),
        ({"x": "left"}, "found 'left', expected a coordinate in pixels"),
        ({"x": None}, "found None, expected a coordinate in pixels"),
    ],
)
def test_a_value_that_cannot_be_is_refused_as_it_stands(changes: dict[str, Any], message: str):
    with pytest.raises(MalformedError) as caught:
        read(**changes)
    assert str(caught.value).startswith(message)


def test_a_long_value_is_shortened_after_80_characters():
    assert MalformedError("x" * 78, "").found == "'" + "x" * 78 + "'"
    assert MalformedError("x" * 79, "").found == "'" + "x" * 79 + "…"


def test_one_element_is_taken_and_none_or_two_are_refused():
    assert only(["a"], "one") == "a"
    for values in ([], ["a", "b"], "a", None):
        with pytest.raises(MalformedError, match="expected one"):
            only(values, "one")


def test_statements_of_one_fact_agree_or_are_refused_and_none_says_nothing():
    assert agreed("size", None, 3, None, 3) == 3
    assert agreed("size", None) is None
    with pytest.raises(MalformedError, match="found 'size 3 and 4', expected one size"):
        agreed("size", 3, None, 4)


def test_a_size_is_known_where_both_sides_are():
    assert size_of("100", 60.0) == (100, 60)
    assert size_of(None, 60) is size_of(100, None) is None


def test_the_name_of_a_frame_tells_video_and_frame():
    assert place_of_frame_file("20/frame_00009.jpg") == Place("20", 9)
    for name in ("20/9.jpg", None, 9):
        with pytest.raises(MalformedError, match=r"VIDEO_ID/frame_00009\.jpg"):
            place_of_frame_file(name)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff", "bytes that are not UTF-8', expected text in UTF-8"), (b"{", "expected JSON"), (b"[" * 100_000, "JSON")],
)
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes, message: str):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(MalformedError, match=message):
        json_of(tmp_path / "a.json")


def test_an_event_in_words_has_its_point_without_needless_digits():
    assert described(Shape(1, "contact", None, 9, 1.0, 2.5)) == "contact None at frame 9, point 1, 2.5"
