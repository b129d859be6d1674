"""Every view over an evaluation answers what plain Python counts from the documentation."""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest
from evaluating import rows
from recount_compare import compare
from recount_evaluation import VIEWS
from recount_world import rows_of

import etl
from etl.names import EVALUATION_DATABASE
from etl.views import load_evaluation_views


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two files of predictions on the sample: blurred ones with equal scores and false alarms, and half of them."""
    folder = tmp_path_factory.mktemp("evaluated")
    etl.build(warehouse=folder / "warehouse", sample=True)
    chance = random.Random(5)
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        events = warehouse.query("select video_id, action, frame_number, point_x, point_y from events").fetchall()
        found = [
            (
                video,
                action,
                max(0, frame + chance.randint(-5, 5)),
                chance.randint(1, 9) / 10,
                x + chance.randint(0, 40),
                y,
            )
            for video, action, frame, x, y in events
        ]
        etl.evaluate(warehouse, [rows(*found), rows(*found[::2])], resamples=0, output=folder / "evaluation")
    with duckdb.connect(folder / "evaluation" / EVALUATION_DATABASE, read_only=True) as database:
        yield database


def test_every_view_over_an_evaluation_has_a_recount():
    assert {view.name for view in load_evaluation_views()} == VIEWS.keys()


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_over_an_evaluation_answers_what_is_counted_in_python(evaluated: duckdb.DuckDBPyConnection, name: str):
    names = ("event_matches", "prediction_matches", "scores")
    tables = {table: rows_of(evaluated, f"from {table}") for table in names}
    found = rows_of(evaluated, f"from {name}")
    assert found
    compare(found, VIEWS[name](tables))
