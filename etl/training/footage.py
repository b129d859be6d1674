"""What clips are cut from, as arrays: videos, their frames, their events. Nothing here is open or shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from etl.errors import QueryError, VideoError
from etl.names import is_video_id
from etl.training.recipe import Labelled, labels_of
from etl.warehouse.events import named
from etl.warehouse.selection import Selection, select_events
from etl.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa

    from etl.warehouse.open import Warehouse

__all__ = ["Events", "Footage", "load_footage"]

Integers = NDArray[np.int64]

VIDEOS = """
select video_id, width, height, frame_count
from videos
where video_id in (select unnest(?))
order by rowid
"""
FRAMES = """
select frame_index.video_id, frame_number, size_bytes, sha256, coalesce(offset_bytes, 0) as offset_bytes
from frame_index
inner join videos on frame_index.video_id = videos.video_id
where sha256 is not null and frame_index.video_id in (select unnest(?))
order by videos.rowid, frame_number
"""
UNLABELLED = """
select video_id, width, height, frame_count
from unlabelled_videos
where frame_count > 0 and frame_count = saved_frame_count
order by rowid
"""
ALL_EVENTS = """
select events.video_id, frame_number
from events
inner join videos on events.video_id = videos.video_id
where events.video_id in (select unnest(?))
order by videos.rowid, frame_number
"""
EXTRACT = "Try: contact-release extract --videos DIR"


@dataclass(frozen=True)
class Events:
    """Selected events by video, then by frame and event index; `first[v]` is where those of video v begin."""

    first: Integers
    video: Integers
    event_index: Integers
    frame: Integers
    label: Integers
    x: Integers
    y: Integers


@dataclass(frozen=True)
class Footage:
    """Videos with selected events, in the warehouse's order, and what is known about their frames.

    From the position `labelled` on, they are videos without a label. Frame n (0-based) of labelled video v has the
    position `first_frame[v] + n` in `size_bytes`, `sha256` and `offset_bytes` (in a pack; 0 for a file of its own);
    all are empty if the videos themselves are decoded. `annotated` holds the frames of all events, selected or not,
    those of video v from `first_annotated[v]` on.
    """

    video_ids: NDArray[np.str_]
    labelled: int
    width: Integers
    height: Integers
    frame_count: Integers
    first_frame: Integers
    size_bytes: Integers
    sha256: NDArray[np.bytes_]
    offset_bytes: Integers
    events: Events
    first_annotated: Integers
    annotated: Integers

    def original(self, video: int) -> tuple[int, int]:
        """Return the width and height (px) of the video at a position."""
        return int(self.width[video]), int(self.height[video])

    def labelled_of(self, video: int) -> Labelled:
        """Return the selected events of the video at a position."""
        events = self.events
        mine = slice(events.first[video], events.first[video + 1])
        x, y = (axis[mine].astype(np.float64) for axis in (events.x, events.y))
        return Labelled(events.event_index[mine], events.frame[mine], events.label[mine], x, y)


def load_footage(
    warehouse: Warehouse,
    selection: Selection,
    classes: tuple[str, ...],
    *,
    from_videos: bool,
    unlabelled: bool | Sequence[str] = False,
) -> Footage:
    """Read what clips need about the videos with a selected event, and about all or some of the unlabelled videos.

    Raises QueryError if nothing is selected; VideoError if frames are missing, or an event is after the last of them.
    """
    selected = select_events(warehouse, selection)
    if not selected.num_rows:
        raise QueryError("no event meets the selection, so there are no clips")
    chosen = selected.column("video_id").unique().to_pylist()
    videos = warehouse.query(VIDEOS, [chosen]).to_arrow_table()
    labelled = videos.num_rows
    if unlabelled is not False:
        import pyarrow as pa

        videos = pa.concat_tables([videos, _unlabelled(warehouse, unlabelled)])
    video_ids = np.array(videos.column("video_id").to_pylist(), np.str_)
    for video_id in video_ids.tolist():
        if not is_video_id(video_id):  # ids become paths, and the warehouse may come from others
            raise VideoError(f"the video id {video_id!r} cannot be part of a file name. Build the warehouse again")
    events = _events(selected, video_ids, classes)
    annotated = warehouse.query(ALL_EVENTS, [chosen]).to_arrow_table()
    frames = warehouse.query(FRAMES, [[] if from_videos else chosen]).to_arrow_table()
    first_frame = _first(frames, video_ids)
    count = _integers(videos, "frame_count")
    count[:labelled] = (
        _known_counts(videos.slice(0, labelled))
        if from_videos
        else _saved_counts(frames, first_frame[: labelled + 1], video_ids[:labelled])
    )
    _require_shown(events, count, video_ids)
    return Footage(
        video_ids=video_ids,
        labelled=labelled,
        width=_integers(videos, "width"),
        height=_integers(videos, "height"),
        frame_count=count,
        first_frame=first_frame,
        size_bytes=_integers(frames, "size_bytes"),
        sha256=np.array(frames.column("sha256").to_pylist(), np.bytes_),
        offset_bytes=_integers(frames, "offset_bytes"),
        events=events,
        first_annotated=_first(annotated, video_ids),
        annotated=_integers(annotated, "frame_number"),
    )


def _unlabelled(warehouse: Warehouse, chosen: bool | Sequence[str]) -> pa.Table:
    """Return all unlabelled videos with every frame saved, or those chosen by their ids."""
    whole = warehouse.query(UNLABELLED).to_arrow_table()
    if chosen is True:
        return whole
    wanted = set(chosen or ())
    if lacking := sorted(wanted.difference(whole.column("video_id").to_pylist())):
        raise VideoError(
            f"{len(lacking):,} of the {len(wanted):,} chosen unlabelled videos ({named(lacking)}) are not extracted "
            "completely, or have a label. Try: contact-release extract --videos DIR --unlabelled"
        )
    is_chosen = [video_id in wanted for video_id in whole.column("video_id").to_pylist()]
    return whole.take(np.flatnonzero(is_chosen))


def _events(selected: pa.Table, video_ids: NDArray[np.str_], classes: tuple[str, ...]) -> Events:
    place = {video_id: number for number, video_id in enumerate(video_ids.tolist())}
    video = np.array([place[video_id] for video_id in selected.column("video_id").to_pylist()], np.int64)
    frame, index = _integers(selected, "frame_number"), _integers(selected, "event_index")
    order = np.lexsort((index, frame, video))
    label = labels_of(selected.column("action").to_pylist(), selected.column("agent").to_pylist(), classes)
    return Events(
        first=np.searchsorted(video[order], np.arange(len(video_ids) + 1)),
        video=video[order],
        event_index=index[order],
        frame=frame[order],
        label=label[order],
        x=_integers(selected, "point_x")[order],
        y=_integers(selected, "point_y")[order],
    )


def _first(table: pa.Table, video_ids: NDArray[np.str_]) -> Integers:
    """Return where the rows of each video begin in a table that is in the videos' order; then the number of rows."""
    counts = dict.fromkeys(video_ids.tolist(), 0)
    for entry in table.column("video_id").value_counts().to_pylist():
        counts[entry["values"]] = entry["counts"]
    return np.concatenate([[0], np.cumsum(list(counts.values()), dtype=np.int64)])


def _saved_counts(frames: pa.Table, first: Integers, video_ids: NDArray[np.str_]) -> Integers:
    counts = np.diff(first)
    numbers = _integers(frames, "frame_number")
    lacking = [
        str(video_id)
        for video_id, begin, count in zip(video_ids, first, counts, strict=False)
        if not count or numbers[begin + count - 1] != count - 1
    ]
    if lacking:
        raise VideoError(
            f"clips need all frames, which are not extracted for {len(lacking):,} of {len(video_ids):,} selected "
            f"videos ({named(lacking)}). {EXTRACT}; or leave them out with where="
        )
    return counts


def _known_counts(videos: pa.Table) -> Integers:
    counts = videos.column("frame_count").to_pylist()
    lacking = [id_ for id_, count in zip(videos.column("video_id").to_pylist(), counts, strict=True) if not count]
    if lacking:
        raise VideoError(
            f"clips need the number of frames, which is unknown for {len(lacking):,} of {len(counts):,} selected "
            f"videos ({named(lacking)}). {EXTRACT}; or leave them out with where="
        )
    return np.array(counts, np.int64)


def _require_shown(events: Events, count: Integers, video_ids: NDArray[np.str_]) -> None:
    behind = np.flatnonzero(events.frame >= count[events.video])
    if len(behind):
        videos = list(dict.fromkeys(video_ids[events.video[behind]].tolist()))
        raise VideoError(
            f"no clip can show {counted(len(behind), 'selected event')} after the last frame that could be decoded (of "
            f"{named(videos)}). Leave them out with where="
        )


def _integers(table: pa.Table, name: str) -> Integers:
    """Return a column as int64, with 0 for null."""
    column: Any = table.column(name).fill_null(0)
    return np.array(column.to_numpy(), np.int64)
