"""Read files of boxes into a spool, each on its own: their sound part, and what is wrong with the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec

from etl.annotations.located_json import pointer
from etl.annotations.model import InputFile
from etl.companions.box_frames import Video
from etl.companions.box_spool import Spooled, write_spooled
from etl.companions.box_videos import sound_videos
from etl.companions.model import Faults, Place
from etl.companions.packed import READING_ERRORS, PackedFile, input_file, open_packed, unreadable

__all__ = ["FileBoxes", "ReadVideo", "note_other_boxes", "read_files", "texts_of"]

_WRITE = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class ReadVideo:
    """A video that was read: the hash of its frames, and where they are; None if they are not wanted."""

    content: bytes
    place: Spooled | None


@dataclass
class FileBoxes:
    """What a file of boxes holds."""

    file: PackedFile
    input_file: InputFile | None = None
    videos: dict[str, ReadVideo] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)


def read_files(files: Sequence[PackedFile], wanted: Collection[str] | None, spool: Path) -> list[FileBoxes]:
    """Read files of boxes, and write those of the `wanted` videos, or of all, to `spool`.

    Raises OSError if the spool cannot be written; the faults of a file are part of what is returned for it.
    """
    with spool.open("wb") as opened:
        return [_read_file(file, wanted, opened) for file in files]


def note_other_boxes(file: PackedFile, video_id: str, text: str, other: PackedFile, faults: Faults) -> None:
    """Note a video that is there a second time, with other boxes than in `other`."""
    location = pointer(video_id)
    place = Place(file.name, location, text)
    faults.add(place, "other boxes for this video", f"what {other.name} {location} says")


def texts_of(file: PackedFile, video_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the text of each of these videos as it is in the file."""
    if not video_ids:
        return
    left = set(video_ids)
    with open_packed(file) as stream:
        for video in sound_videos(stream, file, Faults()):
            if video.video_id in left:
                left.remove(video.video_id)
                yield video.video_id, video.text.decode("utf-8", "replace")


def _read_file(file: PackedFile, wanted: Collection[str] | None, spool: IO[bytes]) -> FileBoxes:
    read = FileBoxes(file)
    for video in _videos(read):
        content = hashlib.blake2b(_WRITE.encode(video.frames), digest_size=16).digest()
        if (before := read.videos.get(video.video_id)) is None:
            is_wanted = wanted is None or video.video_id in wanted
            read.videos[video.video_id] = ReadVideo(content, write_spooled(video, spool) if is_wanted else None)
        elif before.content != content:
            text = video.text.decode("utf-8", "replace")
            note_other_boxes(file, video.video_id, text, file, read.faults)
    return read


def _videos(read: FileBoxes) -> Iterator[Video]:
    """Yield the sound videos of a file; the faults of the others, or of the file, are noted."""
    try:
        read.input_file = input_file(read.file)
        with open_packed(read.file) as stream:
            yield from sound_videos(stream, read.file, read.faults)
    except READING_ERRORS as error:
        read.faults.add_file(unreadable(read.file, error))
