"""The fast pass: read annotation files that are sound in every respect, or notice that they are not.

msgspec checks types, ranges and names while it parses. Two kinds of loss pass it silently, and counting finds both:

- A repeated key: every key is followed by a colon, so there are exactly as many colons as there are videos and event
  fields, unless a key was dropped (or text holds a colon; then the exact pass decides).
- A number that is integral only after rounding, such as 9.00000000000000000001: every float has to come from a
  text that ends in `.0`, so there are exactly as many of those as there are floats.

The events file is decoded in pieces, which bounds the memory. It is cut at a comma after a `]`: if the members before
and after it are each valid as an object, so is the whole, wherever the comma was.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

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

__all__ = ["read_fast"]

PIECE_BYTES = 1 << 20
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
    _require(len(known) == len(video_ids) and all(map(PLAIN_ID.fullmatch, video_ids)))
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
    video_ids: list[str] = []
    counts: list[int] = []
    columns: list[tuple[NDArray[Any], ...]] = []
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as file:
        modified_s = os.fstat(file.fileno()).st_mtime
        blocks = iter(lambda: file.read(PIECE_BYTES), b"")

        def hashed() -> Iterator[bytes]:
            nonlocal size_bytes
            for block in blocks:
                digest.update(block)
                size_bytes += len(block)
                yield block

        for piece in _pieces(hashed()):
            videos = _VIDEOS.decode(b"{" + piece + b"}")
            # A piece without members comes from an extra comma, unless the whole object is empty.
            _require(bool(videos) or not video_ids)
            events = list(itertools.chain.from_iterable(videos.values()))
            _require(piece.count(b":") == len(videos) + len(events) * len(_Event.__struct_fields__))
            video_ids += videos
            counts += map(len, videos.values())
            columns.append(_columns(events, piece))
    _require(0 not in counts)
    event_counts = np.array(counts, dtype=np.int64)
    starts = np.cumsum(event_counts) - event_counts
    event_index = (np.arange(event_counts.sum()) - np.repeat(starts, event_counts)).astype(np.int32)
    merged = [np.concatenate(pieces) for pieces in zip(*columns, strict=True)]
    return (
        video_ids,
        event_counts,
        EventColumns(event_index, *merged),
        InputFile(path.name, size_bytes, digest.hexdigest(), modified_s),
    )


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


def _pieces(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the members of the object in `blocks`, without its braces, cut at commas between two videos."""
    text = next(blocks, b"").removeprefix(codecs.BOM_UTF8).lstrip(SPACE)
    _require(text.startswith(b"{"))
    text = text[1:]
    for block in blocks:
        cut = _last_cut(text)  # before the block is added: the last one may be too short to hold a cut
        yield text[: cut.start() + 1]
        text = text[cut.end() :] + block
    text = text.rstrip(SPACE)
    _require(text.endswith(b"}"))
    yield text[:-1]


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
