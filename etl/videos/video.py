"""Decode videos with OpenCV: what a file is, and its frames with their presentation times.

Decoding is sequential, from the first packet to the last one needed: seeking goes wrong on real WebM files, and the
container's frame count is a guess. The publisher's procedure is `VideoCapture.read` until it returns False; on a sound
file the frames here are the same, bit for bit. What such a loop gets wrong is corrected here: it takes one damaged
packet for the end of the file, a cover picture for the video, and never notices that a file was cut off, scaled or not
decoded at all.
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
from etl.videos.containers import missing_bytes, open_video_file
from etl.videos.decoder import codec_name, load_cv2, open_capture
from etl.videos.diagnosis import Decoded, VideoProblem, diagnose, reported, timing
from etl.videos.headers import find_break_in, read_container
from etl.videos.matching import find_loss
from etl.videos.messages import Messages
from etl.videos.orientation import asked_for, describe, turn_between
from etl.videos.scan import Packets, scan_packets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MAX_FRAMES", "MAX_TIME_S", "Frame", "Video", "VideoFacts"]

MAX_FRAMES = MAX_FRAME_NUMBER + 1
MAX_PIXELS = 8192 * 8192
MAX_TIME_S = 10_000_000  # four months: larger values are not times of pictures

# At the end of a file `grab` refuses at once (0.3 µs), so this many attempts cost nothing.
_MAX_REFUSALS = 1000
_CANNOT_CONVERT = "Cannot convert"  # interlaced H.264: then OpenCV returns uninitialised memory

_NO_PICTURE = object()


class Frame(NamedTuple):
    """One decoded frame. `picture` is BGR, uint8, (height, width, 3); None if it was not asked for or not available.

    `time_s` is None if the file gives the frame no time.
    """

    number: int
    time_s: float | None
    width: int
    height: int
    picture: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What decoding found. Facts about the whole video are None if it was not decoded to its end."""

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

    `status` is that of the opened file before it was decoded, by which a change in the meantime can be detected.
    `messages` collects the messages of this process's decoder; without it, they are not known.
    Raises VideoError, whose `reason` says which kind, if the file cannot be read, is not a video container, has no
    video that opens, or pictures beyond MAX_PIXELS.
    """

    def __init__(self, path: Path, messages: Messages | None = None) -> None:
        self.path = path
        self._messages = messages or Messages()
        self._file = open_video_file(path)
        self.status = os.fstat(self._file)
        self._times_s: list[float | None] = []
        self._refused: list[tuple[int, int]] = []
        self._unconverted: list[int] = []
        self._errors: list[str] = []
        self._packets: Packets | None = None
        self._is_complete = False
        try:
            container = read_container(self._file)
            self._track = container.video
            # The decoder sees only one of the tracks: the others are not decoded, waited for or reported on.
            self._patches = container.view_of_video()
            self._capture = open_capture(self._file, self._patches)
            if not self._capture.isOpened():
                why = "it holds sound only" if container.has_sound_or_cover_only else self._why_not_open()
                raise VideoError(f"{path}: nothing in it opens as video, {why}", reason="undecodable")
            self._read_properties()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Video:
        return self

    def __exit__(self, *_: object) -> None:
        del self._capture
        os.close(self._file)

    def frames(self, wanted: Collection[int] | None = None) -> Iterator[Frame]:
        """Yield the frames in order, from number 0; decode no further than the last wanted one.

        Every decoded frame is yielded; those not in `wanted` come without a picture. None means all.
        Packets that give no picture are skipped and noted, and the numbers continue without a gap.
        Raises VideoError if the video has more than MAX_FRAMES frames.
        """
        self._messages.take()  # those of opening: headers, other streams, pictures that will be decoded again
        last = math.inf if wanted is None else max(wanted, default=-1)
        number = refusals = 0
        limit = _MAX_REFUSALS
        while number <= last and refusals < limit:
            picture = self._next_picture(wanted is None or number in wanted)
            if picture is _NO_PICTURE:
                refusals += 1
                if refusals == _MAX_REFUSALS and limit == _MAX_REFUSALS:
                    self._errors += self._messages.take()
                    limit += self._scan(math.inf).count  # as many packets may be refused, one after the other
                continue
            if number >= MAX_FRAMES:
                raise VideoError(f"{self.path} has more than {MAX_FRAMES} frames", reason="too_large")
            if refusals:
                self._refused.append((number, refusals))
                refusals = 0
            height, width = (self.height, self.width) if picture is None else picture.shape[:2]
            self._times_s.append(self._time_s(number))
            if picture is not None and self._is_unfilled():
                self._unconverted.append(number)
                picture = None
            yield Frame(number, self._times_s[-1], width, height, picture)
            number += 1
        self._errors += self._messages.take()
        self._is_complete = number <= last

    def facts(self) -> VideoFacts:
        """Return the facts, once the frames have been read."""
        timed = timing(self._times_s) if self._is_complete else (None, None, None)
        frame_count = len(self._times_s) if self._is_complete else None
        return VideoFacts(self.width, self.height, self.codec, self.declared_frame_count, frame_count, *timed)

    def problems(self) -> list[VideoProblem]:
        """Return what is wrong with the frames, once they have been read.

        Raises VideoError with reason `undecodable` if there was no frame, or no real one.
        """
        known_s = [time for time in self._times_s if time is not None]
        until_s = math.inf if self._is_complete or not known_s else max(known_s)
        packets = self._scan(until_s)
        if self._is_complete and not self._times_s:
            why = self._why_no_frames(packets)
            raise VideoError(f"{self.path}: {reported(why, self._errors)}", reason="undecodable")
        if not self._times_s:
            return []
        if self._unconverted and len(self._unconverted) == len(self._times_s):
            why = "this build of OpenCV cannot convert its pictures to BGR, they are interlaced"
            raise VideoError(f"{self.path}: {why}", reason="undecodable")
        loss = find_loss(packets.expected_s, self._times_s, is_complete=self._is_complete)
        # Unencrypted files may also be marked as encrypted: the mark counts only if there is noise instead of pictures.
        if (loss.count or self._errors) and self._track is not None and self._track.is_encrypted:
            raise VideoError(f"{self.path} is encrypted", reason="undecodable")
        is_counted = self._is_complete and bool(packets.expected_s)
        decoded = Decoded(
            times_s=self._times_s,
            loss=loss,
            is_counted=is_counted,
            refused=self._refused,
            errors=self._errors,
            unconverted=self._unconverted,
            size=(self.width, self.height),
            orientation=self._orientation(),
            declared_end_s=self._declared_end_s() if self._is_complete else None,
            missing_bytes=self._missing_bytes(),
            broken_at=find_break_in(self._file) if self._is_complete else None,
        )
        return diagnose(decoded, packets)

    def _read_properties(self) -> None:
        cv2 = load_cv2()
        self.width = int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height = int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        self._degrees = int(self._capture.get(cv2.CAP_PROP_ORIENTATION_META))
        self.codec = codec_name(int(self._capture.get(cv2.CAP_PROP_FOURCC)))
        declared = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        # If nothing is declared OpenCV returns 0, or about -9.2e18.
        self.declared_frame_count = int(declared) if 0 < declared < 2**53 else None
        self._ticks = math.nan
        if self.width * self.height > MAX_PIXELS:
            raise VideoError(f"{self.path} has pictures of {self.width} × {self.height} pixels", reason="too_large")

    def _next_picture(self, is_wanted: bool) -> Any:
        """Decode one frame: return its picture, None if it is not wanted, _NO_PICTURE if there was none."""
        if not self._capture.grab():
            return _NO_PICTURE
        if not is_wanted:
            return None
        is_sound, picture = self._capture.retrieve()
        return picture if is_sound else _NO_PICTURE

    def _time_s(self, number: int) -> float | None:
        """Return the time of the frame that was just decoded; None if it has none.

        For a frame without a time OpenCV returns 0, and does not change the other time, which it counts in frames.
        """
        cv2 = load_cv2()
        time_s: float = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, 6)
        ticks = self._capture.get(cv2.CAP_PROP_PTS)
        stands_still, self._ticks = ticks == self._ticks, ticks
        if (number and not time_s and stands_still) or not abs(time_s) <= MAX_TIME_S:
            return None
        return time_s

    def _is_unfilled(self) -> bool:
        """Tell whether the picture that was just retrieved could not be converted, so that it is arbitrary memory."""
        errors = self._messages.take()
        self._errors += [error for error in errors if not error.startswith(_CANNOT_CONVERT)]
        return any(error.startswith(_CANNOT_CONVERT) for error in errors)

    def _scan(self, until_s: float) -> Packets:
        """Return the packets up to a time (s). All of them are needed at the end of every file, and read once."""
        if self._packets is not None:
            return self._packets
        packets = scan_packets(self._file, self._patches, self._track, self.codec, until_s)
        self._messages.take()  # decoding has reported the same
        if until_s == math.inf:
            self._packets = packets
        return packets

    def _missing_bytes(self) -> int:
        """Return by how many bytes the container and its listed samples extend past the end of the file."""
        listed = self._track.sample_end - self.status.st_size if self._track else 0
        return max(missing_bytes(self._file), listed, 0)

    def _declared_end_s(self) -> float | None:
        """Return the video track's own duration, unless a list of samples is more exact."""
        if self._track is None or self._track.sample_times:
            return None
        return self._track.duration_s

    def _orientation(self) -> str:
        """Say how the file asks to be shown and what the decoder did, judged by the first picture's pixels."""
        matrix = self._track.matrix if self._track else None
        asked = asked_for(matrix, self._degrees)
        if asked == asked_for(None, 0) and not self._degrees:
            return ""
        cv2 = load_cv2()
        pictures = []
        for turns in (0, 1):
            capture = open_capture(self._file, self._patches)
            capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, turns)
            pictures.append(capture.read()[1])
            del capture
        self._messages.take()
        stored, shown = pictures
        return describe(asked, None if stored is None or shown is None else turn_between(stored, shown))

    def _why_not_open(self) -> str:
        if self._track is not None and self._track.is_encrypted:
            return "it is encrypted"
        if missing := self._missing_bytes():
            return f"it is cut off: {missing:,} of the bytes that it declares are not there"
        return "it is damaged or sound only"

    def _why_no_frames(self, packets: Packets) -> str:
        track = self._track
        if track is not None and track.sample_times and not packets.expected_s and track.edits:
            return f"its edit list shows none of its {len(track.sample_times)} pictures"
        if packets.count == 0:
            return "a header, and not one picture after it"
        none = f"none of its {packets.count} packets could be decoded"
        if track is not None and track.is_encrypted:
            return f"{none}: it is encrypted"
        return f"{none}: codec {self.codec or 'unknown'}, damaged or not supported by this build of OpenCV"
