"""Drawn annotations of a few events of each action and agent, from extracted frames."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.drawing.frame import annotate_frame
from etl.drawing.picture_files import decode_picture
from etl.errors import VideoError
from etl.extraction.frames import RecordedFrame, read_frame
from etl.names import frame_file
from etl.pages.blocks import Block, Picture, Section, Text

if TYPE_CHECKING:
    from etl.pages.answers import Queryable

__all__ = ["examples_section"]

# The first event of each video comes before any second one, so that the examples differ.
CHOSEN = """
with
saved as (
    select events.*, frame_index.size_bytes, frame_index.sha256, frame_index.offset_bytes
    from events inner join frame_index using (video_id, frame_number)
    where frame_index.file is not null
),
ranked as (
    select *, row_number() over (partition by action, agent, video_id order by event_index) as in_video from saved
)
select action, agent, video_id, frame_number, size_bytes, sha256, offset_bytes
from ranked
qualify row_number() over (partition by action, agent order by in_video, video_id) <= $count
order by action, agent, in_video, video_id
"""
ON_FRAME = """
select * from events where video_id = $video_id and frame_number = $frame_number order by event_index
"""


def examples_section(source: Queryable, frames: Path, count: int) -> Section:
    """Return a section with up to `count` drawn frames of each action and agent, from the folder `frames`.

    Raises VideoError if a frame is missing, is not the one that was extracted, or is not a picture.
    """
    blocks: list[Block] = []
    chosen = source.query(CHOSEN, {"count": count}).fetchall()
    for number, (action, agent, video_id, frame_number, *recorded) in enumerate(chosen, 1):
        found = source.query(ON_FRAME, {"video_id": video_id, "frame_number": frame_number})
        events = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        caption = f"{action}, {agent}: video {video_id}, frame {frame_number}"
        blocks.append(
            Picture(
                f"example-{number}", caption, _drawn(frames, RecordedFrame(video_id, frame_number, *recorded), events)
            )
        )
    if blocks:
        blocks.insert(0, Text("These pictures are from the videos, whose licence may not allow you to pass them on."))
    else:
        blocks.append(Text("The warehouse has no saved frame of these events: contact-release extract saves them."))
    return Section("examples", "Examples", blocks)


def _drawn(frames: Path, frame: RecordedFrame, events: list[dict[str, Any]]) -> bytes:
    try:
        name = f"{frames}/{frame_file(frame.video_id, frame.frame_number)}"
        picture = decode_picture(read_frame(frames, frame), name).image
    except VideoError as error:
        raise VideoError(f"{error}. Give the folder that the warehouse was built with: --frames DIR") from error
    jpeg = io.BytesIO()
    annotate_frame(picture, events).save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue()
