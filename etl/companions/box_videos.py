"""Read one file of boxes video by video, as fast as it can be checked.

A piece that msgspec finds sound is used as it is; any other is read again, slowly, to report what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import msgspec

from etl.companions.box_faults import read_slowly
from etl.companions.box_frames import INSTANCE, Frame, Video, have_area, video_of
from etl.companions.box_pieces import SPACE, members
from etl.companions.model import Faults
from etl.companions.packed import PackedFile
from etl.names import is_video_id

__all__ = ["sound_videos"]

MAX_JOINED = 8

_VIDEOS = msgspec.json.Decoder(dict[str, list[Frame]])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
KEYS_OF_A_FRAME = (b'"name"', b'"labels"')
KEYS_OF_A_LABEL = (b'"box2d"', b'"x1"', b'"y1"', b'"x2"', b'"y2"', b'"category"', b'"standard_category"')


def sound_videos(stream: IO[bytes], file: PackedFile, faults: Faults) -> Iterator[Video]:
    """Yield the sound part of each video of a file, one by one; `faults` notes the rest."""
    line = 1
    pieces = members(stream, file, faults)
    for piece in pieces:
        text = piece
        if video := _sound_video(_bare(text)):
            yield video
        else:
            text = _whole(text, pieces)
            yield from read_slowly(_bare(text), file.name, line, faults)
        line += text.count(b"\n")


def _bare(piece: bytes) -> bytes:
    return piece.rstrip(SPACE).removesuffix(b",")


def _whole(piece: bytes, following: Iterator[bytes]) -> bytes:
    """Join what was cut within a video: an unknown field may also hold arrays under keys of digits."""
    for _ in range(MAX_JOINED):
        if _is_json(_bare(piece)) or (more := next(following, None)) is None:
            break
        piece += more
    return piece


def _is_json(text: bytes) -> bool:
    try:
        _MEMBERS.decode(b"{" + text + b"}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _sound_video(text: bytes) -> Video | None:
    """Return the video in a piece, if nothing is wrong with it."""
    try:
        videos = _VIDEOS.decode(b"{" + text + b"}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if len(videos) != 1:
        return None
    [(video_id, frames)] = videos.items()
    video = video_of(video_id, text, frames)
    return video if _is_sound(video) else None


def _is_sound(video: Video) -> bool:
    """Tell whether a decoded video has no fault, and no repeated key that was dropped."""
    text, frames, labels = video.text, len(video.frames), len(video.labels)
    return (
        is_video_id(video.video_id)
        and (text.isascii() or _is_utf8(text))
        and (b"\\" not in text or b"\\u" not in text)  # \u may escape half a surrogate pair
        and None not in video.numbers
        and len(set(video.numbers)) == frames
        and all(text.count(key) == frames for key in KEYS_OF_A_FRAME)
        and all(text.count(key) == labels for key in KEYS_OF_A_LABEL)
        and all(map(INSTANCE.fullmatch, {label.standard_category for label in video.labels}))
        and have_area(video.corners)
    )


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
