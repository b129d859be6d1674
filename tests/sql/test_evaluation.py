"""The views over an evaluation: rows given, rows expected, countable by hand."""

from __future__ import annotations

import duckdb
import pytest
from given import ask

from etl.views import load_evaluation_views

# Event 0 of video 1 is found at each tolerance, event 1 from 2 frames on, that of video 2 by nothing.
EVENTS = """
    a 1 0 contact push test 2 true 0 3.0 0
    a 1 1 contact push test 2 true -2 19.9 1
    a 2 0 contact drop test 2 false - - -
    a 1 0 contact push test 4 true 0 3.0 0
    a 1 1 contact push test 4 true -2 20.0 1
    a 2 0 contact drop test 4 false - - -
    a 1 2 release push test 4 true 4 - 3
    b 1 0 contact push test 4 true 1 9.99 0
"""
# A false alarm ranks between the two hits, and one of equal score behind the second.
PREDICTIONS = """
    a 0 1 contact 0.9 0 0 0 0
    a 1 1 contact 0.5 - - 1 1
    a 2 2 contact 0.7 - - - -
    a 3 1 release 0.6 - - - 2
    a 4 2 contact 0.5 - - - -
    b 0 1 contact 1.0 - 0 0 0
"""
SCORES = """
    a spot mAP all 2 30 100 4 40 10
    b spot mAP all 2 35 100 4 40 10
    a joint mAP all 2 5 100 4 40 10
    a spot AP contact 2 30 100 4 40 10
    a strict mAP all 2 30 100 4 40 -
"""
TABLES = {
    "event_matches": (
        "predictions varchar, video_id varchar, event_index integer, action varchar, template varchar, split varchar, "
        "tolerance_frames integer, is_found boolean, frame_error integer, px_error double, row bigint",
        EVENTS,
    ),
    "prediction_matches": (
        "predictions varchar, row bigint, video_id varchar, action varchar, score double, "
        "event_index_within_0 integer, event_index_within_1 integer, event_index_within_2 integer, "
        "event_index_within_4 integer",
        PREDICTIONS,
    ),
    "scores": (
        "predictions varchar, measure varchar, statistic varchar, class varchar, tolerance_frames double, "
        "value double, ceiling double, uniform double, constant double, template_prior double",
        SCORES,
    ),
}


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    for table, (columns, rows) in TABLES.items():
        database.execute(f"create table {table} ({columns})")
        for row in rows.strip().splitlines():
            values = [None if value == "-" else value for value in row.split()]
            database.execute(f"insert into {table} values ({', '.join('?' * len(values))})", values)
    for view in load_evaluation_views():
        database.execute(f"create view {view.name} as {view.statement}")
    return database


def test_errors_in_frames_are_counted_of_what_is_found_within_4_frames(database: duckdb.DuckDBPyConnection):
    assert ask(database, "from frame_error_counts") == [
        ("a", "contact", -2, 1, 0.5),
        ("a", "contact", 0, 1, 0.5),
        ("a", "release", 4, 1, 1.0),
        ("b", "contact", 1, 1, 1.0),
    ]


def test_errors_in_pixels_are_counted_in_steps_whose_upper_edge_belongs_to_the_next(
    database: duckdb.DuckDBPyConnection,
):
    assert ask(database, "from pixel_error_counts") == [
        ("a", "contact", 0, 1, 0.5),
        ("a", "contact", 20, 1, 0.5),
        ("b", "contact", 0, 1, 1.0),
    ]


def test_precision_is_that_at_each_hit_or_at_a_later_one(database: duckdb.DuckDBPyConnection):
    found = ask(database, "from precision_recall where predictions = 'a'")
    # Contacts by rank: row 0 a hit, row 2 none, row 1 a hit (before row 4 of equal score), of three events.
    third = round(100 / 3, 9)
    assert found == [
        ("a", "contact", 2, 1, third, 100.0),
        ("a", "contact", 2, 2, round(200 / 3, 9), round(200 / 3, 9)),
        ("a", "contact", 4, 1, third, 100.0),
        ("a", "contact", 4, 2, round(200 / 3, 9), round(200 / 3, 9)),
        ("a", "release", 4, 1, 100.0, 100.0),
    ]


def test_a_later_higher_precision_raises_an_earlier_one():
    database = duckdb.connect()
    for table in ("event_matches", "prediction_matches"):
        database.execute(f"create table {table} ({TABLES[table][0]})")
    for event in (0, 1):
        database.execute(
            "insert into event_matches values ('a', '1', ?, 'contact', 'push', 'test', 2, true, 0, 0, ?)",
            [event, event + 1],
        )
    for row, index in enumerate((None, 0, 1)):
        database.execute(
            "insert into prediction_matches values ('a', ?, '1', 'contact', 1, null, null, ?, null)", [row, index]
        )
    statement = next(view.statement for view in load_evaluation_views() if view.name == "precision_recall")
    # Hits at ranks 2 and 3: 1/2, which 2/3 raises.
    assert ask(database, f"select found, precision from ({statement})") == [
        (1, round(200 / 3, 9)),
        (2, round(200 / 3, 9)),
    ]


def test_templates_and_videos_that_fail_come_first(database: duckdb.DuckDBPyConnection):
    assert ask(database, "from template_failures where predictions = 'a' and tolerance_frames = 2") == [
        ("a", "drop", 2, 1, 0, 0.0, None),
        ("a", "push", 2, 2, 2, 100.0, 1.0),
    ]
    assert ask(database, "from video_failures") == [
        ("a", "2", "drop", "test", 1, 1, 2),
        ("a", "1", "push", "test", 3, 0, 0),
        ("b", "1", "push", "test", 1, 0, 0),
    ]


def test_each_baseline_stands_once_beside_the_files(database: duckdb.DuckDBPyConnection):
    assert ask(database, "select series, map from score_by_tolerance where measure = 'spot'") == [
        ("a", 30.0),
        ("b", 35.0),
        ("ceiling", 100.0),
        ("constant", 40.0),
        ("template prior", 10.0),
        ("uniform", 4.0),
    ]
    assert ask(database, "select count(*) from score_by_tolerance where measure = 'strict'") == [(4,)]
    assert ask(database, "select count(*) from score_by_tolerance where measure = 'joint'") == [(0,)]
