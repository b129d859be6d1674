"""`contact-release explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.options import frames_option, quiet_option, warehouse_option
from etl.errors import VideoError
from etl.names import FRAME_TEMPLATE
from etl.schema import MAX_FRAME_NUMBER

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["explain"]

# How other tools count the frames of a video, and how they name the frame's file where they have a name for it.
_TOOLS = (
    ("this warehouse, the publisher", 0, FRAME_TEMPLATE),
    ("CVAT", 0, ""),
    ("FiftyOne", 1, ""),
    ("Label Studio", 1, ""),
    ("Something-Else", 1, "{:04d}.jpg"),
    ("MMAction2 (its default)", 1, "img_{:05d}.jpg"),
)


@click.command(short_help="Say which picture a frame is, here and in other tools.")
@click.argument("video")
@click.argument("frame", type=click.IntRange(0, MAX_FRAME_NUMBER))
@frames_option()
@warehouse_option
@quiet_option
def explain(video: str, frame: int, frames: Path, warehouse: Path) -> None:
    """Say which picture frame FRAME of VIDEO is: its file, its time, and its number in other tools.

    FRAME counts from 0 in decoding order, as the annotations do.

    \b
    Examples:
      contact-release explain 900003 42
      contact-release explain 900003 0 --warehouse sample-warehouse
    """
    from etl.cli.output import print_table
    from etl.warehouse.open import open_warehouse

    with open_warehouse(warehouse) as opened:
        facts = _facts(opened, video, frame, frames)
    print_table(["frame", f"{frame} of video {video}"], facts)
    names = [(tool, frame + base, name.format(frame + base) if name else "") for tool, base, name in _TOOLS]
    print_table(["in", "number", "file name"], names)


def _facts(warehouse: Warehouse, video: str, frame: int, frames: Path) -> list[tuple[str, str]]:
    """Return what the warehouse knows of a frame. Raises VideoError where there is no such video or frame."""
    found = warehouse.query(
        "select decoder is not null, frame_count, time_source from videos where video_id = ?", [video]
    ).fetchall()
    if not found:
        raise VideoError(f'there is no video {video!r}. Try: contact-release query "select video_id from videos"')
    is_decoded, frame_count, time_source = found[0]
    if frame_count is not None and frame >= frame_count:
        raise VideoError(f"video {video} has no frame {frame}: its last one is {frame_count - 1}")
    indexed = warehouse.query(
        "select file, time_s, width, height, size_bytes, sha256 from frame_index "
        "where video_id = ? and frame_number = ?",
        [video, frame],
    ).fetchall()
    file, time_s, width, height, size_bytes, sha256 = indexed[0] if indexed else (None,) * 6
    facts = [("file", str(frames / file) if file else "not saved. Try: contact-release extract --videos DIR")]
    if time_s is not None:
        facts.append(("time", f"{time_s * 1000:.3f} ms ({time_source})"))
    else:
        facts.append(("time", f"unknown: {'beyond what was decoded' if is_decoded else 'the video was not decoded'}"))
    if width is not None:
        facts.append(("picture", f"{width} × {height} px"))
    if file is not None:
        facts += [("size", f"{size_bytes:,} bytes"), ("SHA-256", sha256)]
    events = warehouse.query(
        "select action, agent, point_x, point_y from events "
        "where video_id = ? and frame_number = ? order by event_index",
        [video, frame],
    ).fetchall()
    return facts + [("event", f"{action}, {agent}, at ({x}, {y})") for action, agent, x, y in events]
