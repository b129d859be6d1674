"""Say which picture a frame is: its file, its time, its events, and its number in other tools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from etl.errors import OptionError, VideoError
from etl.names import FRAME_TEMPLATE
from etl.schema import MAX_FRAME_NUMBER
from etl.warehouse.companions import Companions, companions_of
from etl.warehouse.events import Event
from etl.warehouse.open import Warehouse, using

__all__ = ["Explanation", "NumberElsewhere", "explain"]

# How other tools count the frames of a video, and how they name the frame's file, if they do.
_TOOLS = (
    ("this warehouse, the publisher", 0, FRAME_TEMPLATE),
    ("CVAT", 0, ""),
    ("FiftyOne", 1, ""),
    ("Label Studio", 1, ""),
    ("Something-Else", 1, "{:04d}.jpg"),
    ("MMAction2 (its default)", 1, "img_{:05d}.jpg"),
)


class NumberElsewhere(NamedTuple):
    """How another tool numbers and names a frame."""

    tool: str
    """The tool."""
    number: int
    """Its number of the frame."""
    file: str
    """Its name of the frame's file, empty where it has none."""


@dataclass(frozen=True)
class Explanation:
    """What the warehouse knows about a frame; None stands for what is not known."""

    video_id: str
    """The video."""
    frame_number: int
    """The frame, counted from 0 in decoding order."""
    is_decoded: bool
    """Whether the video was decoded, in whole or in part."""
    file: Path | None
    """The frame's picture."""
    time_s: float | None
    """The presentation time, in seconds."""
    time_source: str | None
    """Where the time is from: "decoded", or "assumed" from a frame rate."""
    width: int | None
    """Of the picture, in pixels."""
    height: int | None
    """Of the picture, in pixels."""
    size_bytes: int | None
    """Of the file."""
    sha256: str | None
    """Of the file."""
    events: tuple[Event, ...]
    """The events on this frame."""
    companions: Companions
    """What SSv2's label files and the Something-Else boxes say about the video, and the boxes of this frame."""
    elsewhere: tuple[NumberElsewhere, ...]
    """How other tools number and name the frame."""


def explain(
    warehouse: str | Path | Warehouse, video_id: str, frame_number: int, *, frames: str | Path = "frames"
) -> Explanation:
    """Say which picture a frame of a video is. `frame_number` is 0-based; `frames` is the folder of extracted frames.

    Raises:
        OptionError: a frame number that no video can have.
        VideoError: the warehouse has no such video, or the video no such frame.
        WarehouseError: the warehouse cannot be opened.

    Example:
        >>> summary = etl.build(sample=True, warehouse="explained")
        >>> found = etl.explain("explained", "900001", 5)
        >>> found.is_decoded, found.elsewhere[1].number
        (False, 5)
    """
    if not 0 <= frame_number <= MAX_FRAME_NUMBER:
        raise OptionError(f"found the frame {frame_number}, expected 0 to {MAX_FRAME_NUMBER:,}")
    with using(warehouse) as opened:
        found = opened.query(
            "select decoder is not null, frame_count, time_source from videos where video_id = ?", [video_id]
        ).fetchall()
        if not found:
            raise VideoError(
                f'there is no video {video_id!r}. Try: contact-release query "select video_id from videos"'
            )
        is_decoded, frame_count, time_source = found[0]
        if frame_count is not None and frame_number >= frame_count:
            raise VideoError(f"video {video_id} has no frame {frame_number}: its last one is {frame_count - 1}")
        indexed = opened.query(
            "select file, time_s, width, height, size_bytes, sha256 from frame_index "
            "where video_id = ? and frame_number = ?",
            [video_id, frame_number],
        ).fetchall()
        file, time_s, width, height, size_bytes, sha256 = indexed[0] if indexed else (None,) * 6
        events = opened.query(
            "select event_index, action, agent, frame_number, point_x, point_y from events "
            "where video_id = ? and frame_number = ? order by event_index",
            [video_id, frame_number],
        ).fetchall()
        companions = companions_of(opened, video_id, frame_number)
    return Explanation(
        video_id=video_id,
        frame_number=frame_number,
        is_decoded=is_decoded,
        file=Path(frames) / file if file else None,
        time_s=time_s,
        time_source=time_source,
        width=width,
        height=height,
        size_bytes=size_bytes,
        sha256=sha256,
        events=tuple(Event(*event) for event in events),
        companions=companions,
        elsewhere=tuple(
            NumberElsewhere(tool, frame_number + base, name.format(frame_number + base) if name else "")
            for tool, base, name in _TOOLS
        ),
    )
