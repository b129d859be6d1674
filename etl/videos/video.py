"""Decode videos with OpenCV: what a file is, and its frames with their presentation times.

Decoding is sequential, from the first packet to the last one needed: seeking lands elsewhere on real WebM files, and
a frame count by the container is a guess. The publisher's procedure is `VideoCapture.read` until it says False;
on a sound file the frames here are the same, bit for bit. What such a loop gets wrong is mended here: it takes
one damaged packet for the end of the file, and never learns that a file was cut off, scaled or not decoded at all.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from etl.errors import VideoError
from etl.schema import MAX_FRAME_NUMBER
from etl.videos.containers import looks_encrypted, missing_bytes, open_video_file
from etl.videos.decoder import codec_name, load_cv2, open_capture
from etl.videos.diagnosis import Decoded, Packets, VideoProblem, diagnose, timing
from etl.videos.packets import Size, size_reader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MAX_FRAMES", "Frame", "Video", "VideoFacts"]

MAX_FRAMES = MAX_FRAME_NUMBER + 1
MAX_PIXELS = 8192 * 8192

# At the end of a file `grab` refuses at once (0.3 µs), so trying on this often costs nothing.
_MAX_REFUSALS = 1000

_NO_PICTURE = object()


class Frame(NamedTuple):
    """One decoded frame. `picture` is BGR, uint8, (height, width, 3); None where it was not asked for."""

    number: int
    time_s: float
    width: int
    height: int
    picture: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What decoding found. Facts about the whole are None where it was not decoded to its end."""

    width: int
    height: int
    codec: str | None
    declared_frame_count: int | None
    frame_count: int | None
    frame_rate: float | None
    duration_s: float | None
    is_variable_rate: bool | None


class Video:
    """A video file, opened for one pass through its frames. A context manager.

    `status` is the opened file's, from before it was decoded: by it, what changes in the meantime is told afterwards.
    Raises VideoError, whose `reason` says which kind, where the file cannot be read, is no video container, holds
    no video that opens, or pictures beyond MAX_PIXELS.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open_video_file(path)
        self.status = os.fstat(self._file)
        self._times_s: list[float] = []
        self._gaps: list[tuple[int, int]] = []
        self._start_s = 0.0
        self._is_complete = False
        try:
            self._capture = open_capture(self._file)
            if not self._capture.isOpened():
                raise VideoError(f"{path}: nothing in it opens as video, {self._why_not_open()}", reason="undecodable")
            self._read_properties()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Video:
        return self

    def __exit__(self, *_: object) -> None:
        self._capture.release()
        os.close(self._file)

    def frames(self, wanted: Collection[int] | None = None) -> Iterator[Frame]:
        """Yield the frames in order, from number 0; decode no further than the last wanted one.

        Every decoded frame is yielded; those that `wanted` does not name come without a picture. None wants all.
        Packets that give no picture are passed over and remembered, and the numbers go on without a gap.
        Raises VideoError when the video has more than MAX_FRAMES frames.
        """
        cv2 = load_cv2()
        last = math.inf if wanted is None else max(wanted, default=-1)
        number = refusals = 0
        while number <= last and refusals < _MAX_REFUSALS:
            picture = self._next_picture(wanted is None or number in wanted)
            if picture is _NO_PICTURE:
                refusals += 1
                continue
            if number >= MAX_FRAMES:
                raise VideoError(f"{self.path} has more than {MAX_FRAMES} frames", reason="too_large")
            if number == 0:
                self._start_s = self._capture.get(cv2.CAP_PROP_PTS) / self._declared_rate
            if refusals:
                self._gaps.append((number, refusals))
                refusals = 0
            height, width = (self.height, self.width) if picture is None else picture.shape[:2]
            time_s = _seconds(self._capture.get(cv2.CAP_PROP_POS_MSEC))
            self._times_s.append(time_s)
            yield Frame(number, time_s, width, height, picture)
            number += 1
        self._is_complete = number <= last

    def facts(self) -> VideoFacts:
        """Return what is known once the frames were read."""
        timed = timing(self._times_s) if self._is_complete else (None, None, None)
        frame_count = len(self._times_s) if self._is_complete else None
        return VideoFacts(self.width, self.height, self.codec, self.declared_frame_count, frame_count, *timed)

    def problems(self) -> list[VideoProblem]:
        """Return what there is to know of the frames, once they were read.

        Raises VideoError with reason `undecodable` where there was not one frame, or none that is real.
        """
        packets = self._scan_packets()
        if self._is_complete and not self._times_s:
            raise VideoError(f"{self.path}: {self._why_no_frames(packets)}", reason="undecodable")
        if not self._times_s:
            return []
        if self._gaps and looks_encrypted(self._file):  # noise that a decoder took for pictures now and then
            raise VideoError(f"{self.path} is encrypted", reason="undecodable")
        decoded = Decoded(
            self._times_s,
            self._gaps,
            self._is_complete,
            (self.width, self.height),
            self.rotation,
            self.declared_frame_count,
            # Where a container declares a duration alone, OpenCV has multiplied it by this same rate.
            (self.declared_frame_count or 0) / self._declared_rate - self._start_s,
            missing_bytes(self._file),
        )
        return diagnose(decoded, packets)

    def _read_properties(self) -> None:
        cv2 = load_cv2()
        self.width = int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height = int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        self.rotation = int(self._capture.get(cv2.CAP_PROP_ORIENTATION_META))
        self.codec = codec_name(int(self._capture.get(cv2.CAP_PROP_FOURCC)))
        declared = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        # Where nothing is declared OpenCV says 0, or about -9.2e18.
        self.declared_frame_count = int(declared) if 0 < declared < 2**53 else None
        self._declared_rate = rate if 0 < rate < math.inf else math.inf
        if self.width * self.height > MAX_PIXELS:
            raise VideoError(f"{self.path} has pictures of {self.width} × {self.height} pixels", reason="too_large")

    def _next_picture(self, is_wanted: bool) -> Any:
        """Decode one frame: its picture, None where it is not wanted, _NO_PICTURE where there was none."""
        if not self._capture.grab():
            return _NO_PICTURE
        if not is_wanted:
            return None
        is_sound, picture = self._capture.retrieve()
        return picture if is_sound else _NO_PICTURE

    def _scan_packets(self) -> Packets:
        """Read the container's packets without decoding them, as far as the frames were read."""
        cv2 = load_cv2()
        capture = open_capture(self._file, cv2.CAP_PROP_FORMAT, -1)
        until_s = math.inf if self._is_complete or not self._times_s else self._times_s[-1]
        reader = size_reader(self.codec)
        sizes: list[tuple[float, Size]] = []
        last_time_s = 0.0
        count = refusals = 0
        while refusals < _MAX_REFUSALS:
            if not capture.grab():
                refusals += 1
                continue
            time_s = _seconds(capture.get(cv2.CAP_PROP_POS_MSEC))
            if time_s > until_s:
                break
            count += 1
            last_time_s = max(last_time_s, time_s)
            size = reader.picture_size(capture.retrieve()[1].tobytes()) if reader else None
            if size and (not sizes or sizes[-1][1] != size):
                sizes.append((time_s, size))
        capture.release()
        return Packets(count, last_time_s, sizes)

    def _why_not_open(self) -> str:
        if looks_encrypted(self._file):
            return "it is encrypted"
        if missing := missing_bytes(self._file):
            return f"it is cut off: {missing:,} of the bytes that it declares are not there"
        return "it is damaged or sound only"

    def _why_no_frames(self, packets: Packets) -> str:
        if packets.count == 0:
            return "a header, and not one picture after it"
        none = f"none of its {packets.count} packets could be decoded"
        if looks_encrypted(self._file):
            return f"{none}: it is encrypted"
        return f"{none}: codec {self.codec or 'unknown'}, damaged or not supported by this build of OpenCV"


def _seconds(milliseconds: float) -> float:
    return round(milliseconds / 1000, 6)
