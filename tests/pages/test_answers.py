"""Questions are asked when their answers are looked up, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from etl.pages.answers import Answer, Asking, Queryable, Question

QUESTIONS = [Question(name, (), f"select {number} as number, 1 / 3 as third") for number, name in enumerate("abc")]


class Source:
    """An engine that notes what it was asked."""

    def __init__(self) -> None:
        self.engine = duckdb.connect()
        self.asked: list[str] = []

    def query(self, sql: str, params: Mapping[str, Any] | None = None, /) -> duckdb.DuckDBPyRelation:
        self.asked.append(sql)
        return self.engine.sql(sql, params=params)


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_question_is_asked_when_it_is_looked_up_and_only_once(source: Source):
    answers = Asking(source, QUESTIONS)
    del source.asked[:]
    assert answers["c"].rows == answers["c"].rows == ((2, 0.333333333),)
    assert source.asked == [QUESTIONS[2].sql]
    assert list(answers.all()) == ["a", "b", "c"], "in the order of the questions"
    assert sorted(source.asked) == [question.sql for question in QUESTIONS]


def test_an_answer_is_completed_before_it_is_seen(source: Source):
    def longer(asked: Queryable, answer: Answer) -> Answer:
        assert asked is source
        return replace(answer, columns=(*answer.columns, "more"), rows=tuple((*row, "m") for row in answer.rows))

    answers = Asking(source, QUESTIONS, {"b": longer})
    assert answers["b"].records() == [{"number": 1, "third": 0.333333333, "more": "m"}]
    assert answers.all()["a"].columns == ("number", "third")
