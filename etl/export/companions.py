"""Objects and boxes in an export: only if they are asked for, and with their licence in the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.dataset.provenance import Licence
from etl.errors import OutputError
from etl.export.format import Account, Options
from etl.export.resizing import ResizedSource
from etl.files import json_line
from etl.schema import Column, Table, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from etl.warehouse.events import Source

__all__ = ["Companion", "boxes_in_step", "objects_by_video", "with_companions", "write_companions"]

ROWS_AT_ONCE = 10_000
# For each: the relation that is written, its key in the warehouse's manifest, how to get it, its order in a video.
CONTENT = {
    "objects": ("video_objects", "ssv2", "--ssv2 DIR", ("placeholder_index",)),
    "boxes": ("boxes", "boxes", "--boxes FILE …", ("frame_number", "box_index")),
}


@dataclass(frozen=True)
class Companion:
    """A file of objects or boxes in addition to the events: its columns, and its licence."""

    file: str
    table: Table
    licence: Licence


def with_companions(source: Source, options: Options, account: Account) -> list[str]:
    """Return which of objects and boxes to export, and note their licences in the export's manifest.

    Raises OutputError if the warehouse has none of them.
    """
    told = source.warehouse.manifest.companions
    names = [name for name, is_asked in (("objects", options.with_objects), ("boxes", options.with_boxes)) if is_asked]
    for name in names:
        _, kind, option, _ = CONTENT[name]
        if kind not in told:
            raise OutputError(f"the warehouse has no {name}. Try: contact-release build {option}")
        account.facts.setdefault("companions", {})[name] = {"licence": told[kind].licence}
    return names


def write_companions(
    source: Source, folder: Path, options: Options, account: Account, suffix: str
) -> tuple[Companion, ...]:
    """Write `objects` and `boxes` of the selected videos, if asked for, as .csv, .jsonl or .parquet."""
    writers = {".csv": _write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}
    return tuple(
        _write(source, folder / f"{name}{suffix}", name, account, writers[suffix])
        for name in with_companions(source, options, account)
    )


def _write(
    source: Source,
    path: Path,
    name: str,
    account: Account,
    write: Callable[[Path, Iterable[pa.RecordBatch], pa.Schema], int],
) -> Companion:
    relation, _, _, order = CONTENT[name]
    sql = f"""
        select listed.*
        from {relation} as listed
        inner join videos using (video_id)
        where video_id in (select unnest($chosen))
        order by videos.rowid, {", ".join(order)}"""
    reader = source.warehouse.query(sql, {"chosen": _chosen(source)}).arrow(ROWS_AT_ONCE)
    table = _described(source, name)
    told = account.facts["companions"][name]
    batches = _moved(reader, source) if name == "boxes" and isinstance(source, ResizedSource) else reader
    told |= {"file": path.name, "rows": write(path, batches, arrow_schema(table))}
    return Companion(path.name, table, Licence(**told["licence"]))


def _moved(batches: Iterable[pa.RecordBatch], source: ResizedSource) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch.from_pylist([source.box(row) for row in batch.to_pylist()], schema=batch.schema)


def _described(source: Source, name: str) -> Table:
    """Return the columns that are written, with the descriptions in the warehouse's catalogue."""
    relation, _, _, order = CONTENT[name]
    columns = source.warehouse.query(
        "select column_name, data_type, comment, is_nullable from duckdb_columns() where table_name = $relation "
        "order by column_index",
        {"relation": relation},
    ).fetchall()
    [(comment,)] = source.warehouse.query(
        "select comment from duckdb_tables() where table_name = $relation "
        "union all select comment from duckdb_views() where view_name = $relation",
        {"relation": relation},
    ).fetchall()
    described = tuple(Column(column, kind, text, nullable=empty) for column, kind, text, empty in columns)
    return Table(name, comment, ("video_id", *order), described)


def objects_by_video(source: Source) -> dict[str, list[str]]:
    """Return the objects of each video as published, in the order of the template's placeholders."""
    objects: dict[str, list[str]] = {}
    sql = "select video_id, object from objects semi join videos using (video_id) order by video_id, placeholder_index"
    for video_id, text in source.warehouse.query(sql).fetchall():
        objects.setdefault(video_id, []).append(text)
    return objects


def boxes_in_step(source: Source, *, on_all_frames: bool = False) -> Callable[[str], dict[int, list[dict[str, Any]]]]:
    """Return a function that gives the boxes of a video by frame, on annotated frames only or on all.

    It must be called for the selected videos in the order of `Source.videos`: the boxes are read along with them.
    """
    where = "true" if on_all_frames else "(video_id, frame_number) in (select (video_id, frame_number) from events)"
    sql = f"""
        select boxes.*
        from boxes
        inner join videos using (video_id)
        where video_id in (select unnest($chosen)) and {where}
        order by videos.rowid, frame_number, box_index"""
    reader = source.warehouse.query(sql, {"chosen": _chosen(source)}).arrow(ROWS_AT_ONCE)
    rows = (
        source.box(row) if isinstance(source, ResizedSource) else row for batch in reader for row in batch.to_pylist()
    )
    videos = ((video_id, list(group)) for video_id, group in groupby(rows, key=itemgetter("video_id")))
    following = next(videos, None)

    def boxes_of(video_id: str) -> dict[int, list[dict[str, Any]]]:
        nonlocal following
        frames: dict[int, list[dict[str, Any]]] = {}
        if following and following[0] == video_id:
            for row in following[1]:
                frames.setdefault(row["frame_number"], []).append(row)
            following = next(videos, None)
        return frames

    return boxes_of


def _chosen(source: Source) -> list[str]:
    """Return the selected videos."""
    from etl.warehouse.selection import stream_events

    batches = stream_events(source.warehouse, source.selection)
    return list(dict.fromkeys(video_id for batch in batches for video_id in batch.column("video_id").to_pylist()))


def _write_csv(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    import pyarrow.csv

    rows = 0
    with pyarrow.csv.CSVWriter(path, schema) as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows


def _write_jsonl(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    rows = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for batch in batches:
            file.writelines(map(json_line, batch.to_pylist()))
            rows += batch.num_rows
    return rows


def _write_parquet(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    import pyarrow.parquet as pq

    rows = 0
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows
