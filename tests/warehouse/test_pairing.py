"""Pairing two lists of events: what belongs together is found, at the least total cost."""

from __future__ import annotations

import math
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from etl.schema import ACTIONS, AGENTS
from etl.warehouse.events import Event
from etl.warehouse.pairing import Pairing, assign, pair_events


def event(action: str = "contact", agent: str = "hand-object", frame: int = 0, x: int = 0, y: int = 0) -> Event:
    return Event(0, action, agent, frame, x, y)


EVENTS = st.lists(
    st.builds(
        Event,
        st.just(0),
        st.sampled_from(ACTIONS),
        st.sampled_from(AGENTS),
        st.integers(0, 40),
        st.integers(0, 300),
        st.integers(0, 200),
    ),
    max_size=6,
)


def test_a_deletion_pairs_the_others_as_they_were():
    old = [event(frame=number) for number in (3, 5, 9)]
    assert pair_events(old, old[1:]) == Pairing(pairs=((1, 0), (2, 1)), removed=(0,), added=())


def test_the_least_total_is_taken_not_the_nearest_first():
    old, new = [event(frame=10), event(frame=14)], [event(frame=13), event(frame=20)]
    # Nearest first would pair 14 with 13 and leave 10 for 20: 11 frames in all instead of 9.
    assert pair_events(old, new).pairs == ((0, 0), (1, 1))


def test_the_same_label_comes_before_a_nearer_event_with_another():
    old, new = [event(frame=10)], [event("release", frame=10), event(frame=30)]
    assert pair_events(old, new) == Pairing(((0, 1),), (), (0,))


def test_another_label_is_the_same_event_only_nearby():
    old = [event(frame=10, x=100)]
    assert pair_events(old, [event("release", frame=12, x=200)]).pairs == ((0, 0),)
    assert pair_events(old, [event("release", frame=13, x=200)]).pairs == ()
    assert pair_events(old, [event(agent="object-object", frame=10, x=100)]).pairs == ((0, 0),)


def test_another_agent_is_the_same_event_only_nearby_and_after_those_of_one_agent():
    old = [event(frame=10), event(frame=30)]
    new = [event("release", "object-object", frame=10), event("release", frame=11), event("release", frame=50)]
    assert pair_events(old[:1], new) == Pairing(((0, 1),), (), (0, 2))
    assert pair_events(old, [new[0], new[2]]) == Pairing(((0, 0),), (1,), (1,))
    assert pair_events([event(frame=10)], [event("release", "object-object", frame=22)]).pairs == ((0, 0),)
    assert pair_events([event(frame=10)], [event("release", "object-object", frame=23)]).pairs == ()


def test_pairs_come_in_the_order_of_the_new_list():
    old, new = [event(frame=1), event(frame=5), event(frame=9)], [event(frame=9), event(frame=1), event(frame=6)]
    assert pair_events(old, new) == Pairing(((2, 0), (0, 1), (1, 2)), (), ())


def test_as_many_as_can_be_are_paired_even_where_a_nearer_pair_would_leave_two_over():
    old = [event("release", frame=0), event("release", frame=8)]
    new = [event(frame=8), event(frame=19)]
    # 8 with 8 would cost nothing, but then 0 and 19, which are too far apart, would be left over.
    assert pair_events(old, new) == Pairing(((0, 0), (1, 1)), (), ())


def test_doubles_are_paired_in_their_order():
    assert pair_events([event()] * 3, [event()] * 2) == Pairing(((0, 0), (1, 1)), (2,), ())


@given(EVENTS, EVENTS)
def test_every_event_is_in_one_place(old: list[Event], new: list[Event]):
    found = pair_events(old, new)
    assert sorted([one for one, _ in found.pairs] + list(found.removed)) == list(range(len(old)))
    assert sorted([other for _, other in found.pairs] + list(found.added)) == list(range(len(new)))


@given(EVENTS)
def test_equal_lists_are_paired_one_to_one_in_any_order(events: list[Event]):
    found = pair_events(events, list(reversed(events)))
    assert all(events[one] == list(reversed(events))[other] for one, other in found.pairs)
    assert len(found.pairs) == len(events)


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_an_assignment_costs_no_more_than_any_other(rows: int, columns: int, random):
    costs = [[random.choice([0.0, 1.0, 2.5, 7.0, 100.0]) for _ in range(columns)] for _ in range(rows)]
    found = assign(costs)
    assert len(found) == min(rows, columns)
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    wide = costs if rows <= columns else [list(column) for column in zip(*costs, strict=True)]
    least = min(
        sum(wide[row][column] for row, column in enumerate(chosen))
        for chosen in permutations(range(len(wide[0])), len(wide))
    )
    assert math.isclose(sum(costs[row][column] for row, column in found), least)


def test_of_nothing_nothing_is_assigned():
    assert assign([]) == assign([[]]) == []
