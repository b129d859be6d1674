"""The packets of a video track, read without decoding: which pictures a sound decoder would make from them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from etl.videos.codecs import packet_reader
from etl.videos.decoder import load_cv2, open_capture
from etl.videos.packets import Size
from etl.videos.tracks import Patch, Track, shown_times

__all__ = ["Packets", "scan_packets"]

_HEADER_BYTES = 1 << 16  # what is read of a packet: sizes and kinds are at its beginning …
_WHOLE_CODECS = ("vp9", "mpeg4")  # … except an index of frames at the end, and consecutive pictures
_TIMED_CODECS = ("V_VP8", "V_VP9")  # in Matroska: every packet has its time, which no decoder needs to work out
_MAX_REFUSALS = 1000  # at the end of a file `grab` refuses at once (0.3 µs), so this many attempts cost nothing


@dataclass(frozen=True, slots=True)
class Packets:
    """What the container holds, decodable or not.

    `count`: packets. `expected_s`: the times of the pictures they should give; None if the container has none.
    `sizes`: the picture numbers from which a size applies, and the size (px). `last_s`: the last packet's time.
    """

    count: int
    expected_s: Sequence[float | None]
    sizes: Sequence[tuple[int, Size]]
    last_s: float


def scan_packets(
    file: int, patches: Sequence[Patch], track: Track | None, codec: str | None, until_s: float
) -> Packets:
    """Read the packets of a file's video track up to a time (s, from the first frame), and beyond it by reordering.

    If an MP4 header lists its samples, their times are taken from there, as the edit list shows them.
    """
    cv2 = load_cv2()
    listed = shown_times(track) if track else []
    is_probed = track is None or track.codec not in _TIMED_CODECS
    capture = open_capture(file, patches, cv2.CAP_PROP_FORMAT, -1, all_edits=bool(listed), is_probed=is_probed)
    reader = packet_reader(codec)
    is_silent = [not size for size in track.sample_sizes] if track else []
    expected: list[float | None] = []
    sizes: list[tuple[float, Size]] = []
    count = refusals = 0
    last_s = 0.0
    while refusals < _MAX_REFUSALS:
        if not capture.grab():
            refusals += 1
            continue
        if listed:  # what was refused between two packets is a sample too
            count += refusals
        refusals = 0
        time_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if time_s > until_s and not listed:
            break
        last_s = max(last_s, time_s)
        packet = capture.retrieve()[1].reshape(-1)
        pictures, size = reader.read((packet if codec in _WHOLE_CODECS else packet[:_HEADER_BYTES]).tobytes())
        if count < len(is_silent):
            is_silent[count] = not pictures
        expected += [time_s] * pictures
        if size and (not sizes or sizes[-1][1] != size):
            sizes.append(((listed[count] or (0.0,))[0] if count < len(listed) else time_s, size))
        count += 1
    del capture
    if count > len(listed):  # more than the header lists: fragments follow, each with its own list
        listed = []
    if listed and track and track.sample_end > os.fstat(file).st_size:
        listed = listed[:count]  # the rest is not in the file
    if listed:
        expected = [time for times, silent in zip(listed, is_silent, strict=False) if not silent for time in times]
    numbered = [(sum(time is not None and time < begin for time in expected), size) for begin, size in sizes]
    return Packets(count, expected, numbered, last_s)
