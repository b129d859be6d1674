"""What a warehouse says of itself in a notebook: its tables, views and columns, and what an answer needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import etl
from etl.schema import TABLES
from etl.views import load_macros, load_views


def test_a_warehouse_shows_where_it_is_and_what_to_ask(warehouse: etl.Warehouse, sample_warehouse: Path):
    assert repr(warehouse).startswith(f"<Warehouse {sample_warehouse}, ")
    assert ".tables()" in repr(warehouse)


def test_the_tables_come_with_rows_and_grain_in_the_schemas_order(warehouse: etl.Warehouse):
    found = warehouse.tables().fetchall()
    assert [(name, grain) for name, _, grain in found] == [(table.name, table.grain) for table in TABLES]
    assert {name: rows for name, rows, _ in found}["videos"] == 60
    assert [rows for _, rows, _ in found] == [len(warehouse.query(f"from {table.name}").fetchall()) for table in TABLES]


def test_the_views_and_macros_come_with_their_questions(warehouse: etl.Warehouse):
    found = {name.partition("(")[0]: question for name, question in warehouse.views().fetchall()}
    assert found == {view.name: view.question for view in (*load_views(), *load_macros())}


def test_a_table_a_view_and_a_macro_are_described_column_by_column(warehouse: etl.Warehouse):
    assert warehouse.describe("events").columns == ["column", "type", "meaning"]
    events = {name: (kind, meaning) for name, kind, meaning in warehouse.describe("events").fetchall()}
    assert list(events) == [column.name for column in TABLES[0].columns]
    assert events["frame_number"][0] in ("INTEGER", "USMALLINT", "SMALLINT")
    (view,) = (view for view in load_views() if view.name == "event_timing")
    assert [(name, meaning) for name, _, meaning in warehouse.describe("event_timing").fetchall()] == list(view.columns)
    (macro,) = (macro for macro in load_macros() if macro.name == "events_near_frame")
    assert warehouse.describe("events_near_frame").fetchall() == [
        (name, None, meaning) for name, meaning in macro.columns
    ]


def test_what_is_stored_beside_a_view_of_its_name_is_not_described_with_it(warehouse: etl.Warehouse):
    (view,) = (view for view in load_views() if view.name == "event_neighbours")
    described = [(name, meaning) for name, _, meaning in warehouse.describe("event_neighbours").fetchall()]
    assert described == list(view.columns)


def test_what_is_not_there_is_named_with_the_nearest(warehouse: etl.Warehouse):
    with pytest.raises(
        etl.QueryError, match="there is no table or view 'event_timings'; the nearest is 'event_timing'"
    ):
        warehouse.describe("event_timings")


def test_a_data_frame_without_pandas_says_what_to_install_and_all_else_works(sample_warehouse: Path):
    program = """
import sys

class NoPandas:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "pandas" else found(name, *rest)
sys.meta_path.insert(0, NoPandas())
import etl
answer = etl.open_warehouse(sys.argv[1]).query("select count(*) as n from videos")
print(answer.fetchall(), answer.pl()["n"].to_list(), answer.columns, len(answer), "n" in repr(answer))
for name in ("df", "to_df", "fetchdf"):
    try:
        getattr(answer, name)()
    except etl.MissingExtraError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(sample_warehouse)], capture_output=True, text=True, check=True
    )
    first, *errors = done.stdout.splitlines()
    assert first == "[(60,)] [60] ['n'] 1 True"
    assert len(errors) == 3
    assert all("pip install '.[pandas]'" in error for error in errors)
