"""Compare what a view answers with what plain Python has counted."""

from __future__ import annotations

import math

from recount_world import Rows


def compare(found: Rows, expected: Rows) -> None:
    """The same rows in whatever order; a column that the recount leaves out is null."""
    columns = set(found[0]) if found else set()
    whole = [dict.fromkeys(columns) | row for row in expected]
    assert len(found) == len(whole)
    for one, other in zip(sorted(found, key=place), sorted(whole, key=place), strict=True):
        assert one.keys() == other.keys()
        assert {name: (value, other[name]) for name, value in one.items() if not alike(value, other[name])} == {}


def alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def place(row: dict[str, object]) -> list[tuple[str, object]]:
    """Where a row stands: by its texts and integers, which are the same on both sides, then by its other numbers."""
    texts = sorted((name, value) for name, value in row.items() if isinstance(value, str))
    integers = sorted((name, value) for name, value in row.items() if type(value) is int)
    return [*texts, *integers, *sorted((name, round(value, 6)) for name, value in row.items() if type(value) is float)]
