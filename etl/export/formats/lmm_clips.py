"""Clips of ten frames with one event: the paper's, or drawn so that a constant answer gains nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from etl.dataset.paper_clips import PAPER_CLIP_FRAMES, paper_clips
from etl.errors import OutputError
from etl.export.format import Account
from etl.warehouse.events import Event, Source, Video

__all__ = ["CLIP_FRAMES", "Clip", "drawn_clips", "paper_clips_of"]

CLIP_FRAMES = PAPER_CLIP_FRAMES
NOT_ALONE = f"no clip of {CLIP_FRAMES} frames that are sure to exist holds it alone"
NOT_DRAWN = "not drawn: every position in the clip has the same number of clips"
NOT_IN_PAPER = "none of the paper's clips has it"

# Where a video was not decoded, its last annotated frame is the last that is sure to exist.
WINDOWS = """
with undecoded as (select video_id from videos where frame_count is null)
select video_id, event_index, first_start, windows from isolating_windows($frames) anti join undecoded using (video_id)
union all
select video_id, event_index, first_start, windows from isolating_windows($frames, inside_annotated := true)
semi join undecoded using (video_id)
"""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip of `CLIP_FRAMES` frames from `start_frame` with one event; `event` is None where none was released."""

    video: Video
    start_frame: int
    event_frame: int
    action: str
    event: Event | None

    @property
    def position(self) -> int:
        """The event's frame, counted from the clip's first as 0."""
        return self.event_frame - self.start_frame


def drawn_clips(source: Source, videos: Iterable[Video], wanted: str, seed: int, account: Account) -> list[Clip]:
    """Draw clips, each with another event, equally many for every position of the event in the clip.

    An event's position is drawn from those it can have; then the same number is drawn for every position. The same
    seed draws the same clips. `wanted` is "all", as many as there can be, or a number, a multiple of `CLIP_FRAMES`.
    Raises OutputError where there are not so many.
    """
    rows = source.warehouse.query(WINDOWS, {"frames": CLIP_FRAMES}).fetchall()
    windows = {(video_id, event_index): (first, count) for video_id, event_index, first, count in rows}
    by_position: dict[int, list[tuple[str, Clip]]] = defaultdict(list)
    for video in videos:
        for event in video.events:
            if (video.video_id, event.event_index) not in windows:
                account.leave_out(NOT_ALONE, video, event)
                continue
            first, count = windows[video.video_id, event.event_index]
            lot = hashlib.md5(
                f"{seed}/{video.video_id}/{event.event_index}".encode(), usedforsecurity=False
            ).hexdigest()
            clip = Clip(video, first + int(lot, 16) % count, event.frame_number, event.action, event)
            by_position[clip.position].append((lot, clip))

    most = min(len(by_position[position]) for position in range(CLIP_FRAMES))
    each = most if wanted == "all" else _per_position(wanted, most)
    drawn: list[Clip] = []
    for position in range(CLIP_FRAMES):
        ranked = [clip for _, clip in sorted(by_position[position], key=lambda pair: pair[0])]
        drawn.extend(ranked[:each])
        for clip in ranked[each:]:
            if clip.event:
                account.leave_out(NOT_DRAWN, clip.video, clip.event)
    return sorted(drawn, key=lambda clip: (clip.video.video_id, clip.start_frame))


def paper_clips_of(videos: Iterable[Video], account: Account) -> Iterator[Clip]:
    """Yield the paper's clips of these videos, as printed; `event` is the released one at that frame, if there is one.

    A row whose event lies outside its clip has no answer and is left out, with a note.
    """
    outside = 0
    for video in videos:
        found: set[int] = set()
        for row in paper_clips():
            if row.video_id != video.video_id:
                continue
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
