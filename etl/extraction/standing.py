"""What a frames folder holds of a video: its record, in a folder of its own or in a pack."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from etl.errors import VideoError
from etl.extraction.folders import is_in_the_way, what_is_in_the_way
from etl.extraction.pack_file import read_pack
from etl.extraction.record import Record, holds_frames, read_record
from etl.names import is_video_id, pack_file, video_sort_key

__all__ = ["Standing", "is_whole", "other_standings", "read_standing", "standing_ids"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A video's record. `offsets`: where each frame begins in the video's pack, in bytes; None for a folder."""

    record: Record
    offsets: list[int | None] | None


def read_standing(frames: Path, video_id: str) -> Standing | None:
    """Return what there is of a video; None if there is nothing, or if its folder is a link.

    A folder and a pack with the same record are one extraction whose conversion was interrupted: the pack counts.
    Raises VideoError if a record is damaged, or if a folder and a pack differ.
    """
    folder, path = frames / video_id, frames / pack_file(video_id)
    pack = read_pack(path, video_id)
    record = read_record(folder)
    if pack is None and record is None:  # between the two looks it may have been packed
        pack = read_pack(path, video_id)
    if pack is None:
        return None if record is None else Standing(record, None)
    if record is not None and record != pack.record:
        raise VideoError(
            f"{folder} and {path} are of the same video and differ; delete one of them, or extract it again"
        )
    return Standing(pack.record, pack.offsets)


def is_whole(frames: Path, standing: Standing) -> bool:
    """Tell whether a video's place holds all its saved frames, in their recorded sizes, and nothing else.

    A pack has been found to be as long as its record says. The folder that an interrupted conversion left beside a
    pack may lack frames.
    """
    video_id = standing.record.video_id
    folder, pack = frames / video_id, frames / pack_file(video_id)
    if standing.offsets is None:
        return holds_frames(folder, standing.record) and not os.path.lexists(pack)
    return not is_in_the_way(folder)


def standing_ids(frames: Path) -> list[str]:
    """Return the ids of the videos that have a folder or a pack, in the order of ids. Links are not followed."""
    found = set()
    with os.scandir(frames) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found.add(entry.name)
            elif entry.is_file(follow_symlinks=False) and entry.name == pack_file(entry.name.removesuffix(".tar")):
                found.add(entry.name.removesuffix(".tar"))
    return sorted(filter(is_video_id, found), key=video_sort_key)


def other_standings(frames: Path, video_ids: Container[str]) -> Iterator[Standing]:
    """Yield what there is of all other videos, in the order of ids; what no extraction wrote is skipped.

    Raises VideoError if a record is damaged, or if a folder and a pack differ.
    """
    for video_id in standing_ids(frames):
        if video_id in video_ids:
            continue
        try:
            standing = read_standing(frames, video_id)
        except VideoError:
            if what_is_in_the_way(frames, video_id):
                continue
            raise
        if standing:
            yield standing
