"""The selected events of a warehouse, as batches of rows or video by video, any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from etl.errors import VideoError
from etl.names import is_video_id
from etl.warehouse.selection import Selection, stream_events

if TYPE_CHECKING:
    import pyarrow as pa

    from etl.warehouse.open import Warehouse

__all__ = ["Event", "Frame", "Source", "Video", "named"]

EXTRACT = "contact-release extract --videos DIR"
NAMED = 5
# What a format may need of a decoded video: a column of `videos`, null until decoding found it, and its name.
NEEDS = {
    "width": "the size of the picture",
    "frame_count": "the number of frames",
    "frame_rate": "the frame rate",
    "duration_s": "the duration",
}


class Event(NamedTuple):
    """One annotated event. `frame_number` is 0-based, the point in pixels of the original frame."""

    event_index: int
    action: str
    agent: str
    frame_number: int
    point_x: float
    point_y: float


@dataclass(frozen=True, slots=True)
class Video:
    """One video with its selected events, in the published order; what only decoding finds is None before that."""

    video_id: str
    template_id: int
    template: str
    split: str
    events: tuple[Event, ...]
    width: int | None = None
    height: int | None = None
    frame_count: int | None = None
    frame_rate: float | None = None
    video_file: str | None = None

    @property
    def events_by_frame(self) -> dict[int, list[Event]]:
        """The events of every annotated frame, frames ascending."""
        frames: dict[int, list[Event]] = {}
        for event in sorted(self.events, key=lambda event: (event.frame_number, event.event_index)):
            frames.setdefault(event.frame_number, []).append(event)
        return frames


class Frame(NamedTuple):
    """One decoded frame: its 0-based number, its presentation time, its file relative to the frames folder."""

    frame_number: int
    time_s: float | None
    file: str | None


def named(video_ids: Sequence[str]) -> str:
    """Return the first ids of a list, for a message."""
    return ", ".join(video_ids[:NAMED]) + (", …" if len(video_ids) > NAMED else "")


class Source:
    """The events that `selection` selects. `on_progress` is called with the number of events handed out so far."""

    def __init__(
        self, warehouse: Warehouse, selection: Selection, on_progress: Callable[[int], None] = lambda done: None
    ) -> None:
        self.warehouse = warehouse
        self.selection = selection
        self.on_progress = on_progress
        self._recorded_of: str | None = None
        self._recorded: dict[int, tuple[int, str, int | None]] = {}

    def batches(self, rows_at_once: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows of `selection.select_events` in batches."""
        done = 0
        for batch in stream_events(self.warehouse, self.selection, rows_at_once):
            yield batch
            done += batch.num_rows
            self.on_progress(done)

    def videos(self, *needs: str) -> Iterator[Video]:
        """Yield the selected videos, each with its selected events.

        `needs`, keys of `NEEDS`, are the facts about a decoded video that the format uses; all but the size are known
        only for videos decoded to their end. Raises VideoError, before the first video, if some video lacks one.
        """
        if needs:
            self._require_known(needs)
        decoded = self._decoded_facts()
        for labels, events in _by_video(self.batches()):
            video_id = labels.video_id
            if not is_video_id(video_id):  # ids become paths, and the warehouse may come from others
                raise VideoError(f"the video id {video_id!r} cannot be part of a file name. Build the warehouse again")
            yield Video(*labels, events, *next(facts for known_id, *facts in decoded if known_id == video_id))

    def templates(self) -> dict[int, str]:
        """Return the text of every template of the warehouse by its id, selected or not."""
        sql = "select template_id, template from templates order by template_id"
        return dict(self.warehouse.query(sql).fetchall())

    def frames(self, video_id: str) -> list[Frame]:
        """Return the known frames of a video, in order."""
        sql = "select frame_number, time_s, file from frame_index where video_id = ? order by frame_number"
        return [Frame(*row) for row in self.warehouse.query(sql, [video_id]).fetchall()]

    def recorded(self, video_id: str) -> dict[int, tuple[int, str, int | None]]:
        """Return the record of every saved frame of a video: number to size (bytes), SHA-256 (hex), offset."""
        if self._recorded_of != video_id:
            columns = "frame_number, size_bytes, sha256, offset_bytes"
            sql = f"select {columns} from frame_index where video_id = ? and sha256 is not null"
            rows = self.warehouse.query(sql, [video_id]).fetchall()
            self._recorded_of, self._recorded = video_id, {number: tuple(facts) for number, *facts in rows}
        return self._recorded

    def _decoded_facts(self) -> Iterator[tuple[Any, ...]]:
        """Yield what decoding found about every video, in the order of the events; nulls for videos not decoded."""
        facts = ("width", "height", "frame_count", "frame_rate", "video_file")
        columns = ", ".join(f"case when width is not null then {fact} end" for fact in facts)
        for batch in self.warehouse.query(f"select video_id, {columns} from videos order by rowid").arrow(10_000):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def _require_known(self, needs: Sequence[str]) -> None:
        condition = " and ".join(f"{column} is not null" for column in needs)
        if not self.warehouse.query(f"select 1 from videos where not ({condition}) limit 1").fetchall():
            return  # of all videos, whichever are selected
        known = {row[0] for row in self.warehouse.query(f"select video_id from videos where {condition}").fetchall()}
        chosen = dict.fromkeys(
            video_id
            for batch in stream_events(self.warehouse, self.selection)
            for video_id in batch.column("video_id").unique().to_pylist()
        )
        lacking = [video_id for video_id in chosen if video_id not in known]
        if lacking:
            extent = "" if set(needs) == {"width"} else " to their end"
            raise VideoError(
                f"the format needs {' and '.join(NEEDS[column] for column in needs)}, which is unknown for "
                f"{len(lacking):,} of {len(chosen):,} selected videos ({named(lacking)}). Decode them{extent}: "
                f'{EXTRACT}; or leave them out: --where "video_id in (select video_id from videos where {condition})"'
            )


class _Labels(NamedTuple):
    """What a video's rows have in common."""

    video_id: str
    template_id: int
    template: str
    split: str


def _by_video(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[_Labels, tuple[Event, ...]]]:
    """Group rows by video; a video's rows are adjacent but may span batches."""
    rows = (
        row
        for batch in batches
        for row in zip(map(_Labels, *_lists(batch, _Labels)), map(Event, *_lists(batch, Event)), strict=True)
    )
    for labels, group in groupby(rows, key=itemgetter(0)):
        yield labels, tuple(event for _, event in group)


def _lists(batch: pa.RecordBatch, row: type[_Labels] | type[Event]) -> list[list[Any]]:
    """Return those columns of a batch that make a row of this kind."""
    return [batch.column(name).to_pylist() for name in row._fields]
