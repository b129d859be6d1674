"""Messages count in words that fit the number."""

from __future__ import annotations

import pytest

from etl.wording import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 videos"), (1, "1 video"), (2, "2 videos"), (24_222, "24,222 videos")]
)
def test_one_thing_is_one_and_thousands_are_set_apart(number: int, said: str):
    assert counted(number, "video") == said


def test_a_plural_of_its_own_is_given():
    assert (counted(1, "box", "boxes"), counted(2, "box", "boxes")) == ("1 box", "2 boxes")
