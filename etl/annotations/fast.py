"""The fast pass: read annotation files that are sound in every respect, or notice that they are not.

msgspec checks types, ranges and names while it parses. Two kinds of loss pass it silently, and counting finds both:

- A repeated key: every key is followed by a colon, so there are exactly as many colons as there are videos and event
  fields, unless a key was dropped (or text holds a colon; then the exact pass decides).
- A number that is integral only after rounding, such as 9.00000000000000000001: every float has to come from a
  text that ends in `.0`, so there are exactly as many of those as there are floats.

The events file is decoded in pieces, which bounds the memory; of a large one each core reads a part. It is cut at a
comma after a `]`: if the members before and after it are each valid as an object, so is the whole, wherever the comma
was.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from etl.annotations.model import (
    EVENTS_FILE,
    LIMITS,
    SPLIT_FILES,
    TEMPLATES_FILE,
    WORDS,
    Annotations,
    EventColumns,
    InputFile,
)
from etl.child_process import in_processes
from etl.cores import usable_cores

__all__ = ["read_fast"]

PIECE_BYTES = 1 << 20
LEAST_BYTES = 1 << 26  # a second of reading; a process takes a fifth of that to start
SPACE = b" \t\n\r"
BETWEEN_VIDEOS = re.compile(rb"\][ \t\n\r]*,")
PLAIN_ID = re.compile(r"[0-9A-Za-z_-]{1,200}")
CODES = {key: {word: code for code, word in enumerate(words)} for key, words in WORDS.items()}
Content = TypeVar("Content")


def _number_up_to(limit: int) -> Any:
    return Annotated[int, msgspec.Meta(ge=0, le=limit)] | Annotated[float, msgspec.Meta(ge=0, le=limit)]


_one_of: Any = Literal
_Event = msgspec.defstruct(
    "_Event",
    [
        *((key, _one_of[words]) for key, words in WORDS.items()),
        *((key, _number_up_to(limit)) for key, limit in LIMITS.items()),
    ],
    forbid_unknown_fields=True,
    gc=False,
)
_VIDEOS = msgspec.json.Decoder(dict[str, list[_Event]])  # type: ignore[valid-type]
_TEMPLATES = msgspec.json.Decoder(dict[str, list[str]])
_IDS = msgspec.json.Decoder(list[str])


class _UnusualError(Exception):
    """Something is wrong, or merely unusual: the exact pass has to read the files."""


def read_fast(folder: Path) -> Annotations | None:
    """Return the content of the five files, or None if anything in them is wrong or unusual."""
    try:
        video_ids, event_counts, events, events_input = _read_events(folder / EVENTS_FILE)
        templates, templates_input = _read_whole(folder / TEMPLATES_FILE, _TEMPLATES)
        splits, inputs = {}, [events_input, templates_input]
        for split, name in SPLIT_FILES.items():
            splits[split], split_input = _read_whole(folder / name, _IDS)
            inputs.append(split_input)
        known = dict(zip(video_ids, video_ids, strict=True))
        splits = {split: _ids_of(known, listed) for split, listed in splits.items()}
        _check_references(video_ids, known, templates, splits)
    except (_UnusualError, OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Annotations(video_ids, event_counts, events, templates, splits, tuple(inputs))


def _ids_of(known: dict[str, str], listed: list[str]) -> list[str]:
    """Return the listed ids as the string objects of `known`, which saves 60 MB for a million ids."""
    try:
        return [known[video_id] for video_id in listed]
    except KeyError:
        raise _UnusualError from None


def _check_references(
    video_ids: list[str], known: dict[str, str], templates: dict[str, list[str]], splits: dict[str, list[str]]
) -> None:
    """Require that each known video has one template and at most one split, and that all videos in splits are known."""
    _require(len(known) == len(video_ids))
    in_templates = list(itertools.chain.from_iterable(templates.values()))
    _require("" not in templates and len(in_templates) == len(known) and known.keys() <= set(in_templates))
    in_splits = list(itertools.chain.from_iterable(splits.values()))
    _require(len(in_splits) == len(set(in_splits)))


def _read_whole(path: Path, decoder: msgspec.json.Decoder[Content]) -> tuple[Content, InputFile]:
    _require(path.is_file())
    with path.open("rb") as file:
        modified_s = os.fstat(file.fileno()).st_mtime
        data = file.read()
    content = decoder.decode(data.removeprefix(codecs.BOM_UTF8))
    if isinstance(content, dict):
        _require(data.count(b":") == len(content))
    return content, InputFile(path.name, len(data), hashlib.sha256(data).hexdigest(), modified_s)


def _read_events(path: Path) -> tuple[list[str], NDArray[np.int64], EventColumns, InputFile]:
    _require(path.is_file())
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        bounds = _bounds(file, status.st_size)
        parts = in_processes(_read_part, [(path, begin, end) for begin, end in bounds])
        sha256 = _sha256(file, bounds, parts)
    video_ids = list(itertools.chain.from_iterable(part.video_ids for part in parts))
    event_counts = np.concatenate([part.event_counts for part in parts])
    _require(bool(event_counts.all()))
    starts = np.cumsum(event_counts) - event_counts
    event_index = (np.arange(event_counts.sum()) - np.repeat(starts, event_counts)).astype(np.int32)
    merged = [np.concatenate(columns) for columns in zip(*(part.columns for part in parts), strict=True)]
    events = EventColumns(event_index, *merged)
    return video_ids, event_counts, events, InputFile(path.name, bounds[-1][1], sha256, status.st_mtime)


@dataclass(frozen=True)
class _Part:
    """A part of the events file: its videos, the number of events of each, their columns, the SHA-256 of its text."""

    video_ids: list[str]
    event_counts: NDArray[np.int64]
    columns: list[NDArray[Any]]
    sha256: str


def _bounds(file: BinaryIO, size_bytes: int) -> list[tuple[int, int]]:
    """Return where parts of about equal size begin and end: after the `]` of a video."""
    number = min(usable_cores(), 1 + size_bytes // LEAST_BYTES)
    cuts = []
    for part in range(1, number):
        around = size_bytes * part // number
        cut = BETWEEN_VIDEOS.search(os.pread(file.fileno(), PIECE_BYTES, around))
        if cut is None:
            raise _UnusualError
        cuts.append(around + cut.start() + 1)
    return list(itertools.pairwise([0, *cuts, size_bytes]))


def _read_part(share: tuple[Path, int, int]) -> _Part:
    path, begin, end = share
    video_ids: list[str] = []
    counts: list[int] = []
    columns: list[tuple[NDArray[Any], ...]] = []
    digest = hashlib.sha256()
    with path.open("rb") as file:

        def hashed() -> Iterator[bytes]:
            for block in _blocks(file, begin, end):
                digest.update(block)
                yield block

        is_last = end == os.fstat(file.fileno()).st_size
        for piece in _pieces(hashed(), is_first=begin == 0, is_last=is_last):
            videos = _VIDEOS.decode(b"{" + piece + b"}")
            # A piece without members comes from an extra comma, unless the whole object is empty.
            _require(bool(videos) or (begin == 0 and not video_ids))
            events = list(itertools.chain.from_iterable(videos.values()))
            _require(piece.count(b":") == len(videos) + len(events) * len(_Event.__struct_fields__))
            _require(all(map(PLAIN_ID.fullmatch, videos)))
            video_ids += videos
            counts += map(len, videos.values())
            columns.append(_columns(events, piece))
    merged = [np.concatenate(pieces) for pieces in zip(*columns, strict=True)]
    return _Part(video_ids, np.array(counts, dtype=np.int64), merged, digest.hexdigest())


def _sha256(file: BinaryIO, bounds: list[tuple[int, int]], parts: list[_Part]) -> str:
    """Return the SHA-256 of the whole file, whose parts must have the text with which they were read."""
    if len(parts) == 1:
        return parts[0].sha256
    whole = hashlib.sha256()
    for (begin, end), part in zip(bounds, parts, strict=True):
        digest = hashlib.sha256()
        for block in _blocks(file, begin, end):
            digest.update(block)
            whole.update(block)
        _require(digest.hexdigest() == part.sha256)
    return whole.hexdigest()


def _blocks(file: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    file.seek(begin)
    while block := file.read(min(PIECE_BYTES, end - begin)):
        begin += len(block)
        yield block
    _require(begin == end)  # else the file has become shorter


def _columns(events: list[Any], piece: bytes) -> tuple[NDArray[Any], ...]:
    """Return the columns of the events that `piece` was decoded to: words as their positions, then numbers."""
    columns = list(zip(*map(msgspec.structs.astuple, events), strict=True)) or [()] * len(_Event.__struct_fields__)
    words, numbers = columns[: len(CODES)], columns[len(CODES) :]
    floats = sum(list(map(type, column)).count(float) for column in numbers)
    _require(floats == _count_integral(piece, floats))
    return (
        *(
            np.frombuffer(bytes(map(codes.__getitem__, column)), dtype=np.uint8)
            for codes, column in zip(CODES.values(), words, strict=True)
        ),
        *(np.array(column, dtype=np.int32) for column in numbers),
    )


def _count_integral(piece: bytes, expected: int) -> int:
    """Count the numbers that end in `.0`; stop at `expected`, since most files hold only one or two of the endings."""
    count = 0
    for end in (b",", b"}", b" ", b"\n", b"\r", b"\t"):
        if count < expected:
            count += piece.count(b".0" + end)
    return count


def _pieces(blocks: Iterator[bytes], *, is_first: bool, is_last: bool) -> Iterator[bytes]:
    """Yield the members of a part of the object, without its braces, cut at commas between two videos."""
    text = next(blocks, b"")
    if is_first:
        text = text.removeprefix(codecs.BOM_UTF8)
    text = text.lstrip(SPACE)
    _require(text.startswith(b"{" if is_first else b","))
    text = text[1:]
    for block in blocks:
        cut = _last_cut(text)  # before the block is added: the last one may be too short to hold a cut
        yield text[: cut.start() + 1]
        text = text[cut.end() :] + block
    if is_last:
        text = text.rstrip(SPACE)
        _require(text.endswith(b"}"))
        text = text[:-1]
    yield text


def _last_cut(text: bytes) -> re.Match[bytes]:
    end = text.rfind(b"]")
    while end >= 0:
        if cut := BETWEEN_VIDEOS.match(text, end):
            return cut
        end = text.rfind(b"]", 0, end)
    raise _UnusualError


def _require(condition: bool) -> None:
    if not condition:
        raise _UnusualError
