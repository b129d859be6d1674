"""An answer where pandas is not installed is a relation in all but what needs it."""

from __future__ import annotations

import duckdb
import pytest

from etl.errors import MissingExtraError
from etl.warehouse import answer


@pytest.fixture
def relation() -> duckdb.DuckDBPyRelation:
    return duckdb.connect().sql("select 1 as a, 2 as b union all select 3, 4 order by a")


def test_with_pandas_the_relation_itself_is_the_answer(relation, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answer, "_has_pandas", lambda: True)
    assert answer.answer(relation) is relation


def test_pandas_is_there_where_it_is_found(monkeypatch: pytest.MonkeyPatch):
    for found in (True, False):
        monkeypatch.setattr(answer, "find_spec", {"pandas": object()}.get if found else {}.get)
        assert answer._has_pandas.__wrapped__() is found


def test_without_pandas_rows_columns_length_and_text_are_those_of_the_relation(
    relation, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(answer, "_has_pandas", lambda: False)
    found = answer.answer(relation)
    assert found.fetchall() == [(1, 2), (3, 4)]
    assert found["b"].fetchall() == [(2,), (4,)]
    assert found.columns == ["a", "b"]
    assert len(found) == 2
    assert repr(found) == repr(relation)


@pytest.mark.parametrize("name", ["df", "fetchdf", "to_df", "fetch_df_chunk"])
def test_without_pandas_a_data_frame_says_what_to_install(relation, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setattr(answer, "_has_pandas", lambda: False)
    with pytest.raises(MissingExtraError, match="pandas"):
        getattr(answer.answer(relation), name)()
