"""A small database with SSv2's labels and objects, and with boxes, written out as rows."""

from __future__ import annotations

import duckdb
from given import given

VIDEOS = """
    1 put   train      100 50 20 10
    2 put   test
    3 throw -
    4 put   validation 100 50 20 10
"""
EVENTS = """
    1 contact hand-object    2 10 10
    1 release hand-object    6 40 45
    2 contact hand-object    3 60 20
    3 contact object-surface 0 50 10
    4 contact hand-object    1 10 10
"""
# video, label, template, class, split, annotated; then the objects of each
SSV2 = [
    ("1", "a", "Put [something] on [something]", 1, "train", True, ["A Cup", "the table"]),
    ("2", "b", "Put [something] on [something]", 1, "train", True, ["cup", "Table"]),
    ("3", "c", "Throw [something]", 2, "test", True, ["an  apple"]),
    ("5", "d", "PUT", 1, "validation", False, ["theory"]),
    ("6", "e", "[Throw]", 2, "train", False, ["x"]),
    ("7", "f", "Sit", 3, "train", False, []),
    ("8", None, None, None, "test", False, []),
]
BOXES = [
    ("1", 2, 0, "hand", True, "hand", 0, 0, 8, 20),
    ("1", 2, 1, "0000", False, "cup", 5, 5, 30, 30),
    ("1", 2, 2, "0001", False, "table", 0, 40, 100, 50),
    ("1", 3, 0, "hand", True, "hand", 0, 0, 4, 4),
    ("1", 3, 1, "0000", False, "cup", 4, 5, 30, 30),
    ("1", 15, 0, "0000", False, "cup", 0, 0, 3, 4),
    ("2", 3, 0, "0000", False, "cup", 0, 0, 30, 16),
    ("2", 3, 1, "0001", False, "table", 0, 0, 30, 16),
    ("2", 3, 2, "hand", True, "hand", 0, 24, 57, 40),
    ("3", 0, 0, "0000", False, "apple", 0, 20, 10, 40),
    ("4", 1, 0, "0000", False, "cup", 10, 10, 30, 30),
    ("4", 20, 0, "0000", False, "cup", 10, 10, 30, 30),
]


def given_objects() -> duckdb.DuckDBPyConnection:
    """A database with these rows."""
    database = given(VIDEOS, EVENTS)
    for *video, texts in SSV2:
        database.execute("insert into ssv2_videos values (?, ?, ?, ?, ?, ?)", video)
        for index, text in enumerate(texts):
            database.execute("insert into objects values (?, ?, 'something', ?)", [video[0], index, text])
    database.executemany("insert into boxes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", BOXES)
    return database
