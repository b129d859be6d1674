"""Read the headers of AVI files: which streams there are, and how to hide them.

AVI RIFF File Reference, Microsoft.
"""

from __future__ import annotations

import os
import struct

from etl.videos.tracks import Container, Track, UnreadableHeaderError

__all__ = ["read_avi"]

_MAX_HEADER_BYTES = 1 << 20
_HIDDEN = b"dats"  # a stream of data: FFmpeg refuses a file with a kind of stream that it does not know
_STILL_CODECS = {b"MJPG", b"PNG ", b"MPNG", b"GIF "}


def read_avi(file: int) -> Container:
    """Return what the header list of an open file says. Raises UnreadableHeaderError if there is none."""
    head = os.pread(file, _MAX_HEADER_BYTES, 0)
    if head[8:12] != b"AVI " or head[12:16] != b"LIST" or head[20:24] != b"hdrl":
        raise UnreadableHeaderError
    end = min(20 + int.from_bytes(head[16:20], "little"), len(head))
    tracks = []
    position = 24
    while position + 8 <= end:
        size = int.from_bytes(head[position + 4 : position + 8], "little")
        if head[position : position + 4] == b"LIST":
            position += 12  # into it
            continue
        if head[position : position + 4] == b"strh" and size >= 48 and position + 56 <= len(head):
            tracks.append(_track(head, position + 8))
        position += 8 + size + size % 2
    if not tracks:
        raise UnreadableHeaderError
    return Container(tracks)


def _track(head: bytes, begin: int) -> Track:
    kind, codec = head[begin : begin + 4], head[begin + 4 : begin + 8]
    scale, rate, _, length = struct.unpack_from("<4I", head, begin + 20)
    duration_s = length * scale / rate if length and scale and rate else None
    return Track(
        is_video=kind == b"vids",
        hide=[(begin, _HIDDEN)],
        codec=codec.decode("latin-1"),
        is_still=codec.upper() in _STILL_CODECS and length == 1,
        duration_s=duration_s,
        declared_s=duration_s,
        frame_rate=rate / scale if rate and scale else None,
    )
