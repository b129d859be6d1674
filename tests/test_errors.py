"""How an error tells what was found."""

from __future__ import annotations

import pytest

from etl.errors import MissingExtraError, Problem, look_alikes, printable


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\u0441ontact", " (U+0441 CYRILLIC SMALL LETTER ES)"),
        ("hand\u2011object", " (U+2011 NON-BREAKING HYPHEN)"),
        ("hand\u00a0object", " (U+00A0 NO-BREAK SPACE)"),
        ("\u22125", " (U+2212 MINUS SIGN)"),
        ("\uff13", " (U+FF13 FULLWIDTH DIGIT THREE)"),
        ("\u0430\u0435x", " (U+0430 CYRILLIC SMALL LETTER A, U+0435 CYRILLIC SMALL LETTER IE)"),
        ("contact", ""),
        ("café \u0442\u0435\u0441\u0442 🦆 “quoted”", ""),
    ],
)
def test_what_only_looks_like_ascii_is_told_by_its_code_point(text: str, told: str):
    assert look_alikes(text) == told
    problem = Problem("a.json", "/1", f'"{text}"', '"contact"')
    assert str(problem) == f'a.json /1: found "{printable(text)}"{told}, expected "contact"'


def test_a_missing_extra_ends_with_the_command_that_installs_it():
    assert str(MissingExtraError("report", "a report")) == (
        "a report needs the extra [report]: pip install '.[report]' in the project's folder"
    )
