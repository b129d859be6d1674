"""One row per event, with its template and split: the table that the table formats share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from etl.schema import EVENTS, SPLITS, UNASSIGNED, Column, Table, arrow_schema, table_named

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["EVENT_ROWS", "RESIZED_ROWS", "ROWS_PER_GROUP", "typed", "write_parquet"]

ROWS_PER_GROUP = 1 << 17

EVENT_ROWS = Table(
    "events",
    EVENTS.grain,
    EVENTS.key,
    (
        *EVENTS.columns,
        *table_named("templates").columns,
        Column(
            "split", "VARCHAR", "The published split; unassigned for a video in none.", allowed=(*SPLITS, UNASSIGNED)
        ),
    ),
)

# The same with points in resized pictures.
RESIZED_ROWS = replace(
    EVENT_ROWS,
    columns=tuple(
        replace(column, type="DOUBLE", description=column.description.replace("the original frame", "the picture"))
        if column.name in ("point_x", "point_y")
        else column
        for column in EVENT_ROWS.columns
    ),
)


def typed(batches: Iterable[pa.RecordBatch], table: Table = EVENT_ROWS) -> Iterator[pa.RecordBatch]:
    """Convert batches to the declared schema: types, and descriptions, units and allowed values as metadata."""
    import pyarrow as pa

    schema = arrow_schema(table)
    for batch in batches:
        columns = [batch.column(field.name).cast(field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def write_parquet(path: Path, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches of `EVENT_ROWS` as one Parquet file; return the number of rows."""
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetWriter(path, arrow_schema(EVENT_ROWS), compression="zstd") as writer:
        for batch in typed(batches):
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
