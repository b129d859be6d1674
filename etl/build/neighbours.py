"""The neighbours of each event, computed once while a warehouse is built.

`sql/sequences/event_neighbours.sql` defines them; a built database reads them instead of computing them for every
question. With the engine's windows this took 8.5 s for 2.4 million events, with arrays it takes a tenth of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from etl.build.columns import strings
from etl.build.normalize import FRAMES_PER_VIDEO
from etl.errors import WarehouseError
from etl.schema import ACTIONS, AGENTS, EVENTS, SPLITS, UNASSIGNED, arrow_schema, column_definition

__all__ = ["NEEDED", "STORED", "STORED_STATEMENTS", "event_neighbours"]

NEEDED = ("events", "videos", "splits")  # tables from whose Parquet files they are computed
# As in event_neighbours, after the columns of events; name and DuckDB's type.
STORED_COLUMNS = (
    ("template_id", "INTEGER"),
    ("split", "VARCHAR"),
    ("event_rank", "BIGINT"),
    ("gap_frames", "INTEGER"),
    ("action_before", "VARCHAR"),
    ("agent_before", "VARCHAR"),
    ("previous_event_index", "INTEGER"),
    ("previous_action", "VARCHAR"),
    ("next_event_index", "INTEGER"),
    ("next_action", "VARCHAR"),
    ("next_frame", "INTEGER"),
    ("has_contact_before", "BOOLEAN"),
    ("has_release_after", "BOOLEAN"),
    ("agent_events", "BIGINT"),
)
TEXT = pa.dictionary(pa.int32(), pa.string())
TEXTS = [column.name for column in EVENTS.columns if column.type == "VARCHAR"]
TYPES = {"VARCHAR": TEXT, "BOOLEAN": pa.bool_()}
SCHEMA = pa.schema(
    [
        *((field.name, TEXT if field.name in TEXTS else field.type) for field in arrow_schema(EVENTS)),
        *((name, TYPES.get(kind, pa.int32())) for name, kind in STORED_COLUMNS),
    ]
)
SPLIT_VALUES = (*SPLITS, UNASSIGNED)
# The events have the same rows: they are stored once, with their neighbours, and `events` is a view of that.
STORED = "stored.event_neighbours"
STORED_STATEMENTS = (
    "create schema stored",
    f"create table {STORED} ({', '.join([*map(column_definition, EVENTS.columns), *map(' '.join, STORED_COLUMNS)])})",
    f"create view {EVENTS.name} as select {', '.join(EVENTS.column_names)} from {STORED}",
)
VALUES = {
    "split": SPLIT_VALUES,
    "action_before": ACTIONS,
    "agent_before": AGENTS,
    "previous_action": ACTIONS,
    "next_action": ACTIONS,
}
MISSING = -1  # among numbers that are 0 or more


def event_neighbours(folder: Path, rows_at_once: int) -> pa.RecordBatchReader:
    """Return the rows of event_neighbours, in the order of `events`, as the Parquet files of `folder` are read.

    `rows_at_once` rows are held at a time, or one video. Reading raises WarehouseError if the files do not have the
    same videos in the same order; an engine that reads it reports that in an error of its own.
    """
    return pa.RecordBatchReader.from_batches(SCHEMA, _rows(folder, rows_at_once))


def _rows(folder: Path, rows_at_once: int) -> Iterator[pa.RecordBatch]:
    labels = _labels(folder, rows_at_once)
    # Opened here, because Arrow would take a path with a colon for an address.
    with (folder / f"{EVENTS.name}.parquet").open("rb") as file:
        events = pq.ParquetFile(file, read_dictionary=TEXTS)
        for piece in _of_whole_videos(events.iter_batches(rows_at_once)):
            yield from _with_neighbours(piece, labels)


def _of_whole_videos(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Yield the rows in other pieces, so that no video is in two."""
    kept: list[pa.RecordBatch] = []
    for batch in batches:
        codes = _codes(batch, "video_id")
        starts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        last = int(starts[-1]) if len(starts) else 0
        if last:
            yield [*kept, batch.slice(0, last)]
            kept = []
        kept.append(batch.slice(last))
    if kept:
        yield kept


def _with_neighbours(piece: list[pa.RecordBatch], labels: Iterator[tuple[str, int, int]]) -> Iterator[pa.RecordBatch]:
    video, ids = _videos(piece)
    found = _labels_of(ids, labels)
    columns = _columns(
        video=video,
        agent=np.concatenate([_codes(batch, "agent", AGENTS) for batch in piece]),
        action=np.concatenate([_codes(batch, "action", ACTIONS) for batch in piece]),
        frame=_numbers(piece, "frame_number"),
        event_index=_numbers(piece, "event_index"),
    )
    columns["template_id"] = np.array([template_id for _, template_id, _ in found], np.int32)[video]
    columns["split"] = np.array([split for _, _, split in found], np.int32)[video]
    first = 0
    for batch in piece:
        here = slice(first, first + len(batch))
        arrays = [_array(name, kind, columns[name][here]) for name, kind in STORED_COLUMNS]
        yield pa.RecordBatch.from_arrays([*batch.columns, *arrays], schema=SCHEMA)
        first += len(batch)


def _columns(
    video: NDArray[Any], agent: NDArray[Any], action: NDArray[Any], frame: NDArray[Any], event_index: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """Return the columns of event_neighbours that follow from the events alone, in order; MISSING stands for null.

    All have one length: `video` rises from 0, `event_index` rises within a video, `agent` and `action` are positions
    in AGENTS and ACTIONS.
    """
    in_video, in_agent = _Runs(video, frame), _Runs(video * len(AGENTS) + agent, frame)
    is_contact = action == ACTIONS.index("contact")
    return {
        "event_rank": in_video.rank() + 1,
        "gap_frames": np.where(in_video.has_before(), frame - in_video.before(frame), MISSING),
        "action_before": in_video.before(action),
        "agent_before": in_video.before(agent),
        "previous_event_index": in_agent.before(event_index),
        "previous_action": in_agent.before(action),
        "next_event_index": in_agent.after(event_index),
        "next_action": in_agent.after(action),
        "next_frame": in_agent.after(frame),
        "has_contact_before": in_agent.count_before(is_contact) > 0,
        "has_release_after": in_agent.count_after(~is_contact) > 0,
        "agent_events": in_agent.size(),
    }


class _Runs:
    """Events in order of time within groups; events on the same frame keep the given order."""

    def __init__(self, group: NDArray[Any], frame: NDArray[Any]) -> None:
        key = group.astype(np.int64) * FRAMES_PER_VIDEO + frame
        self._order = np.argsort(key, kind="stable")
        group = group[self._order]
        self._is_first = np.ones(len(group), np.bool_)
        self._is_first[1:] = group[1:] != group[:-1]
        starts = np.flatnonzero(self._is_first)
        lengths = np.diff(starts, append=len(group))
        self._start, self._end = np.repeat(starts, lengths), np.repeat(starts + lengths, lengths)

    def _as_given(self, in_time: NDArray[Any]) -> NDArray[Any]:
        given = np.empty_like(in_time)
        given[self._order] = in_time
        return given

    def rank(self) -> NDArray[Any]:
        return self._as_given(np.arange(len(self._order)) - self._start)

    def size(self) -> NDArray[Any]:
        return self._as_given(self._end - self._start)

    def has_before(self) -> NDArray[Any]:
        return self._as_given(~self._is_first)

    def before(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the value of the event before each, MISSING for the first of a group."""
        in_time = np.full(len(values), MISSING, np.int32)
        in_time[1:] = values[self._order][:-1]
        in_time[self._is_first] = MISSING
        return self._as_given(in_time)

    def after(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the value of the event after each, MISSING for the last of a group."""
        in_time = np.full(len(values), MISSING, np.int32)
        in_time[:-1] = values[self._order][1:]
        in_time[:-1][self._is_first[1:]] = MISSING
        return self._as_given(in_time)

    def count_before(self, which: NDArray[Any]) -> NDArray[Any]:
        """Return how many events of the group before each are among `which`."""
        up_to = self._up_to(which)
        return self._as_given(up_to[:-1] - up_to[self._start])

    def count_after(self, which: NDArray[Any]) -> NDArray[Any]:
        """Return how many events of the group after each are among `which`."""
        up_to = self._up_to(which)
        return self._as_given(up_to[self._end] - up_to[1:])

    def _up_to(self, which: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([[0], np.cumsum(which[self._order])])


def _videos(piece: list[pa.RecordBatch]) -> tuple[NDArray[Any], list[str]]:
    """Return the number of each row's video, from 0, and the ids by number."""
    changes, ids = [], []
    before = None
    for batch in piece:
        codes, texts = _codes(batch, "video_id"), batch.column("video_id").dictionary.to_pylist()
        is_first = np.ones(len(codes), np.bool_)
        is_first[1:] = codes[1:] != codes[:-1]
        is_first[:1] = texts[codes[0]] != before
        changes.append(is_first)
        ids += [texts[code] for code in codes[is_first].tolist()]
        before = texts[codes[-1]]
    return np.cumsum(np.concatenate(changes)) - 1, ids


def _labels(folder: Path, rows_at_once: int) -> Iterator[tuple[str, int, int]]:
    """Yield id, template_id and position in SPLIT_VALUES of every video, in the order of `videos`.

    `splits` has at most one row for each video, in the same order: the splits of the first n videos are among its
    first n rows.
    """
    lists = _lists(folder / "splits.parquet", rows_at_once, "video_id", "split")
    splits = chain.from_iterable(zip(*columns, strict=True) for columns in lists)
    ahead: dict[str, str] = {}
    for ids, template_ids in _lists(folder / "videos.parquet", rows_at_once, "video_id", "template_id"):
        ahead.update(islice(splits, max(0, len(ids) - len(ahead))))
        of_videos = [SPLIT_VALUES.index(ahead.pop(video_id, UNASSIGNED)) for video_id in ids]
        yield from zip(ids, template_ids, of_videos, strict=True)


def _labels_of(ids: list[str], labels: Iterator[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return the labels of the next videos. Every video has an event, so they are those of the events."""
    found = list(islice(labels, len(ids)))
    if [video_id for video_id, _, _ in found] != ids:
        raise WarehouseError("videos.parquet does not have the videos of events.parquet in their order")
    return found


def _lists(path: Path, rows_at_once: int, *columns: str) -> Iterator[list[list[Any]]]:
    with path.open("rb") as file:
        for batch in pq.ParquetFile(file).iter_batches(rows_at_once, columns=list(columns)):
            yield [batch.column(name).to_pylist() for name in columns]


def _codes(batch: pa.RecordBatch, name: str, values: Sequence[str] = ()) -> NDArray[Any]:
    """Return the positions of a column's texts in `values`, or in the batch's own dictionary."""
    column = batch.column(name)
    codes = np.frombuffer(column.indices.buffers()[1], np.int32)[column.offset : column.offset + len(column)]
    return np.array([values.index(text) for text in column.dictionary.to_pylist()])[codes] if values else codes


def _numbers(piece: list[pa.RecordBatch], name: str) -> NDArray[Any]:
    columns = [batch.column(name) for batch in piece]
    return np.concatenate(
        [
            np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column)]
            for column in columns
        ]
    )


def _array(name: str, kind: str, values: NDArray[Any]) -> pa.Array:
    """Return an Arrow array of the values, null for MISSING, made from buffers as in `etl.build.normalize`."""
    if kind == "BOOLEAN":
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(_bits(values))])
    numbers = np.ascontiguousarray(values, np.int32)
    is_known = pa.py_buffer(_bits(numbers != MISSING))
    array = pa.Array.from_buffers(pa.int32(), len(numbers), [is_known, pa.py_buffer(numbers)])
    return pa.DictionaryArray.from_arrays(array, strings(VALUES[name])) if kind == "VARCHAR" else array


def _bits(values: NDArray[Any]) -> NDArray[Any]:
    return np.packbits(values, bitorder="little")
