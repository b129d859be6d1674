"""From what a tool gave back to whole pixels, agents and the frames that were shown."""

from __future__ import annotations

import pytest

from etl.corrections.model import Annotated, Place, Shape
from etl.corrections.settling import settled

VIDEO = Place("1", None)
POINTS = [(10, 20), (30, 40), (50, 0), (70, 9)]


def annotated(*shapes: Shape, **facts: object) -> Annotated:
    return Annotated(places={VIDEO: list(shapes)}, origins={VIDEO: ("a.xml", "task 1")}, **facts)  # type: ignore[arg-type]


def shapes(dx: float = 0, dy: float = 0, count: int = 4) -> list[Shape]:
    return [
        Shape(index, "contact", "hand-object", 5 * index, x + dx, y + dy) for index, (x, y) in enumerate(POINTS[:count])
    ]


def points(before: Annotated, after: Annotated) -> list[tuple[int, int]]:
    return [event.point for event in settled(before, after).after[VIDEO]]


@pytest.mark.parametrize(("value", "pixel"), [(-0.5, 0), (0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3), (2.49, 2)])
def test_half_a_pixel_is_rounded_up_and_nothing_lies_before_the_first(value: float, pixel: int):
    after = annotated(Shape(0, "contact", "hand-object", 5, value, value))
    assert points(annotated(), after) == [(pixel, pixel)]


def test_a_point_on_the_far_edge_is_put_on_the_last_column_and_row_and_one_beyond_stays():
    given = [Shape(index, "contact", "hand-object", 5, *point) for index, point in enumerate([(100, 60), (101, 59)])]
    assert points(annotated(), annotated(*given, sizes={VIDEO: (100, 60)})) == [(99, 59), (101, 59)]


@pytest.mark.parametrize("half", [(0.5, 0.5), (-0.5, 0.0), (0.0, 0.5)])
def test_a_half_pixel_that_three_points_share_while_none_stayed_is_the_tools(half: tuple[float, float]):
    found = settled(annotated(*shapes(count=3)), annotated(*shapes(*half, count=3)))
    assert [event.point for event in found.after[VIDEO]] == POINTS[:3]
    assert found.notes == [
        "The points came back half a pixel from where they were exported "
        f"({half[0]:+g}, {half[1]:+g} px), as from a tool that counts pixels from their corners: "
        "this half pixel was removed from all points."
    ]


def test_a_half_pixel_is_the_annotators_where_two_share_it_or_one_stayed_or_as_many_moved_otherwise():
    shifted = [(11, 21), (31, 41), (51, 1), (71, 10)]
    before = annotated(*shapes())
    assert points(annotated(*shapes(count=2)), annotated(*shapes(0.5, 0.5, count=2))) == shifted[:2]
    stayed = annotated(*shapes(0.5, 0.5, count=3), shapes()[3])
    assert points(before, stayed) == [*shifted[:3], POINTS[3]]
    others = [Shape(4 + n, "contact", "hand-object", 90 + n, 200, 100) for n in range(3)]
    moved = [shape._replace(x=shape.x + 7 + n) for n, shape in enumerate(others)]
    half = settled(annotated(*shapes(count=3), *others), annotated(*shapes(0.5, 0.5, count=3), *moved))
    assert [event.point for event in half.after[VIDEO]][:3] == shifted[:3]
    most = settled(annotated(*shapes(count=3), *others[:2]), annotated(*shapes(0.5, 0.5, count=3), *moved[:2]))
    assert [event.point for event in most.after[VIDEO]][:3] == POINTS[:3]


def test_points_that_all_moved_by_another_step_were_moved_by_the_annotator():
    assert points(annotated(*shapes()), annotated(*shapes(1, 0))) == [(x + 1, y) for x, y in POINTS]


def test_an_event_without_an_agent_takes_that_of_its_index():
    before = annotated(*[shape._replace(agent=agent) for shape, agent in zip(shapes(), AGENTS, strict=True)])
    after = annotated(*[shape._replace(agent=None, frame_number=0) for shape in reversed(shapes())])
    found = settled(before, after)
    assert [(event.event_index, event.agent) for event in found.after[VIDEO]] == [
        *((3, "object-object"), (2, "object-surface"), (1, "object-object"), (0, "hand-object")),
    ]
    assert found.notes[0].startswith("4 events came back without an agent")


AGENTS = ("hand-object", "object-object", "object-surface", "object-object")


def test_without_an_index_it_takes_the_nearest_in_frame_then_of_its_action_then_in_point():
    before = annotated(
        Shape(0, "contact", "hand-object", 5, 0, 0),
        Shape(1, "release", "object-object", 5, 90, 90),
        Shape(2, "contact", "object-surface", 5, 90, 90),
        Shape(3, "release", "object-surface", 20, 0, 0),
    )
    lacking = Shape(None, "release", None, 6, 0, 0)
    [(agent, index)] = [(e.agent, e.event_index) for e in settled(before, annotated(lacking)).after[VIDEO]]
    assert (agent, index) == ("object-object", 1)
    near = lacking._replace(action="contact", x=80, y=80)
    assert [e.event_index for e in settled(before, annotated(near)).after[VIDEO]] == [2]
    two = [near, near._replace(x=81)]
    assert sorted(e.event_index or 0 for e in settled(before, annotated(*two)).after[VIDEO]) == [0, 2]


def test_an_event_without_an_agent_that_no_exported_one_is_left_for_is_a_problem_at_its_place():
    before = annotated(Shape(0, "contact", "hand-object", 5, 0, 0))
    after = annotated(Shape(0, "contact", None, 5, 0, 0), Shape(0, "release", None, 9, 1, 2))
    found = settled(before, after)
    assert len(found.after[VIDEO]) == 1
    [problem] = found.problems
    assert (problem.file, problem.location, problem.found) == (
        *("a.xml", "task 1"),
        "release None at frame 9, point 1, 2",
    )


def test_exported_events_on_frames_that_nobody_saw_are_not_compared_and_counted():
    after = annotated(*shapes()[:1], shown={VIDEO: [range(5)]})
    found = settled(annotated(*shapes()), after)
    assert [event.event_index for event in found.before[VIDEO]] == [0]
    assert found.notes == ["3 exported events on frames that were not shown to the annotator: kept as exported."]


def test_events_that_two_jobs_hold_alike_are_told():
    assert settled(annotated(), annotated(merged=2)).notes == [
        "2 events in two jobs whose frames overlap, the same in both: counted once."
    ]
