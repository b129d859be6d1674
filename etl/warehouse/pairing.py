"""Pair two lists of one video's events: which event of the one is which of the other. Pure.

A deletion shifts every later `event_index`, so positions say little: events are paired by what they are. Identical
events come first; then, each time at the least total cost, events of the same action and agent, of the same agent, and
any others. The last two only within a limit: an event that is far away and has another label is another event.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from etl.warehouse.events import Event

__all__ = ["Pairing", "pair_events"]

# One frame costs as much as ten pixels: in SSv2's clips a hand moves about that far from frame to frame.
PIXELS_PER_FRAME = 10.0
# The cost up to which an event with another label can be the same one: a second, or half the picture's height.
RELABELLED_WITHIN = 12.0


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which events belong together: positions in the two lists."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]


def pair_events(old: Sequence[Event], new: Sequence[Event]) -> Pairing:
    """Pair the events of two lists, each event once at most; pairs come in the order of the new list."""
    pairs: list[tuple[int, int]] = []
    left, right = list(range(len(old))), list(range(len(new)))

    def take(found: list[tuple[int, int]]) -> None:
        pairs.extend(found)
        for one, other in found:
            left.remove(one)
            right.remove(other)

    take(_alike(old, new))
    for is_possible, limit in PASSES:
        if left and right:
            take(_cheapest(old, new, left, right, is_possible, limit))
    return Pairing(tuple(sorted(pairs, key=lambda pair: pair[1])), tuple(left), tuple(right))


PASSES: tuple[tuple[Callable[[Event, Event], bool], float], ...] = (
    (lambda one, other: (one.action, one.agent) == (other.action, other.agent), math.inf),
    (lambda one, other: one.agent == other.agent, RELABELLED_WITHIN),
    (lambda one, other: True, RELABELLED_WITHIN),
)


def _alike(old: Sequence[Event], new: Sequence[Event]) -> list[tuple[int, int]]:
    """Pair events that are equal except for the event index, repeated ones in their order."""
    places: dict[tuple[object, ...], list[int]] = {}
    for position, event in enumerate(old):
        places.setdefault(_content(event), []).append(position)
    found = []
    for position, event in enumerate(new):
        if waiting := places.get(_content(event)):
            found.append((waiting.pop(0), position))
    return found


def _content(event: Event) -> tuple[object, ...]:
    return event.action, event.agent, event.frame_number, event.point_x, event.point_y


def _cheapest(
    old: Sequence[Event],
    new: Sequence[Event],
    left: Sequence[int],
    right: Sequence[int],
    is_possible: Callable[[Event, Event], bool],
    limit: float,
) -> list[tuple[int, int]]:
    """Pair as many as can be paired, at the least total cost."""
    costs = [[_cost(old[one], new[other]) for other in right] for one in left]
    for row, one in enumerate(left):
        for column, other in enumerate(right):
            if not is_possible(old[one], new[other]) or costs[row][column] > limit:
                costs[row][column] = math.inf
    # An impossible pair costs more than all possible ones together, so it is made only if there is no other.
    impossible = 1.0 + sum(cost for row in costs for cost in row if cost < math.inf)
    finite = [[min(cost, impossible) for cost in row] for row in costs]
    return [(left[row], right[column]) for row, column in assign(finite) if costs[row][column] < math.inf]


def _cost(one: Event, other: Event) -> float:
    pixels = math.dist((one.point_x, one.point_y), (other.point_x, other.point_y))
    return abs(one.frame_number - other.frame_number) + pixels / PIXELS_PER_FRAME


def assign(costs: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return pairs (row, column) of least total cost; every row or every column is in one, whichever are fewer.

    Shortest augmenting paths with potentials (Jonker and Volgenant, Computing 38, 1987); O(n³), n is a video's events.
    """
    if not costs or not costs[0]:
        return []
    if len(costs) > len(costs[0]):
        return sorted((row, column) for column, row in assign(list(zip(*costs, strict=True))))
    rows, columns = len(costs), len(costs[0])
    row_potential, column_potential = [0.0] * rows, [0.0] * columns
    row_of: list[int] = [-1] * columns
    for start in range(rows):
        reach, came_from, is_done = [math.inf] * columns, [-1] * columns, [False] * columns
        row, column = start, -1
        while True:
            step, nearest = math.inf, -1
            for candidate in range(columns):
                if is_done[candidate]:
                    continue
                cost = costs[row][candidate] - row_potential[row] - column_potential[candidate]
                if cost < reach[candidate]:
                    reach[candidate], came_from[candidate] = cost, column
                if reach[candidate] < step:
                    step, nearest = reach[candidate], candidate
            row_potential[start] += step
            for candidate in range(columns):
                if is_done[candidate]:
                    row_potential[row_of[candidate]] += step
                    column_potential[candidate] -= step
                else:
                    reach[candidate] -= step
            column = nearest
            is_done[column] = True
            row = row_of[column]
            if row < 0:
                break
        while column >= 0:
            before = came_from[column]
            row_of[column] = row_of[before] if before >= 0 else start
            column = before
    return sorted((row, column) for column, row in enumerate(row_of) if row >= 0)
