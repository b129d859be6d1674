"""The p-values of a report, counted in arrays, are those of the macro split_tests, digit for digit."""

from __future__ import annotations

from pathlib import Path

import pytest
from given import given
from reporting import OpenDatabase

import etl
from etl.build import build
from etl.dataset.sample import sample_folder
from etl.pages.answers import Queryable, ask
from etl.report.questions import QUESTIONS
from etl.report.split_tests import with_p_values


def require_the_macros_numbers(source: Queryable) -> int:
    """Compare the answer with that of the statement it shows, and return its number of rows."""
    questions = [question for question in QUESTIONS if question.name == "split_balance"]
    found = with_p_values(source, ask(source, questions)["split_balance"])
    assert ask(source, [found.question])["split_balance"] == found
    assert found.question.macros == ("split_tests",)
    return len(found.rows)


@pytest.mark.parametrize(
    "case", [pytest.param("sample", id="sample"), pytest.param("real", marks=pytest.mark.real_data, id="real data")]
)
def test_they_are_the_macros(case: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    metadata = sample_folder() if case == "sample" else request.getfixturevalue("real_metadata")
    build(metadata, tmp_path / "warehouse")
    with etl.open_warehouse(tmp_path / "warehouse") as warehouse:
        assert require_the_macros_numbers(warehouse) > 0


def test_a_draw_in_which_a_split_has_no_event_tells_nothing() -> None:
    videos = "\n".join(f"{video} push {'train' if video < 3 else 'test'}" for video in range(1, 7))
    events = "1 contact hand-object 0 0 0\n4 release hand-object 0 0 0\n4 contact hand-object 1 0 0"
    assert require_the_macros_numbers(OpenDatabase(given(videos, events))) == 4


def test_splits_without_events_are_compared_by_their_templates() -> None:
    source = OpenDatabase(given("1 push train\n2 push test\n3 pull test", ""))
    assert require_the_macros_numbers(source) == 1
