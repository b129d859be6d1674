"""Frames that go into an export: checked against the frame index, then linked, copied or embedded."""

from __future__ import annotations

import os
from pathlib import Path

from etl.errors import OutputError, VideoError
from etl.export.format import Options
from etl.export.resizing import ResizedSource
from etl.extraction.frames import RecordedFrame, read_frame
from etl.names import frame_file
from etl.warehouse.events import Source

__all__ = ["frame_bytes", "link_frame"]


def frame_bytes(source: Source, frames: Path, video_id: str, frame_number: int) -> bytes:
    """Return a frame's JPEG file, byte for byte as it was extracted, or as the source resizes it.

    Raises VideoError if it is missing, or is not the one that was extracted.
    """
    recorded = source.recorded(video_id).get(frame_number)
    if recorded is None:
        raise VideoError(
            f"the frame {frames / frame_file(video_id, frame_number)} is not in the warehouse's frame index. Try: "
            "contact-release extract --videos DIR, which makes and indexes it"
        )
    content = read_frame(frames, RecordedFrame(video_id, frame_number, *recorded))
    return source.picture(video_id, content) if isinstance(source, ResizedSource) else content


def link_frame(source: Source, options: Options, video_id: str, frame_number: int, target: Path) -> None:
    """Put a frame into the export at `target`, as `options.link` says; do nothing without `options.frames`.

    A frame in a pack has no file to link to, so it becomes a file of its own, like a resized one. A symbolic link is
    relative, so that export and frames can be moved, or mounted elsewhere, together.

    Raises:
        VideoError: the frame is missing, or is not the one that was extracted.
        OutputError: a hard link cannot be made.
    """
    if options.frames is None:
        return
    content = frame_bytes(source, options.frames, video_id, frame_number)
    target.parent.mkdir(parents=True, exist_ok=True)
    path = options.frames / frame_file(video_id, frame_number)
    if options.link == "copy" or options.resize or not path.is_file():
        target.write_bytes(content)
    elif options.link == "symlink":
        target.symlink_to(os.path.relpath(os.path.realpath(path), os.path.realpath(target.parent)))
    else:
        try:
            target.hardlink_to(path)
        except OSError as error:
            reason = f"{path} cannot be linked into the export: {error.strerror}"
            raise OutputError(f"{reason}. For frames on another file system, give --link copy") from error
