"""Annotations become tables: pure, no I/O.

Arrow arrays are made from buffers: `pyarrow.array(list)` imports pandas wherever it is installed, which takes longer
than building the whole warehouse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl.annotations import Annotations
from etl.schema import ACTIONS, AGENTS, TABLES, Table, arrow_schema, table_named

__all__ = ["annotations_to_tables", "video_sort_key"]

# More than the frame numbers of one video, so that video rank × this + frame number is unique and sorted.
FRAMES_PER_VIDEO = 1 << 20


def annotations_to_tables(annotations: Annotations) -> dict[str, pa.Table]:
    """Return every table of the schema by name: rows by numeric video id, then event index or frame number.

    `frame_index` holds the annotated frames; what only decoding tells is null.
    """
    ids = annotations.video_ids
    order = sorted(range(len(ids)), key=lambda position: video_sort_key(ids[position]))
    sorted_ids = [ids[position] for position in order]
    rank = np.empty(len(ids), dtype=np.int64)
    rank[order] = np.arange(len(ids))
    event_video = np.repeat(rank, annotations.event_counts)
    event_order = np.argsort(event_video, kind="stable")

    templates = annotations.templates
    template_id_of = {video_id: i for i, listed in enumerate(templates.values()) for video_id in listed}
    split_of = {video_id: split for split, listed in annotations.splits.items() for video_id in listed}
    in_splits = [video_id for video_id in sorted_ids if video_id in split_of]
    events = annotations.events
    frames = np.unique(event_video * FRAMES_PER_VIDEO + events.frame_number)
    video_id_array = _strings(sorted_ids)
    columns: dict[str, dict[str, pa.Array]] = {
        "events": {
            "video_id": _chosen(video_id_array, event_video[event_order]),
            "event_index": _integers(events.event_index[event_order]),
            "action": _chosen(_strings(ACTIONS), events.action[event_order]),
            "agent": _chosen(_strings(AGENTS), events.agent[event_order]),
            "frame_number": _integers(events.frame_number[event_order]),
            "point_x": _integers(events.point_x[event_order]),
            "point_y": _integers(events.point_y[event_order]),
        },
        "videos": {
            "video_id": video_id_array,
            "template_id": _integers([template_id_of[video_id] for video_id in sorted_ids]),
        },
        "templates": {
            "template_id": _integers(range(len(templates))),
            "template": _strings(templates),
        },
        "splits": {
            "video_id": _strings(in_splits),
            "split": _strings([split_of[video_id] for video_id in in_splits]),
        },
        "frame_index": {
            "video_id": _chosen(video_id_array, frames // FRAMES_PER_VIDEO),
            "frame_number": _integers(frames % FRAMES_PER_VIDEO),
        },
        "rejects": {
            column: _strings([getattr(reject, column) for reject in annotations.rejects])
            for column in table_named("rejects").column_names
        },
    }
    return {table.name: _table(table, columns[table.name]) for table in TABLES}


def video_sort_key(video_id: str) -> tuple[int, int, str]:
    """Return the key that sorts video ids: numbers by value, then all others as text."""
    is_number = video_id.isascii() and video_id.isdigit()
    return (0, int(video_id), video_id) if is_number else (1, 0, video_id)


def _table(table: Table, columns: dict[str, pa.Array]) -> pa.Table:
    schema = arrow_schema(table)
    rows = len(next(iter(columns.values())))
    arrays = [columns[field.name] if field.name in columns else pa.nulls(rows, field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _integers(values: NDArray[Any] | Sequence[int]) -> pa.Array:
    array = np.ascontiguousarray(values, dtype=np.int32)
    return pa.Array.from_buffers(pa.int32(), len(array), [None, pa.py_buffer(array)])


def _strings(values: Iterable[str]) -> pa.Array:
    # Only what was rejected can hold lone surrogates, which UTF-8 cannot.
    encoded = [value.encode("utf-8", "backslashreplace") for value in values]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(value) for value in encoded], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def _chosen(values: pa.Array, positions: NDArray[Any]) -> pa.Array:
    """Return `values[positions]`."""
    return pa.DictionaryArray.from_arrays(_integers(positions), values).dictionary_decode()
