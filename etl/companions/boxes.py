"""Read the Something-Else boxes (Materzynska et al., CVPR 2020): where hands and objects are on each frame.

The files have hundreds of megabytes. They are read in pieces of one video. A piece that msgspec finds sound is taken
as it is; any other is read again, slowly, and what is wrong with it is said.

Their frames are numbered from 1: frame n here is `<id>/<n + 1, four digits>.jpg` there. Frames are joined by that
name, never by position, because some are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from etl.annotations.located_json import pointer
from etl.companions.box_faults import read_slowly
from etl.companions.box_frames import HAND, INSTANCE, Frame, Label, Video, frame_number, have_area
from etl.companions.box_pieces import SPACE, members
from etl.companions.model import BoxFiles, Faults, Place, merged_rejects
from etl.companions.packed import READING_ERRORS, PackedFile, find_box_files, input_file, open_packed, unreadable
from etl.names import is_video_id

__all__ = ["BoxRow", "VideoBoxes", "read_boxes"]

MAX_JOINED = 8

BoxRow = tuple[int, int, str, bool, str, float, float, float, float]
"""frame_number (from 0), box_index, instance, is_hand, category, x1, y1, x2, y2 (px), as in the table `boxes`."""

_VIDEOS = msgspec.json.Decoder(dict[str, list[Frame]])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WRITE = msgspec.msgpack.Encoder()
KEYS_OF_A_FRAME = (b'"name"', b'"labels"')
KEYS_OF_A_LABEL = (b'"box2d"', b'"x1"', b'"y1"', b'"x2"', b'"y2"', b'"category"', b'"standard_category"')


@dataclass(frozen=True, slots=True)
class VideoBoxes:
    """The boxes of one video, by frame, then by position in the file: a list for each part of a `BoxRow`."""

    video_id: str
    columns: tuple[Sequence[object], ...]

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """The boxes as rows, each a `BoxRow`."""
        return list(zip(*self.columns, strict=True))


def read_boxes(
    paths: Sequence[Path],
    annotated: Container[str],
    found: BoxFiles,
    *,
    all_boxes: bool = False,
    quarantine: bool = False,
) -> Iterator[VideoBoxes]:
    """Yield the boxes of the videos in the files, in the files' order; `found` notes the rest, complete at the end.

    Files are plain, `.gz`, or a `.zip` of such. Only `annotated` videos are yielded, unless `all_boxes`; all are
    checked. One video at a time is in memory.

    Raises:
        CompanionError: when all files have been read, with everything that is wrong with them. With `quarantine`
            frames with faults are set aside, as long as the files can be read.
    """
    faults = Faults()
    seen: dict[str, tuple[bytes, PackedFile]] = {}
    with ThreadPoolExecutor(max_workers=1) as beside:
        for file in find_box_files(paths, faults):
            try:
                with open_packed(file) as stream:
                    fingerprint = beside.submit(input_file, file)
                    for video in _videos(members(stream, file, faults), file, faults):
                        content = hashlib.blake2b(_WRITE.encode(video.frames), digest_size=16).digest()
                        if video.video_id in seen:
                            _compare(video, file, content, *seen[video.video_id], faults)
                            continue
                        seen[video.video_id] = (content, file)
                        found.videos += 1
                        if all_boxes or video.video_id in annotated:
                            yield VideoBoxes(video.video_id, _columns(video))
                        else:
                            found.videos_left_out += 1
                    found.inputs.append(fingerprint.result())
            except READING_ERRORS as error:
                faults.add_file(unreadable(file, error))
    found.problems += faults.problems
    found.rejects += merged_rejects(faults.rejects)
    faults.raise_problems(quarantine=quarantine)


def _compare(video: Video, file: PackedFile, content: bytes, first: bytes, there: PackedFile, faults: Faults) -> None:
    """Note a video that stands a second time, unless both say the same."""
    if content != first:
        location = pointer(video.video_id)
        place = Place(file.name, location, video.text.decode("utf-8", "replace"))
        faults.add(place, "other boxes for this video", f"what {there.name} {location} says of it")


def _videos(pieces: Iterator[bytes], file: PackedFile, faults: Faults) -> Iterator[Video]:
    """Yield the videos of a file one by one."""
    line = 1
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
    """Join what was cut within a video: an unknown field may hold arrays under keys of digits, too."""
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
    """Return the video that a piece is, if nothing at all is wrong with it."""
    try:
        videos = _VIDEOS.decode(b"{" + text + b"}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    for video_id, frames in videos.items():
        if len(videos) == 1 and _is_sound(video_id, frames, text):
            return Video(video_id, text, frames)
    return None


def _is_sound(video_id: str, frames: list[Frame], text: bytes) -> bool:
    """Tell whether nothing is wrong with a video that was decoded, nor any key dropped because it stood twice."""
    labels = _labels(frames)
    numbers = {frame_number(video_id, frame.name) for frame in frames}
    return (
        is_video_id(video_id)
        and (text.isascii() or _is_utf8(text))
        and b"\\u" not in text  # which may escape half a letter
        and None not in numbers
        and len(numbers) == len(frames)
        and all(text.count(key) == len(frames) for key in KEYS_OF_A_FRAME)
        and all(text.count(key) == len(labels) for key in KEYS_OF_A_LABEL)
        and all(map(INSTANCE.fullmatch, {label.standard_category for label in labels}))
        and have_area([label.box2d for label in labels])
    )


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _labels(frames: list[Frame]) -> list[Label]:
    return [label for frame in frames for label in frame.labels]


def _columns(video: Video) -> tuple[Sequence[object], ...]:
    """Return a video's boxes as the columns of a `BoxRow`: frames from 0, in order."""
    numbered = sorted(
        ((frame_number(video.video_id, frame.name) or 0, frame) for frame in video.frames), key=lambda entry: entry[0]
    )
    labels = _labels([frame for _, frame in numbered])
    boxes = [label.box2d for label in labels]
    instances = [label.standard_category for label in labels]
    return (
        [number for number, frame in numbered for _ in frame.labels],
        [index for _, frame in numbered for index in range(len(frame.labels))],
        instances,
        [instance == HAND for instance in instances],
        [label.category for label in labels],
        [box.x1 for box in boxes],
        [box.y1 for box in boxes],
        [box.x2 for box in boxes],
        [box.y2 for box in boxes],
    )
