"""The frame index: the contents of the frames folder as rows of the warehouse.

The records are read once, video by video, in the order of the tables; nothing is decoded, and no more than
one batch of rows is held at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl.build.columns import batch, rows_to_table
from etl.extraction.record import Record
from etl.extraction.standing import Standing, other_standings, read_standing
from etl.names import frame_file, pack_file
from etl.schema import EXTRACTION_ERRORS, arrow_schema, table_named

__all__ = ["DecodedVideos", "annotated_frames"]

ROWS_AT_ONCE = 1 << 17

_DECODED_COLUMNS = (
    "width",
    "height",
    "frame_count",
    "frame_rate",
    "duration_s",
    "is_variable_rate",
    "codec",
    "declared_frame_count",
)
_NOT_EXTRACTED = (
    "nothing of this video is in the frames folder: it had no file, was not extracted yet, "
    "or something else stands in its place"
)


class DecodedVideos:
    """The decoded videos of a frames folder.

    `annotated` has the annotated frame numbers of every labelled video, in the tables' order. `frames` is the
    frames folder; None stands for an empty one. With `assumed_rate` (1/s) the annotated frames of videos that were not
    decoded get the time that this frame rate gives them.

    Call in this order: `frame_batches`, read to its end, then `videos`, `unlabelled`, and `problems`.
    """

    def __init__(
        self, annotated: Mapping[str, Sequence[int]], frames: Path | None, *, assumed_rate: float | None = None
    ) -> None:
        self._annotated = annotated
        self._frames = frames
        self._assumed_rate = assumed_rate
        self._videos: list[dict[str, Any]] = []
        self._problems: list[dict[str, str]] = []

    def frame_batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows of `frame_index`: the frames of decoded videos, the annotated frames of all others.

        Raises VideoError if a record is damaged.
        """
        schema = arrow_schema(table_named("frame_index"))
        columns: dict[str, list[Any]] = {name: [] for name in schema.names}
        for video_id, numbers in self._annotated.items():
            standing = read_standing(self._frames, video_id) if self._frames else None
            self._note(video_id, standing.record if standing else None)
            is_decoded = standing is not None and not standing.record.has_failed
            rows = _decoded(standing) if standing and is_decoded else self._undecoded(video_id, numbers)
            for name, values in rows.items():
                columns[name].extend(values)
            if len(columns["video_id"]) >= ROWS_AT_ONCE:
                yield batch(columns, schema)
                columns = {name: [] for name in schema.names}
        yield batch(columns, schema)

    def videos(self, videos: pa.Table) -> pa.Table:
        """Return the table `videos` with its decoded columns filled; its rows must be those of `annotated`."""
        found = rows_to_table(self._videos, videos.schema)
        for name in found.column_names:
            if name not in ("video_id", "template_id"):
                videos = videos.set_column(videos.schema.get_field_index(name), videos.field(name), found[name])
        return videos

    def unlabelled(self) -> pa.Table:
        """Return the table `unlabelled_videos`: the videos of the frames folder that have no label.

        Raises VideoError if a record is damaged.
        """
        others = other_standings(self._frames, self._annotated) if self._frames else ()
        rows = []
        for standing in others:
            record = standing.record
            rows.append({"video_id": record.video_id, **_facts(record), "saved_frame_count": record.saved_count})
            self._note_problems(record)
        return rows_to_table(rows, arrow_schema(table_named("unlabelled_videos")))

    def problems(self) -> pa.Table:
        """Return the table `extraction_problems`."""
        return rows_to_table(self._problems, arrow_schema(table_named("extraction_problems")))

    def _note(self, video_id: str, record: Record | None) -> None:
        """Keep the facts and the problems of one video."""
        row: dict[str, Any] = {"video_id": video_id}
        if record and record.facts:
            row |= {**_facts(record), "time_source": _time_source(record)}
        elif self._assumed_rate:
            row["time_source"] = "assumed"
        self._videos.append(row)
        if record:
            self._note_problems(record)
        elif self._frames:
            self._note_problem(video_id, "missing", _NOT_EXTRACTED)

    def _note_problems(self, record: Record) -> None:
        for problem in record.problems:
            self._note_problem(record.video_id, problem.reason, problem.detail)

    def _note_problem(self, video_id: str, reason: str, detail: str) -> None:
        level = "error" if reason in EXTRACTION_ERRORS else "warning"
        self._problems.append({"video_id": video_id, "reason": reason, "level": level, "detail": detail})

    def _undecoded(self, video_id: str, numbers: Sequence[int]) -> dict[str, Sequence[Any]]:
        count, rate = len(numbers), self._assumed_rate
        nothing = [None] * count
        return {
            "video_id": [video_id] * count,
            "frame_number": numbers,
            "time_s": [number / rate for number in numbers] if rate else nothing,
            "file": nothing,
            "offset_bytes": nothing,
            "width": nothing,
            "height": nothing,
            "size_bytes": nothing,
            "sha256": nothing,
        }


def _facts(record: Record) -> dict[str, Any]:
    """Return what decoding found, by column; nothing for a video that gave no frames."""
    if not record.facts:
        return {}
    return {
        **{name: getattr(record.facts, name) for name in _DECODED_COLUMNS},
        "decoder": record.decoder,
        "decoder_version": record.decoder_version,
        "video_file": record.source.name if record.source else None,
    }


def _time_source(record: Record) -> str | None:
    return "decoded" if any(time is not None for time in record.frames.time_s) else None


def _decoded(standing: Standing) -> dict[str, Sequence[Any]]:
    record, frames = standing.record, standing.record.frames
    is_pack = standing.offsets is not None
    numbers = range(len(frames.time_s))
    return {
        "video_id": [record.video_id] * len(numbers),
        "frame_number": numbers,
        "time_s": frames.time_s,
        "file": [
            None if size is None else pack_file(record.video_id) if is_pack else frame_file(record.video_id, number)
            for number, size in zip(numbers, frames.size_bytes, strict=True)
        ],
        "offset_bytes": standing.offsets or [None] * len(numbers),
        "width": frames.width,
        "height": frames.height,
        "size_bytes": frames.size_bytes,
        "sha256": frames.sha256,
    }


def annotated_frames(videos: pa.Table, frames: pa.Table) -> dict[str, list[int]]:
    """Return the annotated frame numbers of every video, each once and ascending, videos in the table's order.

    `frames` has the columns `video_id` and `frame_number`: of events, or of the frames themselves.
    """
    numbers: dict[str, set[int]] = {video_id: set() for video_id in videos["video_id"].to_pylist()}
    for piece in frames.select(["video_id", "frame_number"]).to_batches():
        for video_id, number in zip(*(column.to_pylist() for column in piece.columns), strict=True):
            numbers[video_id].add(number)
    return {video_id: sorted(found) for video_id, found in numbers.items()}
