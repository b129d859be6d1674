"""How values of predictions are shown in errors."""

from __future__ import annotations

import polars as pl
import pytest

from etl.evaluation.columns import shown


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5.0, "5.0"),
        (True, "true"),
        (None, "null"),
        (pl.Series([1, 2]), "[1, 2]"),
        ("a" * 58, f'"{"a" * 58}"'),
        ("a" * 59, f'"{"a" * 59}…'),
    ],
)
def test_a_value_is_shown_as_json_and_no_longer_than_60_signs(value: object, words: str):
    assert shown(value) == words
