"""`contact-release explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.options import frames_option, quiet_option, warehouse_option
from etl.schema import MAX_FRAME_NUMBER, NOMINAL_FRAME_RATE
from etl.wording import counted

if TYPE_CHECKING:
    from etl.warehouse.companions import Companions
    from etl.warehouse.explain import Explanation

__all__ = ["explain"]


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
    from etl.warehouse.explain import explain as explain_frame

    found = explain_frame(warehouse, video, frame, frames=frames)
    print_table(["frame", f"{frame} of video {video}"], _facts(found))
    print_table(["in", "number", "file name"], found.elsewhere)
    click.echo(
        f"Something-Else counts the frames of a re-encode at {NOMINAL_FRAME_RATE} a second: "
        "its number is this picture's only where the video has that rate."
    )


def _facts(found: Explanation) -> list[tuple[str, str]]:
    """Return what is known of a frame, as lines of a table."""
    facts = [("file", str(found.file or "not saved. Try: contact-release extract --videos DIR"))]
    if found.time_s is not None:
        facts.append(("time", f"{found.time_s * 1000:.3f} ms ({found.time_source})"))
    elif found.width is not None:
        facts.append(("time", "unknown: the file gives this frame no presentation time"))
    else:
        reason = "beyond what was decoded" if found.is_decoded else "the video was not decoded"
        facts.append(("time", f"unknown: {reason}"))
    if found.width is not None:
        facts.append(("picture", f"{found.width} × {found.height} px"))
    if found.file is not None:
        facts += [("size", f"{found.size_bytes:,} bytes"), ("SHA-256", str(found.sha256))]
    facts += [
        ("event", f"{event.action}, {event.agent}, at ({event.point_x}, {event.point_y})") for event in found.events
    ]
    return facts + _companion_facts(found.companions)


def _companion_facts(told: Companions) -> list[tuple[str, str]]:
    """Return what SSv2's labels and the boxes tell, as lines of a table; none where nothing is known."""
    facts = []
    if told.label is not None:
        facts.append(("label", told.label))
    if told.ssv2_split is not None:
        facts.append(("SSv2's split", told.ssv2_split))
    if told.objects:
        facts.append(("objects", "; ".join(told.objects)))
    if told.boxed_frames:
        known = {True: "aligned with", False: "NOT aligned with", None: "perhaps aligned with"}[told.boxes_aligned]
        facts.append(("boxes", f"on {counted(told.boxed_frames, 'frame')} of the video, {known} what was decoded"))
    return facts + [
        ("box", f"{box.instance}, {box.category}: x {box.x1:g} to {box.x2:g}, y {box.y1:g} to {box.y2:g}")
        for box in told.boxes
    ]
