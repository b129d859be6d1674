"""Read the headers of MP4 and QuickTime files: tracks, their durations, edit lists, matrices, sample times.

ISO/IEC 14496-12 (boxes) and the QuickTime File Format Specification.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence

from etl.videos.tracks import Container, Edit, Matrix, Patch, Track, UnreadableHeaderError

__all__ = ["read_mp4", "top_boxes"]

_MAX_MOOV_BYTES = 64 << 20
_MAX_SAMPLES = 1 << 20
_MAX_BOXES = 100_000
_STILL_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")  # as such files begin
_HIDDEN = b"free"

Box = tuple[bytes, int, int, int]  # type, where the box begins, its payload, its end


def read_mp4(file: int) -> Container:
    """Return the content of an open file's `moov` box. Raises UnreadableHeaderError if it is missing or damaged."""
    size = os.fstat(file).st_size
    tracks: list[Track] = []
    hide: list[Patch] = []
    try:
        for kind, _, payload, end in top_boxes(file):
            if kind != b"moov":
                continue
            if end - payload > _MAX_MOOV_BYTES or end > size:
                raise UnreadableHeaderError
            moov = os.pread(file, end - payload, payload)
            movie_ticks = 0
            for name, box, inside, after in _boxes(moov, 0, len(moov)):
                if name == b"mvhd":
                    movie_ticks = _header(moov, inside)[0]
                elif name == b"trak":
                    tracks.append(_track(file, moov, inside, after, movie_ticks, (payload + box + 4, _HIDDEN)))
                elif name in (b"udta", b"meta") and b"covr" in moov[inside:after]:  # cover pictures
                    hide.append((payload + box + 4, _HIDDEN))
    except (struct.error, IndexError, ZeroDivisionError) as error:
        raise UnreadableHeaderError from error
    if not tracks:
        raise UnreadableHeaderError
    return Container(tracks, hide)


def top_boxes(file: int) -> Iterator[Box]:
    """Yield the outermost boxes of an open file; the last one may be longer than the file."""
    size = os.fstat(file).st_size
    position = 0
    for _ in range(_MAX_BOXES):
        head = os.pread(file, 16, position)
        if len(head) < 8:
            return
        length, payload = int.from_bytes(head[:4], "big"), position + 8
        if length == 1:
            length, payload = int.from_bytes(head[8:16], "big"), position + 16
        elif length == 0:
            length = size - position
        if length < payload - position:
            return
        yield head[4:8], position, payload, position + length
        position += length


def _boxes(data: bytes, begin: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two positions of a header that was read whole."""
    position = begin
    while position + 8 <= end:
        length, payload = int.from_bytes(data[position : position + 4], "big"), position + 8
        if length == 1:
            length, payload = int.from_bytes(data[position + 8 : position + 16], "big"), position + 16
        elif length == 0:
            length = end - position
        if length < payload - position or position + length > end:
            return  # QuickTime ends some lists with four zero bytes
        yield data[position + 4 : position + 8], position, payload, position + length
        position += length


def _find(data: bytes, begin: int, end: int, *path: bytes) -> tuple[int, int] | None:
    """Return where the payload of the first box on a path begins and ends."""
    for name in path:
        found = next(((payload, after) for kind, _, payload, after in _boxes(data, begin, end) if kind == name), None)
        if found is None:
            return None
        begin, end = found
    return begin, end


def _header(data: bytes, payload: int) -> tuple[int, int]:
    """Return the ticks per second and the duration in ticks of an `mvhd` or `mdhd` box."""
    ticks, duration = struct.unpack_from(
        ">IQ" if data[payload] else ">II", data, payload + (20 if data[payload] else 12)
    )
    return ticks, 0 if duration in (0xFFFFFFFF, (1 << 64) - 1) else duration


def _track(file: int, data: bytes, begin: int, end: int, movie_ticks: int, hide: Patch) -> Track:
    handler = _find(data, begin, end, b"mdia", b"hdlr")
    if handler is None or data[handler[0] + 8 : handler[0] + 12] != b"vide":
        return Track(is_video=False, hide=[hide])
    media = _find(data, begin, end, b"mdia", b"mdhd")
    tables = _find(data, begin, end, b"mdia", b"minf", b"stbl")
    if media is None or tables is None:
        raise UnreadableHeaderError
    ticks, duration = _header(data, media[0])
    entry = _find(data, *tables, b"stsd")
    codec = data[entry[0] + 12 : entry[0] + 16] if entry else b""
    times, sizes = _sample_times(data, *tables), _sample_sizes(data, *tables)
    first, end_of_samples = _extent(data, *tables, sizes)
    return Track(
        is_video=True,
        hide=[hide],
        codec=codec.decode("latin-1"),
        is_still=len(times) == 1 and os.pread(file, 4, first).startswith(_STILL_PICTURES),
        is_encrypted=codec == b"encv",
        duration_s=duration / ticks if duration and times else None,
        matrix=_matrix(data, begin, end),
        ticks_per_second=ticks,
        sample_times=times,
        edits=_edits(data, begin, end, ticks, movie_ticks),
        sample_sizes=sizes,
        sample_end=end_of_samples,
    )


def _matrix(data: bytes, begin: int, end: int) -> Matrix | None:
    header = _find(data, begin, end, b"tkhd")
    if header is None:
        return None
    first = header[0] + (52 if data[header[0]] else 40)
    a, b, _, c, d = struct.unpack_from(">5i", data, first)
    return a / 65536, b / 65536, c / 65536, d / 65536


def _edits(data: bytes, begin: int, end: int, ticks: int, movie_ticks: int) -> list[Edit]:
    found = _find(data, begin, end, b"edts", b"elst")
    if found is None:
        return []
    payload = found[0]
    layout, length = (">Qq", 20) if data[payload] else (">Ii", 12)
    count = _count(data, found, length)
    if count > _MAX_SAMPLES:
        raise UnreadableHeaderError
    entries = [struct.unpack_from(layout, data, payload + 8 + number * length) for number in range(count)]
    # Rounded to the nearest tick, halves up, as FFmpeg does.
    return [Edit(media_time, (2 * span * ticks + movie_ticks) // (2 * movie_ticks)) for span, media_time in entries]


def _count(data: bytes, table: tuple[int, int], length: int) -> int:
    """Return how many entries of a length a table has: the declared ones, as far as they exist."""
    payload, after = table
    return min(int.from_bytes(data[payload + 4 : payload + 8], "big"), (after - payload - 8) // length)


def _runs(data: bytes, table: tuple[int, int] | None, layout: str) -> Iterator[tuple[int, int]]:
    """Yield (count, value) of a run-length table, `stts` or `ctts`."""
    if table is None:
        return
    for number in range(_count(data, table, 8)):
        yield struct.unpack_from(layout, data, table[0] + 8 + number * 8)


def _sample_times(data: bytes, begin: int, end: int) -> list[int]:
    """Return the composition time of every sample, in ticks."""
    times: list[int] = []
    time = 0
    for count, delta in _runs(data, _find(data, begin, end, b"stts"), ">II"):
        if len(times) + count > _MAX_SAMPLES:
            raise UnreadableHeaderError
        times += range(time, time + count * delta, delta) if delta else [time] * count
        time += count * delta
    number = 0
    for count, offset in _runs(data, _find(data, begin, end, b"ctts"), ">Ii"):
        for _ in range(min(count, len(times) - number)):
            times[number] += offset
            number += 1
    return times


def _sample_sizes(data: bytes, begin: int, end: int) -> Sequence[int]:
    """Return the size of every sample in bytes; none if the table is of another kind than `stsz`."""
    found = _find(data, begin, end, b"stsz")
    if found is None:
        return ()
    same, count = struct.unpack_from(">II", data, found[0] + 4)
    if count > _MAX_SAMPLES:
        raise UnreadableHeaderError
    listed = min(count, (found[1] - found[0] - 12) // 4)
    return [same] * count if same else struct.unpack_from(f">{listed}I", data, found[0] + 12)


def _extent(data: bytes, begin: int, end: int, sizes: Sequence[int]) -> tuple[int, int]:
    """Return where in the file the first chunk of samples begins and the last one ends; 0 if unknown."""
    offsets, width = _find(data, begin, end, b"stco"), 4
    if offsets is None:
        offsets, width = _find(data, begin, end, b"co64"), 8
    runs = _find(data, begin, end, b"stsc")
    if runs is None or offsets is None:
        return 0, 0
    chunk_count, run_count = _count(data, offsets, width), _count(data, runs, 12)
    if not chunk_count or not run_count:
        return 0, 0
    table = data[offsets[0] + 8 : offsets[0] + 8 + chunk_count * width]
    in_last = struct.unpack_from(">3I", data, runs[0] + 8 + (run_count - 1) * 12)[1]
    in_chunk = sum(sizes[max(len(sizes) - in_last, 0) :])
    return int.from_bytes(table[:width], "big"), int.from_bytes(table[-width:], "big") + in_chunk
