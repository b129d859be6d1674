"""Small databases, written out as rows, that the tests of the SQL ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from etl.schema import SPLITS, TABLES, create_table_statement
from etl.views import create_views

__all__ = ["SMALL_EVENTS", "SMALL_VIDEOS", "ask", "empty_database", "given", "load", "read_annotations"]

# A decoded video of 11 frames; one published out of order with two events on one frame; a one-event video that is
# unassigned and the only one of its template; a contact after a contact.
SMALL_VIDEOS = """
    1 push train 100 50 11 10
    2 push test
    3 drop -
    4 lift validation
"""
SMALL_EVENTS = """
    1 contact hand-object    2 10  5
    1 release hand-object    6 40 45
    1 contact object-surface 6 40 45
    2 release hand-object    9 60 60
    2 contact hand-object    4 20 20
    2 release hand-object    4 25 20
    3 contact object-object  0 50 10
    4 contact hand-object    3 30 30
    4 contact hand-object    5 30 34
    4 release hand-object    8 30 30
"""


def empty_database() -> duckdb.DuckDBPyConnection:
    """A database with all tables, views and macros, and no row."""
    database = duckdb.connect()
    for table in TABLES:
        database.execute(create_table_statement(table))
    create_views(database)
    return database


def given(videos: str, events: str) -> duckdb.DuckDBPyConnection:
    """A database with these rows, one per line; a video's events are in the published order.

    videos: video_id template split [width height frame_count frame_rate]; split `-` is unassigned. With the last
    four the video counts as decoded: its frames are indexed, frame n at n / frame_rate seconds.
    events: video_id action agent frame_number point_x point_y; the frames of undecoded videos are indexed, too.
    """
    database = empty_database()
    templates: dict[str, int] = {}
    decoded = set()
    for video_id, template, split, *facts in _rows(videos):
        template_id = templates.setdefault(template, len(templates))
        database.execute("insert into videos (video_id, template_id) values (?, ?)", [video_id, template_id])
        if split != "-":
            database.execute("insert into splits values (?, ?)", [video_id, split])
        if facts:
            _decode(database, video_id, *map(int, facts))
            decoded.add(video_id)
    for template, template_id in templates.items():
        database.execute("insert into templates values (?, ?)", [template_id, template])

    published: dict[str, int] = {}
    listed = []
    for video_id, action, agent, *numbers in _rows(events):
        listed.append([video_id, published.get(video_id, 0), action, agent, *map(int, numbers)])
        published[video_id] = published.get(video_id, 0) + 1
    for event in reversed(listed):  # no order but event_index says what was published first
        database.execute("insert into events values (?, ?, ?, ?, ?, ?, ?)", event)
    database.execute(
        "insert into frame_index (video_id, frame_number) "
        "select distinct video_id, frame_number from events where not list_contains($decoded, video_id)",
        {"decoded": sorted(decoded)},
    )
    return database


def ask(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """The rows that answer a query, floats rounded to 9 places."""
    rows = database.execute(query).fetchall()
    return [tuple(round(value, 9) if isinstance(value, float) else value for value in row) for row in rows]


def read_annotations(metadata: Path) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """The annotation files of a folder as tables: the names of the columns, and the rows."""
    events = json.loads((metadata / "video_events_labels.json").read_bytes())
    templates = json.loads((metadata / "template_to_video_ids_map.json").read_bytes())
    splits = {split: json.loads((metadata / f"{split}_videos_ids_labeled.json").read_bytes()) for split in SPLITS}
    numbers = ("frameNumber", "pointX", "pointY")
    return {
        "events": (
            ["video_id", "event_index", "action", "agent", "frame_number", "point_x", "point_y"],
            [
                (video_id, index, event["action"], event["agent"], *(int(event[number]) for number in numbers))
                for video_id, listed in events.items()
                for index, event in enumerate(listed)
            ],
        ),
        "videos": (
            ["video_id", "template_id"],
            [(video_id, template_id) for template_id, ids in enumerate(templates.values()) for video_id in ids],
        ),
        "templates": (["template_id", "template"], list(enumerate(templates))),
        "splits": (["video_id", "split"], [(video_id, split) for split, ids in splits.items() for video_id in ids]),
    }


def load(metadata: Path) -> duckdb.DuckDBPyConnection:
    """A database with the annotation files of a folder, as published."""
    database = empty_database()
    for table, (columns, rows) in read_annotations(metadata).items():
        database.register("given_rows", pl.DataFrame(rows, schema=columns, orient="row").to_arrow())
        database.execute(f"insert into {table} by name from given_rows")
    database.unregister("given_rows")
    database.execute(
        "insert into frame_index (video_id, frame_number) select distinct video_id, frame_number from events"
    )
    return database


def _decode(
    database: duckdb.DuckDBPyConnection, video_id: str, width: int, height: int, frame_count: int, frame_rate: int
) -> None:
    database.execute(
        "update videos set width = $2, height = $3, frame_count = $4, frame_rate = $5, duration_s = $4 / $5, "
        "time_source = 'decoded' "
        "where video_id = $1",
        [video_id, width, height, frame_count, frame_rate],
    )
    database.execute(
        "insert into frame_index (video_id, frame_number, time_s, width, height) "
        "select $1, n, n / $5, $2, $3 from range($4) as frames (n)",
        [video_id, width, height, frame_count, frame_rate],
    )


def _rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]
