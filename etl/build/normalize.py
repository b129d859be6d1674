"""Annotations become tables: pure, no I/O.

Arrow arrays are made from buffers, for the reason that `etl.build.columns` gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl.annotations import Annotations
from etl.build.columns import strings
from etl.names import video_sort_key
from etl.schema import ACTIONS, AGENTS, TABLES, Table, arrow_schema, table_named

__all__ = ["FRAMES_PER_VIDEO", "annotations_to_tables"]

# More than the frame numbers of one video, so that video rank × this + frame number is unique and sorted.
FRAMES_PER_VIDEO = 1 << 20
PIECE = 1 << 14
PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


def annotations_to_tables(annotations: Annotations) -> Iterator[tuple[str, pa.Table]]:
    """Yield name and rows of every table of the schema: rows by numeric video id, then event index or frame number.

    One table at a time, so that the writer never holds more than one. `frame_index` has the annotated frames; what
    only decoding can find is null.
    """
    videos = _order_videos(annotations)
    for table in TABLES:  # no variable keeps the columns of one table while the next is made
        yield table.name, _table(table, COLUMNS_OF.get(table.name, _nothing)(annotations, videos))
        if table.name == "splits":  # from here on only numbers are needed; the texts of a million ids take 120 MB
            annotations = replace(annotations, video_ids=[], templates={}, splits={})
            videos = replace(videos, ids=[])


@dataclass(frozen=True)
class _Videos:
    """The videos in the order of the tables: their ids, as a list and as an Arrow array, and each event's video.

    `of_event` has, for each event in published order, the position of its video in `ids`.
    """

    ids: list[str]
    id_array: pa.Array
    of_event: NDArray[np.int64]


def _order_videos(annotations: Annotations) -> _Videos:
    published = annotations.video_ids
    if all(map(PLAIN_NUMBER.fullmatch, published)):  # a tenth of the time and memory of a million sort keys
        order = np.argsort(np.fromiter(map(int, published), np.int64, len(published)), kind="stable")
    else:
        order = np.array(sorted(range(len(published)), key=lambda i: video_sort_key(published[i])), dtype=np.int64)
    position = np.empty(len(published), dtype=np.int64)
    position[order] = np.arange(len(published))
    ids = [published[i] for i in order.tolist()]
    return _Videos(ids, strings(ids), np.repeat(position, annotations.event_counts))


def _events(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    events = annotations.events
    order = np.argsort(videos.of_event, kind="stable")
    return {
        "video_id": _chosen(videos.id_array, videos.of_event[order]),
        "event_index": _integers(events.event_index[order]),
        "action": _chosen(strings(ACTIONS), events.action[order]),
        "agent": _chosen(strings(AGENTS), events.agent[order]),
        "frame_number": _integers(events.frame_number[order]),
        "point_x": _integers(events.point_x[order]),
        "point_y": _integers(events.point_y[order]),
    }


def _videos(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    lists = enumerate(annotations.templates.values())
    template_ids = {video_id: template_id for template_id, listed in lists for video_id in listed}
    return {"video_id": videos.id_array, "template_id": _integers([template_ids[video_id] for video_id in videos.ids])}


def _templates(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    templates = annotations.templates
    return {"template_id": _integers(range(len(templates))), "template": strings(templates)}


def _splits(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    splits = {video_id: split for split, listed in annotations.splits.items() for video_id in listed}
    assigned = [video_id for video_id in videos.ids if video_id in splits]
    return {"video_id": strings(assigned), "split": strings([splits[video_id] for video_id in assigned])}


def _frame_index(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    frames = np.sort(videos.of_event * FRAMES_PER_VIDEO + annotations.events.frame_number)
    is_first = np.ones(len(frames), dtype=np.bool_)
    is_first[1:] = frames[1:] != frames[:-1]
    frames = frames[is_first]
    return {
        "video_id": _chosen(videos.id_array, frames // FRAMES_PER_VIDEO),
        "frame_number": _integers(frames % FRAMES_PER_VIDEO),
    }


def _rejects(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    names = table_named("rejects").column_names
    return {name: strings([getattr(reject, name) for reject in annotations.rejects]) for name in names}


def _extraction_problems(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    return {name: strings([]) for name in table_named("extraction_problems").column_names}


def _nothing(annotations: Annotations, videos: _Videos) -> dict[str, pa.Array]:
    return {}


COLUMNS_OF: dict[str, Callable[[Annotations, _Videos], dict[str, pa.Array]]] = {
    "events": _events,
    "videos": _videos,
    "templates": _templates,
    "splits": _splits,
    "frame_index": _frame_index,
    "extraction_problems": _extraction_problems,
    "rejects": _rejects,
}


def _table(table: Table, columns: dict[str, pa.Array]) -> pa.Table:
    schema = arrow_schema(table)
    rows = len(next(iter(columns.values()), ()))
    arrays = [columns[field.name] if field.name in columns else pa.nulls(rows, field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _integers(values: NDArray[Any] | Sequence[int]) -> pa.Array:
    array = np.ascontiguousarray(values, dtype=np.int32)
    return pa.Array.from_buffers(pa.int32(), len(array), [None, pa.py_buffer(array)])


def _chosen(values: pa.Array, positions: NDArray[Any]) -> pa.Array:
    """Return `values[positions]`, which are texts.

    Arrow's own function is not used: it first imports all others, which takes longer than writing 24,000 events.
    """
    starts = np.frombuffer(values.buffers()[1], np.int32, len(values) + 1)
    text = np.frombuffer(values.buffers()[2], np.uint8)
    lengths = np.diff(starts)[positions]
    offsets = np.zeros(len(positions) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    chosen = np.empty(offsets[-1], dtype=np.uint8)
    for first in range(0, len(positions), PIECE):  # a piece fits the processor's cache
        piece = slice(first, first + PIECE)
        begin, end = offsets[first], offsets[min(first + PIECE, len(positions))]
        from_there = np.repeat(starts[positions[piece]] - offsets[:-1][piece], lengths[piece])
        chosen[begin:end] = text[from_there + np.arange(begin, end)]
    return pa.Array.from_buffers(pa.string(), len(positions), [None, pa.py_buffer(offsets), pa.py_buffer(chosen)])
