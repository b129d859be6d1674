"""What a true record of an extraction can hold: an edited one is detected before any of it is used."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from etl.extraction.record_model import Record
from etl.schema import EXTRACTION_ERRORS, EXTRACTION_REASONS, MAX_COORDINATE, MAX_FRAME_NUMBER
from etl.videos.video import MAX_TIME_S

__all__ = ["faults_of"]

_MAX_FRAME_BYTES = 1 << 30
_MAX_INTEGER = (1 << 63) - 1
_MAX_RATE = 1e9
_MAX_TEXT = 10_000
_SHA256 = re.compile(r"[0-9a-f]{64}")

Test = Callable[[Any], object]  # true or false


def faults_of(record: Record, video_id: str) -> list[str]:
    """Return what is wrong with the record in the folder of `video_id`: place, what was found, what was expected."""
    return [
        f"{place}: found {_shown(found)}, expected {expected}" for place, found, expected in _faults(record, video_id)
    ]


def _faults(record: Record, video_id: str) -> Iterator[tuple[str, Any, str]]:
    if record.video_id != video_id:
        yield "/video_id", record.video_id, f"{video_id!r}, the folder's name"
    yield from _single_values(record)
    yield from _frames(record)
    yield from _sizes(record)
    yield from _wanted(record)
    yield from _problems(record)


def _single_values(record: Record) -> Iterator[tuple[str, Any, str]]:
    yield from _value("/jpeg_quality", record.jpeg_quality, _between(0, 100), "0 to 100")
    yield from _value("/decoder", record.decoder, _is_line, "a line of text")
    yield from _value("/decoder_version", record.decoder_version, _is_line, "a line of text")
    if record.wanted is not None:
        yield from _column("/wanted", record.wanted, _between(0, MAX_FRAME_NUMBER), f"0 to {MAX_FRAME_NUMBER:,}")
        if sorted(set(record.wanted)) != record.wanted:
            yield "/wanted", "numbers out of order or twice", "each once, ascending"
    if record.source is not None:
        yield from _value("/source/name", record.source.name, _is_file_name, "the name of a file, without a folder")
        yield from _value("/source/size_bytes", record.source.size_bytes, _between(0, _MAX_INTEGER), "0 or more")
        span = _between(-_MAX_INTEGER, _MAX_INTEGER)
        yield from _value("/source/modified_ns", record.source.modified_ns, span, "a number of 64 bits")
    if (facts := record.facts) is not None:
        sides, expected = _between(1, MAX_COORDINATE), f"1 to {MAX_COORDINATE:,}"
        yield from _value("/facts/width", facts.width, sides, expected)
        yield from _value("/facts/height", facts.height, sides, expected)
        yield from _value("/facts/codec", facts.codec, _or_null(_is_line), "a line of text or null")
        count = _or_null(_between(0, 2**53))
        yield from _value("/facts/declared_frame_count", facts.declared_frame_count, count, "0 to 2^53, or null")
        rate = _or_null(lambda value: 0 < value <= _MAX_RATE)
        yield from _value("/facts/frame_rate", facts.frame_rate, rate, "more than 0, or null")
        span = _or_null(_between(0, 2 * MAX_TIME_S))
        yield from _value("/facts/duration_s", facts.duration_s, span, f"0 to {2 * MAX_TIME_S:,}, or null")
        if facts.frame_count is not None and facts.frame_count != len(record.frames.time_s):
            yield "/facts/frame_count", facts.frame_count, f"{len(record.frames.time_s):,}, the number of frames listed"


def _frames(record: Record) -> Iterator[tuple[str, Any, str]]:
    frames = record.frames
    lengths = {name: len(getattr(frames, name)) for name in frames.__struct_fields__}
    if len(set(lengths.values())) > 1:
        yield "/frames", ", ".join(f"{name} {count:,}" for name, count in lengths.items()), "columns of one length"
        return
    if len(frames.time_s) > MAX_FRAME_NUMBER + 1:
        yield "/frames", f"{len(frames.time_s):,} frames", f"at most {MAX_FRAME_NUMBER + 1:,}"
        return
    times, expected = _between(-MAX_TIME_S, MAX_TIME_S), f"within {MAX_TIME_S:,} s, or null"
    yield from _column("/frames/time_s", frames.time_s, times, expected)
    sides, expected = _between(1, MAX_COORDINATE), f"1 to {MAX_COORDINATE:,}"
    yield from _column("/frames/width", frames.width, sides, expected)
    yield from _column("/frames/height", frames.height, sides, expected)
    sizes, expected = _between(1, _MAX_FRAME_BYTES), f"1 to {_MAX_FRAME_BYTES:,}, or null"
    yield from _column("/frames/size_bytes", frames.size_bytes, sizes, expected)
    yield from _column("/frames/sha256", frames.sha256, _SHA256.fullmatch, "64 hex digits in lower case, or null")
    for number, (size, digest) in enumerate(zip(frames.size_bytes, frames.sha256, strict=True)):
        if (size is None) != (digest is None):
            yield f"/frames/sha256/{number}", digest, "null exactly where size_bytes is null"


def _sizes(record: Record) -> Iterator[tuple[str, Any, str]]:
    """Compare the frames' width and height with the video's: the decoder gives all one size, or a change is told."""
    if record.facts is None or any(problem.reason == "size_change" for problem in record.problems):
        return
    for side in ("width", "height"):
        own = getattr(record.facts, side)
        other = next((number for number, size in enumerate(getattr(record.frames, side)) if size != own), None)
        if other is not None:
            found = getattr(record.frames, side)[other]
            yield f"/frames/{side}/{other}", found, f"{own:,}, as /facts/{side} says and no change of size is told"


def _wanted(record: Record) -> Iterator[tuple[str, Any, str]]:
    """Compare the saved frames with those that were asked for; of a damaged video some may be missing."""
    wanted = None if record.wanted is None else set(record.wanted)
    if wanted is not None and len(wanted) != len(record.wanted or ()):
        return  # this is reported as another fault
    is_damaged = any(problem.reason == "damaged" for problem in record.problems)
    for number, size in enumerate(record.frames.size_bytes):
        is_wanted = wanted is None or number in wanted
        if size is not None and not is_wanted:
            yield f"/frames/size_bytes/{number}", "a frame", "none, as it was not asked for"
        elif size is None and is_wanted and not is_damaged:
            yield f"/frames/size_bytes/{number}", "no frame", "one, as it was asked for and no damage is recorded"


def _problems(record: Record) -> Iterator[tuple[str, Any, str]]:
    reasons = [problem.reason for problem in record.problems]
    known = ", ".join(EXTRACTION_REASONS)
    for number, problem in enumerate(record.problems):
        if problem.reason not in EXTRACTION_REASONS:
            yield f"/problems/{number}/reason", problem.reason, f"one of {known}"
        elif reasons.index(problem.reason) != number:
            yield f"/problems/{number}/reason", problem.reason, "each reason once"
        yield from _value(f"/problems/{number}/detail", problem.detail, _is_line, "a line of text")
    if record.frames.time_s and any(reason in EXTRACTION_ERRORS for reason in reasons):
        yield "/frames", f"{len(record.frames.time_s):,} frames", "none, as the video failed"
    if record.frames.time_s and record.facts is None:
        yield "/facts", None, "what was found, as there are frames"


def _value(place: str, value: Any, test: Test, expected: str) -> Iterator[tuple[str, Any, str]]:
    if not test(value):
        yield place, value, expected


def _column(place: str, values: Sequence[Any], test: Test, expected: str) -> Iterator[tuple[str, Any, str]]:
    """Test the values of a column, of which nulls have been accepted, or refused, by the decoder."""
    if all(map(test, set(values) - {None})):  # the usual case, with few different values
        return
    for number, value in enumerate(values):
        if value is not None and not test(value):
            yield f"{place}/{number}", value, expected


def _between(low: float, high: float) -> Test:
    return lambda value: low <= value <= high


def _or_null(test: Test) -> Test:
    return lambda value: value is None or test(value)


def _is_line(value: str) -> bool:
    return value.isprintable() and 0 < len(value) <= _MAX_TEXT


def _is_file_name(value: str) -> bool:
    return "/" not in value and value not in (".", "..") and _is_line(value)


def _shown(value: Any) -> str:
    """Return a value for a message: no part of it reaches a terminal unescaped."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
