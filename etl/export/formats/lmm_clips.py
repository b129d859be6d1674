"""Clips of ten frames with one event: the paper's, or drawn so that a constant answer gains nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from etl.dataset.paper_clips import PAPER_CLIP_FRAMES, paper_clips
from etl.errors import OutputError
from etl.export.format import Account
from etl.warehouse.events import Event, Source, Video

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CLIP_FRAMES", "Clip", "drawn_clips", "paper_clips_of"]

CLIP_FRAMES = PAPER_CLIP_FRAMES
LOT_BYTES = 16  # of MD5
NOT_ALONE = f"no clip of {CLIP_FRAMES} frames that are sure to exist holds it alone"
NOT_DRAWN = "not drawn: every position in the clip has the same number of clips"
NOT_IN_PAPER = "none of the paper's clips has it"

# The windows of every event, videos in the order of `Source.videos`, including videos without a window. If a video was
# not decoded, its last annotated frame is the last one that is sure to exist.
WINDOWS = """
with
decoded as (from isolating_windows($frames)),
undecoded as (from isolating_windows($frames, inside_annotated := true)),
found as (
    select decoded.* from decoded semi join videos
    on decoded.video_id = videos.video_id and videos.frame_count is not null
    union all
    select undecoded.* from undecoded semi join videos
    on undecoded.video_id = videos.video_id and videos.frame_count is null
)
select videos.video_id, found.event_index, found.first_start, found.windows
from videos left join found on videos.video_id = found.video_id
order by videos.rowid
"""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip of `CLIP_FRAMES` frames from `start_frame` with one event; `event` is None if no event was released."""

    video: Video
    start_frame: int
    event_frame: int
    action: str
    event: Event | None

    @property
    def position(self) -> int:
        """The event's frame, counted from the clip's first as 0."""
        return self.event_frame - self.start_frame


def drawn_clips(source: Source, needs: Sequence[str], wanted: str, seed: int, account: Account) -> Iterator[Clip]:
    """Draw clips, each with another event, equally many for every position of the event in the clip.

    An event's position is drawn from the possible ones; then the same number is drawn for every position. The same
    seed draws the same clips; they come in the order of `Source.videos`, those of a video by their first frame.
    `needs` is what `Source.videos` takes, `wanted` is "all" (as many as possible) or a number, a multiple of
    `CLIP_FRAMES`. Raises OutputError, before the first clip, if there are not that many.
    """
    windows = source.warehouse.query(WINDOWS, {"frames": CLIP_FRAMES}).to_arrow_table()
    lots = [bytearray() for _ in range(CLIP_FRAMES)]
    for _, candidates in _candidates(source, needs, windows, seed):
        for _, found in candidates:
            if found:
                lots[found.position] += found.lot
    most = min(map(len, lots)) // LOT_BYTES
    each = most if wanted == "all" else _per_position(wanted, most)
    last_drawn = [_smallest(of_position, each) for of_position in lots]
    del lots

    for video, candidates in _candidates(source, needs, windows, seed):
        clips = []
        for event, found in candidates:
            if not found:
                account.leave_out(NOT_ALONE, video, event)
            elif found.lot > last_drawn[found.position]:
                account.leave_out(NOT_DRAWN, video, event)
            else:
                start = event.frame_number - found.position
                clips.append(Clip(video, start, event.frame_number, event.action, event))
        yield from sorted(clips, key=attrgetter("start_frame"))


class _Candidate(NamedTuple):
    """An event's position in its clip, and the lot by which clips of this position are drawn."""

    position: int
    lot: bytes


def _candidates(
    source: Source, needs: Sequence[str], windows: pa.Table, seed: int
) -> Iterator[tuple[Video, list[tuple[Event, _Candidate | None]]]]:
    """Yield the videos with their selected events; None stands for an event that no clip has as its only one."""
    of_videos = groupby(_rows(windows), key=itemgetter(0))
    for video in source.videos(*needs):
        rows = next(rows for video_id, rows in of_videos if video_id == video.video_id)
        of_event = {event_index: (first, count) for _, event_index, first, count in rows}
        candidates: list[tuple[Event, _Candidate | None]] = []
        for event in video.events:
            if event.event_index not in of_event:
                candidates.append((event, None))
                continue
            first, count = of_event[event.event_index]
            drawn_from = f"{seed}/{video.video_id}/{event.event_index}".encode()
            lot = hashlib.md5(drawn_from, usedforsecurity=False).digest()
            position = event.frame_number - first - int.from_bytes(lot) % count
            candidates.append((event, _Candidate(position, lot)))
        yield video, candidates


def _smallest(lots: bytearray, count: int) -> bytes:
    """Return the largest of the `count` smallest lots; if `count` is 0, a value below all lots."""
    each = sorted(bytes(lots[first : first + LOT_BYTES]) for first in range(0, len(lots), LOT_BYTES))
    return each[count - 1] if count else b""


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def paper_clips_of(videos: Iterable[Video], account: Account) -> Iterator[Clip]:
    """Yield the paper's clips of these videos, as printed; `event` is the released one at that frame, if there is one.

    A row whose event is outside its clip has no answer and is left out, with a note.
    """
    outside = 0
    rows_of = defaultdict(list)
    for row in paper_clips():
        rows_of[row.video_id].append(row)
    for video in videos:
        found: set[int] = set()
        for row in rows_of.get(video.video_id, ()):
            if not 0 <= row.event_frame - row.start_frame < CLIP_FRAMES:
                outside += 1
                continue
            matching = [e for e in video.events if (e.frame_number, e.action) == (row.event_frame, row.action)]
            event = matching[0] if matching else None
            if event and event.event_index in found:
                event = None
            if event:
                found.add(event.event_index)
            yield Clip(video, row.start_frame, row.event_frame, row.action, event)
        for event in video.events:
            if event.event_index not in found:
                account.leave_out(NOT_IN_PAPER, video, event)
    if outside:
        account.notes.append(f"{outside} of the paper's clips have their event outside the clip and are left out.")


def _per_position(wanted: str, most: int) -> int:
    if not wanted.isascii() or not wanted.isdecimal() or int(wanted) == 0 or int(wanted) % CLIP_FRAMES:
        raise OutputError(f"--clips: found {wanted!r}, expected all, paper or a multiple of {CLIP_FRAMES}, such as 100")
    if int(wanted) // CLIP_FRAMES > most:
        raise OutputError(
            f"--clips: found {wanted}, but the selection gives at most {most * CLIP_FRAMES} balanced clips"
        )
    return int(wanted) // CLIP_FRAMES
