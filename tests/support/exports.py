"""What the tests of exports share: a hostile dataset, decoded as if its videos were there, and frames for it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb
from datasets import dataset, event, write
from given import empty_database
from PIL import Image

from etl.build import build
from etl.export.format import Options
from etl.export.write import Export, write_export
from etl.manifest import NO_MANIFEST
from etl.schema import TABLES
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection, select_events

HOSTILE_IDS = ("20", "=1+2", "a<b>&\"c'd", "späť", "100")
HOSTILE_TEMPLATES = {
    '=cmd|"/c calc"!A1': ["20"],
    "<script>alert('1')</script> & ]]> {{x}}": ["=1+2", "a<b>&\"c'd"],
    "two\nlines,\r\nand a\ttab\\n": ["späť"],
    "-[something] é 🙂 % \u2028": ["100"],
    "Never done": [],
}
HOSTILE = dataset(
    {
        "20": [event("release", frame=9, x=99, y=59), event("contact", frame=4, x=0, y=0)],
        "100": [event("contact", "object-surface", 0), event("release", "object-object", 0), event(frame=0)],
        "=1+2": [event(frame=7), event(frame=7), event("release", frame=8)],
        "a<b>&\"c'd": [event("contact", "object-object", 3, 50, 30)],
        "späť": [event("release", "object-surface", 12, 33, 21), event("contact", "object-surface", 2, 3, 4)],
    },
    HOSTILE_TEMPLATES,
    train=["20", "=1+2"],
    validation=["a<b>&\"c'd"],
    test=["späť"],
)
WIDTH, HEIGHT, RATE, TAIL = 100, 60, 10, 3


def hostile_warehouse(folder: Path, *, decoded: bool = True) -> Warehouse:
    """A warehouse of the hostile dataset; decoded: 100 × 60 px, 10 frames a second, 3 frames after the last event."""
    database = built_in_memory(write(folder / "metadata", HOSTILE), folder / "warehouse")
    if decoded:
        decode_all(database)
    return warehouse_of(database)


def built_in_memory(metadata: Path, warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Build a warehouse and copy it into a database in memory, whose rows a test may change."""
    build(metadata, warehouse)
    database = empty_database()
    for table in TABLES:
        database.execute(f"insert into {table.name} from read_parquet(?)", [str(warehouse / f"{table.name}.parquet")])
    return database


def warehouse_of(database: duckdb.DuckDBPyConnection) -> Warehouse:
    return Warehouse(Path("given"), database, NO_MANIFEST)


def decode_all(database: duckdb.DuckDBPyConnection, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Fill in what decoding finds, as if every video had this size and ended three frames after its last event."""
    database.execute(
        "update videos set width = $width, height = $height, frame_rate = $rate, frame_count = "
        "(select max(frame_number) + 1 + $tail from events where events.video_id = videos.video_id)",
        {"width": width, "height": height, "rate": RATE, "tail": TAIL},
    )
    database.execute("update videos set duration_s = frame_count / frame_rate")
    database.execute("delete from frame_index")
    database.execute(
        "insert into frame_index (video_id, frame_number, time_s, width, height) select video_id, n, n / $rate, "
        "width, height from (select *, unnest(range(frame_count)) as n from videos)",
        {"rate": RATE},
    )


def write_frames(warehouse: Warehouse, folder: Path) -> Path:
    """Write every frame as a small picture of one shade, the frame's number; the frame index tells of each."""
    record = "update frame_index set size_bytes = ?, sha256 = ? where video_id = ? and frame_number = ?"
    for video_id, number in warehouse.query("select video_id, frame_number from frame_index").fetchall():
        (folder / video_id).mkdir(parents=True, exist_ok=True)
        path = folder / video_id / f"frame_{number:05d}.jpg"
        Image.new("RGB", (WIDTH, HEIGHT), (number, 0, 0)).save(path)
        content = path.read_bytes()
        row = [len(content), hashlib.sha256(content).hexdigest(), video_id, number]
        warehouse._connection.execute(record, row)
    return folder


def exported(
    warehouse: Warehouse, name: str, output: Path, selection: Selection | None = None, **options: Any
) -> Export:
    return write_export(warehouse, name, output, selection, Options(**options))


def selected(warehouse: Warehouse, selection: Selection | None = None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = select_events(warehouse, selection or Selection()).to_pylist()
    return rows


def points(warehouse: Warehouse, selection: Selection | None = None) -> set[tuple[Any, ...]]:
    """What an event is in any format: video, action, agent, frame, point. (Sorted, with repeats, by `sorted`.)"""
    return set(point_list(selected(warehouse, selection)))


def point_list(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    columns = ("video_id", "action", "agent", "frame_number", "point_x", "point_y")
    return sorted(tuple(row[column] for column in columns) for row in rows)
