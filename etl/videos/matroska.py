"""Read the headers of Matroska and WebM files: which tracks there are, and how to hide them.

RFC 8794 (EBML) and RFC 9559 (Matroska).
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator
from dataclasses import replace

from etl.videos.tracks import Container, Patch, Track, UnreadableHeaderError

__all__ = ["find_break", "read_matroska"]

_SEGMENT, _CLUSTER, _TRACKS, _ATTACHMENTS = 0x18538067, 0x1F43B675, 0x1654AE6B, 0x1941A469
_TRACK_ENTRY, _TRACK_NUMBER, _TRACK_TYPE, _CODEC_ID = 0xAE, 0xD7, 0x83, 0x86
_INFO, _TIMESTAMP_SCALE, _DURATION, _DEFAULT_DURATION = 0x1549A966, 0x2AD7B1, 0x4489, 0x23E383
_CONTENT_ENCODINGS, _CONTENT_ENCODING, _CONTENT_ENCRYPTION = 0x6D80, 0x6240, 0x5035
_SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK = 0xA3, 0xA0, 0xA1
_EBML, _VOID = 0x1A45DFA3, 0xEC
# In a Cluster: timestamp, position, size of the one before, silent tracks, blocks, checksum.
_IN_CLUSTER = {0xE7, 0xA7, 0xAB, 0x5854, 0xA3, 0xA0, 0xAF, 0xBF, _VOID}
_VIDEO, _SUBTITLE = 1, 17
# FFmpeg treats blocks of a missing track as damage, but accepts text without looking at it.
_TEXT_CODEC = b"S_ASS"
_STILL_CODECS = ("V_MJPEG", "V_PNG", "V_GIF", "V_BMP", "V_TIFF")
_MAX_HEADER_BYTES = 16 << 20
_MAX_ELEMENTS = 1_000_000
_MAX_HEAD_BYTES = 12  # of an element: its id and its size
_SMALLEST_TOP_ID = 0x10000000

Element = tuple[int, int, int, int | None]  # id, where it begins, its payload, its end (None: unknown)


def _element_at(file: int, position: int) -> Element | None:
    """Return the element at a position; None if there is none."""
    head = os.pread(file, 16, position)
    if not head or not head[0]:
        return None
    id_bytes = 9 - head[0].bit_length()
    if id_bytes > 4 or len(head) <= id_bytes or not head[id_bytes]:
        return None
    size_bytes = 9 - head[id_bytes].bit_length()
    if len(head) < id_bytes + size_bytes:
        return None
    bits = 7 * size_bytes
    size = int.from_bytes(head[id_bytes : id_bytes + size_bytes], "big") & (1 << bits) - 1
    payload = position + id_bytes + size_bytes
    end = None if size == (1 << bits) - 1 else payload + size
    return int.from_bytes(head[:id_bytes], "big"), position, payload, end


def read_matroska(file: int) -> Container:
    """Return what the headers of an open file say. Raises UnreadableHeaderError if there are no tracks."""
    tracks: list[Track] = []
    numbers: list[int] = []
    hide: list[Patch] = []
    clusters: list[int] = []
    declared_s = None
    for kind, begin, payload, end in _outer(file):
        if kind == _ATTACHMENTS and end is not None:
            hide.append(_void(begin, payload, end))
        elif kind == _CLUSTER:
            clusters.append(payload)
        elif kind == _INFO and end is not None:
            declared_s = _duration_s(file, payload, end)
        elif kind == _TRACKS and end is not None and end - payload <= _MAX_HEADER_BYTES and not tracks:
            for number, track in _tracks(file, payload, end):
                numbers.append(number)
                tracks.append(track)
    if not tracks:
        raise UnreadableHeaderError
    if any(track.is_still for track in tracks):
        tracks = [
            replace(track, is_still=False) if track.is_still and _has_two_blocks(file, clusters, number) else track
            for track, number in zip(tracks, numbers, strict=True)
        ]
    return Container([replace(track, declared_s=declared_s) for track in tracks], hide)


def find_break(file: int) -> int | None:
    """Return the byte of an open file where one element does not lead to the next; None if all do.

    From there a demuxer searches for the next Cluster, and silently skips what is before it. A block of no track counts
    as a break, too. An element that continues past the end of the file does not: that file is cut off.
    """
    size = end = os.fstat(file).st_size
    position = 0
    numbers: set[int] = set()
    for _ in range(_MAX_ELEMENTS):
        if position >= end:
            return None
        element = _element_at(file, position)
        if element is None:
            return position if size - position > _MAX_HEAD_BYTES else None
        kind, _, payload, after = element
        is_entered = kind in (_SEGMENT, _CLUSTER)
        if (kind < _SMALLEST_TOP_ID and kind not in _IN_CLUSTER) or (after is None and not is_entered):
            return position
        if kind == _SEGMENT:
            end = min(after or size, size)
        elif kind == _TRACKS and after is not None:
            numbers |= {number for number, _ in _tracks(file, payload, after)}
        elif (
            numbers
            and (after or size) <= size
            and any(_track_of(file, block) not in numbers for block in _blocks(file, element))
        ):
            return position
        position = payload if after is None or is_entered else after
    return None


def _outer(file: int) -> Iterator[Element]:
    """Yield the elements of the Segment, including those of a Cluster of unknown size."""
    position = 0
    for _ in range(_MAX_ELEMENTS):
        element = _element_at(file, position)
        if element is None:
            return
        kind, _, payload, end = element
        if kind in (_EBML, _VOID) and end is not None:
            position = end
            continue
        if kind == _SEGMENT:
            position = payload
            continue
        yield element
        if end is None and kind != _CLUSTER:
            return
        position = payload if end is None else end


def _children(file: int, begin: int, end: int) -> Iterator[Element]:
    position = begin
    for _ in range(_MAX_ELEMENTS):
        if position >= end:
            return
        element = _element_at(file, position)
        if element is None or element[3] is None or element[3] > end:
            return
        yield element
        position = element[3]


def _duration_s(file: int, payload: int, end: int) -> float | None:
    """Return the duration of the Segment, which is that of its longest track; None if none is declared."""
    scale_ns, duration = 1_000_000, 0.0
    for kind, _, inside, after in _children(file, payload, end):
        length = (after or inside) - inside
        if kind == _TIMESTAMP_SCALE:
            scale_ns = int.from_bytes(os.pread(file, min(length, 8), inside), "big")
        elif kind == _DURATION and length in (4, 8):
            value = os.pread(file, length, inside)
            duration = struct.unpack(">f" if length == 4 else ">d", value)[0] if len(value) == length else 0.0
    return duration * scale_ns / 1e9 if 0 < duration < math.inf else None


def _tracks(file: int, payload: int, end: int) -> Iterator[tuple[int, Track]]:
    """Yield every track's number and its description."""
    for kind, _, inside, after in _children(file, payload, end):
        if kind == _TRACK_ENTRY and after is not None:
            yield _track(file, inside, after)


def _track(file: int, payload: int, end: int) -> tuple[int, Track]:
    """Return a track's number and its description; a picture codec is a still until two blocks are found."""
    values: dict[int, bytes] = {}
    hide: list[Patch] = []
    is_encrypted = False
    for kind, _, inside, after in _children(file, payload, end):
        if kind in (_TRACK_NUMBER, _TRACK_TYPE, _CODEC_ID, _DEFAULT_DURATION) and after is not None:
            length = min(after - inside, 64)
            values[kind] = os.pread(file, length, inside)
            if kind == _TRACK_TYPE:
                hide.append((inside, _SUBTITLE.to_bytes(length, "big")))
            elif kind == _CODEC_ID:
                hide.append((inside, _TEXT_CODEC.ljust(length, b"\0")[:length]))
        elif kind == _CONTENT_ENCODINGS and after is not None:
            is_encrypted = any(
                name == _CONTENT_ENCRYPTION
                for encoding, _, first, last in _children(file, inside, after)
                if encoding == _CONTENT_ENCODING and last is not None
                for name, *_ in _children(file, first, last)
            )
    codec = values.get(_CODEC_ID, b"").rstrip(b"\0").decode("latin-1")
    interval_ns = int.from_bytes(values.get(_DEFAULT_DURATION, b""), "big")
    track = Track(
        is_video=int.from_bytes(values.get(_TRACK_TYPE, b""), "big") == _VIDEO,
        hide=hide,
        codec=codec,
        is_still=codec.startswith(_STILL_CODECS),
        is_encrypted=is_encrypted,
        frame_rate=1e9 / interval_ns if interval_ns else None,
    )
    return int.from_bytes(values.get(_TRACK_NUMBER, b""), "big"), track


def _has_two_blocks(file: int, clusters: list[int], number: int) -> bool:
    """Tell whether a track has more than one block."""
    count = 0
    end_of_file = os.fstat(file).st_size
    for cluster in clusters:
        for element in _children(file, cluster, end_of_file):
            if element[0] == _CLUSTER:
                break
            blocks = _blocks(file, element)
            count += sum(_track_of(file, block) == number for block in blocks)
            if count > 1:
                return True
    return False


def _blocks(file: int, element: Element) -> list[int]:
    """Return where the contents of the block begin that an element of a Cluster is or contains."""
    kind, _, payload, end = element
    if kind == _BLOCK_GROUP and end is not None:
        return [inside for name, _, inside, _ in _children(file, payload, end) if name == _BLOCK]
    return [payload] if kind == _SIMPLE_BLOCK else []


def _track_of(file: int, block: int) -> int:
    """Return the number of a block's track; -1 if there is none."""
    head = os.pread(file, 8, block)
    length = 9 - head[0].bit_length() if head and head[0] else 9
    return int.from_bytes(head[:length], "big") & (1 << 7 * length) - 1 if length <= len(head) else -1


def _void(begin: int, payload: int, end: int) -> Patch:
    """Return the patch that turns an element into a Void of the same length."""
    size_bytes = min(8, payload - begin - 1)
    size = end - begin - 1 - size_bytes
    return begin, bytes([_VOID]) + (size | 1 << 7 * size_bytes).to_bytes(size_bytes, "big")
