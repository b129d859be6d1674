"""Read the Something-Else boxes (Materzynska et al., CVPR 2020): where hands and objects are on each frame.

The files have hundreds of megabytes. They are read in pieces of one video, cut where an array ends and a key of digits
begins another one; no valid JSON has that within a text. A piece that msgspec finds sound is taken as it is; any
other is read again, slowly, and what is wrong with it is said.

Their frames are numbered from 1: frame n here is `<id>/<n + 1, four digits>.jpg` there. Frames are joined by that
name, never by position, for some are left out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from etl.annotations.located_json import pointer
from etl.companions.model import BoxFiles, Faults, Place, merged_rejects
from etl.companions.packed import READING_ERRORS, PackedFile, input_file, open_packed, unreadable
from etl.companions.strict_json import Doubled, decode_text, parse_json, quoted, shown
from etl.errors import Problem
from etl.names import is_video_id
from etl.schema import MAX_COORDINATE

__all__ = ["BoxRow", "VideoBoxes", "read_boxes"]

BLOCK_BYTES = 1 << 20
MAX_VIDEO_BYTES = 1 << 26
MAX_JOINED = 8
BETWEEN_VIDEOS = re.compile(rb'\][ \t\n\r]*,[ \t\n\r]*(?="[0-9]{1,20}"[ \t\n\r]*:[ \t\n\r]*\[)')
LONGEST_CUT = 300  # a cut may lie across two blocks
FRAME_NAME = re.compile(r"([^/]+)/([0-9]{4})\.jpg")
HAND = "hand"
INSTANCE = re.compile(f"[0-9]{{4}}|{HAND}")
SPACE = b" \t\r\n"

BoxRow = tuple[int, int, str, bool, str, float, float, float, float]
"""frame_number (from 0), box_index, instance, is_hand, category, x1, y1, x2, y2 (px), as in the table `boxes`."""


class _Box2d(msgspec.Struct, gc=False):
    x1: float
    y1: float
    x2: float
    y2: float


class _Label(msgspec.Struct, gc=False):
    box2d: _Box2d
    category: str
    standard_category: str


class _Frame(msgspec.Struct, gc=False):
    name: str
    labels: list[_Label]


_VIDEOS = msgspec.json.Decoder(dict[str, list[_Frame]])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
KEYS_OF_A_FRAME = (b'"name"', b'"labels"')
KEYS_OF_A_LABEL = (b'"box2d"', b'"x1"', b'"y1"', b'"x2"', b'"y2"', b'"category"', b'"standard_category"')


@dataclass(frozen=True, slots=True)
class VideoBoxes:
    """The boxes of one video, by frame, then by position in the file."""

    video_id: str
    rows: list[BoxRow]


def read_boxes(
    paths: Sequence[Path],
    annotated: Container[str],
    found: BoxFiles,
    *,
    all_boxes: bool = False,
    quarantine: bool = False,
) -> Iterator[VideoBoxes]:
    """Yield the boxes of the videos in the files, in the files' order; `found` notes the rest, complete at the end.

    Only `annotated` videos are yielded, unless `all_boxes`; all are checked. One video at a time is in memory.

    Raises:
        CompanionError: when all files have been read, with everything that is wrong with them. With `quarantine`
            frames with faults are set aside, as long as the files can be read.
    """
    faults = Faults()
    seen: dict[str, tuple[int, PackedFile]] = {}
    with ThreadPoolExecutor(max_workers=1) as beside:
        for path in paths:
            file = PackedFile(path)
            fingerprint = beside.submit(input_file, file)
            try:
                for video in _videos(file, faults):
                    if video.video_id in seen:
                        _compare(video, file, *seen[video.video_id], faults)
                        continue
                    seen[video.video_id] = (hash(video.text), file)
                    found.videos += 1
                    if all_boxes or video.video_id in annotated:
                        yield VideoBoxes(video.video_id, _rows(video))
                    else:
                        found.videos_left_out += 1
                found.inputs.append(fingerprint.result())
            except READING_ERRORS as error:
                faults.add_file(unreadable(file, error))
    found.problems += faults.problems
    found.rejects += merged_rejects(faults.rejects)
    faults.raise_problems(quarantine=quarantine)


@dataclass(frozen=True, slots=True)
class _Video:
    """One member of a file of boxes: its text, and its sound frames."""

    video_id: str
    text: bytes
    frames: list[_Frame]


def _compare(video: _Video, file: PackedFile, first: int, there: PackedFile, faults: Faults) -> None:
    """Note a video that stands a second time, unless both say the same."""
    if hash(video.text) == first:
        return
    other = next(found for found in _videos(there, Faults()) if found.video_id == video.video_id)
    if other.frames != video.frames:
        place = Place(file.name, pointer(video.video_id), video.text.decode("utf-8", "replace"))
        faults.add(place, "other boxes for this video", f"what {there.name} {place.location} says of it")


def _videos(file: PackedFile, faults: Faults) -> Iterator[_Video]:
    """Yield the videos of a file one by one."""
    line = 1
    with open_packed(file) as stream:
        pieces = _members(stream, file, faults)
        for piece in pieces:
            if video := _sound_video(_bare(piece)):
                yield video
            else:
                piece = _whole(piece, pieces)
                yield from _read_slowly(_bare(piece), file.name, line, faults)
            line += piece.count(b"\n")


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


def _members(stream: IO[bytes], file: PackedFile, faults: Faults) -> Iterator[bytes]:
    """Yield the members of the object that a file holds, each with the comma and white space behind it."""
    text = stream.read(BLOCK_BYTES).removeprefix(codecs.BOM_UTF8)
    if not text.lstrip(SPACE).startswith(b"{"):
        found = f"`{text[:20].decode('utf-8', 'replace').strip()}`" if text.strip() else "an empty file"
        faults.add_file(Problem(file.name, "line 1", found, "an object: video id to the boxes of its frames"))
        return
    text = text[text.index(b"{") + 1 :]
    scanned = 0
    while True:
        start = 0
        for cut in BETWEEN_VIDEOS.finditer(text, scanned):
            yield text[start : cut.end()]
            start = cut.end()
        block = stream.read(BLOCK_BYTES)
        if not block:
            break
        scanned = max(0, len(text) - start - LONGEST_CUT)
        text = text[start:] + block
        if len(text) > MAX_VIDEO_BYTES:
            expected = f"at most {MAX_VIDEO_BYTES:,} bytes for one video"
            faults.add_file(Problem(file.name, "", "an array that goes on and on", expected))
            return
    last = text[start:].rstrip(SPACE)
    if not last.endswith(b"}"):
        faults.add_file(Problem(file.name, "", "the end of the file", "a closing brace", "the file is cut short"))
    elif last[:-1].strip(SPACE):
        yield last[:-1]


def _sound_video(text: bytes) -> _Video | None:
    """Return the video that a piece is, if nothing at all is wrong with it."""
    try:
        videos = _VIDEOS.decode(b"{" + text + b"}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    for video_id, frames in videos.items():
        if len(videos) == 1 and _is_sound(video_id, frames, text):
            return _Video(video_id, text, frames)
    return None


def _is_sound(video_id: str, frames: list[_Frame], text: bytes) -> bool:
    """Tell whether nothing is wrong with a video that was decoded, nor any key dropped because it stood twice."""
    labels = [label for frame in frames for label in frame.labels]
    numbers = {_number(video_id, frame.name) for frame in frames}
    return (
        is_video_id(video_id)
        and (text.isascii() or _is_text(text))
        and None not in numbers
        and len(numbers) == len(frames)
        and all(text.count(key) == len(frames) for key in KEYS_OF_A_FRAME)
        and all(text.count(key) == len(labels) for key in KEYS_OF_A_LABEL)
        and all(INSTANCE.fullmatch(name) for name in {label.standard_category for label in labels})
        and all(_has_area(label.box2d) for label in labels)
    )


def _is_text(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _number(video_id: str, name: str) -> int | None:
    """Return the frame, from 0, that a frame's name says; None where it is no name of this video's frames."""
    match = FRAME_NAME.fullmatch(name)
    return int(match[2]) - 1 if match and match[1] == video_id and match[2] != "0000" else None


def _has_area(box: _Box2d) -> bool:
    return -MAX_COORDINATE <= box.x1 < box.x2 <= MAX_COORDINATE and -MAX_COORDINATE <= box.y1 < box.y2 <= MAX_COORDINATE


def _rows(video: _Video) -> list[BoxRow]:
    """Return a video's boxes as rows: frames from 0, in order."""
    numbered = sorted(
        ((_number(video.video_id, frame.name) or 0, frame) for frame in video.frames), key=lambda entry: entry[0]
    )
    return [
        (
            number,
            index,
            label.standard_category,
            label.standard_category == HAND,
            label.category,
            label.box2d.x1,
            label.box2d.y1,
            label.box2d.x2,
            label.box2d.y2,
        )
        for number, frame in numbered
        for index, label in enumerate(frame.labels)
    ]


def _read_slowly(text: bytes, file: str, line: int, faults: Faults) -> Iterator[_Video]:
    """Say what is wrong with a piece of a file, and yield what is sound in it."""
    decoded = decode_text(b"{" + text + b"}", file)
    content = decoded if isinstance(decoded, Problem) else parse_json(decoded, file, first_line=line)
    if isinstance(content, Problem):
        faults.add_file(content)
        return
    if isinstance(content, Doubled):
        place = Place(file, pointer(content.key), dict(content))
        faults.add(place, "the video twice, with different boxes", "each video once")
        return
    for video_id, entries in content.items():
        place = Place(file, pointer(video_id), entries)
        if not is_video_id(video_id):
            faults.add(place, quoted(video_id), "a video id")
        elif not isinstance(entries, list):
            faults.add(place, shown(entries), "an array of frames")
        else:
            yield _Video(video_id, text, _sound_frames(video_id, entries, file, faults))


def _sound_frames(video_id: str, entries: list[Any], file: str, faults: Faults) -> list[_Frame]:
    frames: dict[int, _Frame] = {}
    for position, entry in enumerate(entries):
        place = Place(file, pointer(video_id, position), entry)
        if not _has_fault(place, video_id, entry, faults):
            number = _number(video_id, entry["name"]) or 0
            if number in frames:
                faults.add(place, f"the frame {quoted(entry['name'])} twice", "each frame once", "name")
            else:
                frames[number] = msgspec.convert(entry, _Frame)
    return list(frames.values())


def _has_fault(place: Place, video_id: str, entry: Any, faults: Faults) -> bool:
    """Note the faults of one frame, and tell whether it has any."""
    before = len(faults.problems)
    if not isinstance(entry, dict) or isinstance(entry, Doubled):
        found = f"the key {quoted(entry.key)} twice" if isinstance(entry, Doubled) else shown(entry)
        faults.add(place, found, "an object with name and labels, each key once")
        return True
    name, labels = entry.get("name"), entry.get("labels")
    if not isinstance(name, str) or _number(video_id, name) is None:
        faults.add(place, shown(name), f"a name like {video_id}/0001.jpg", "name")
    if not isinstance(labels, list):
        faults.add(place, shown(labels), "an array of boxes", "labels")
        return True
    for position, label in enumerate(labels):
        _note_label(place, label, position, faults)
    return len(faults.problems) > before


def _note_label(place: Place, label: Any, position: int, faults: Faults) -> None:
    steps: tuple[str | int, ...] = ("labels", position)
    if not isinstance(label, dict) or isinstance(label, Doubled):
        found = f"the key {quoted(label.key)} twice" if isinstance(label, Doubled) else shown(label)
        faults.add(place, found, "an object with box2d, category and standard_category, each key once", *steps)
        return
    for key in ("category", "standard_category"):
        if not isinstance(label.get(key), str):
            faults.add(place, shown(label.get(key)), "text", *steps, key)
    instance = label.get("standard_category")
    if isinstance(instance, str) and not INSTANCE.fullmatch(instance):
        faults.add(place, quoted(instance), 'an object\'s four digits or "hand"', *steps, "standard_category")
    box = label.get("box2d")
    if not isinstance(box, dict) or isinstance(box, Doubled):
        found = f"the key {quoted(box.key)} twice" if isinstance(box, Doubled) else shown(box)
        faults.add(place, found, "an object with x1, y1, x2 and y2, each once", *steps, "box2d")
        return
    for side in ("x1", "y1", "x2", "y2"):
        value = box.get(side)
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= MAX_COORDINATE:
            faults.add(place, shown(value), "a number of pixels", *steps, "box2d", side)
            return
    if not _has_area(msgspec.convert(box, _Box2d)):
        corners = ", ".join(f"{side} {box[side]:g}" for side in ("x1", "y1", "x2", "y2"))
        faults.add(place, f"a box without area ({corners})", "x1 before x2 and y1 before y2", *steps, "box2d")
