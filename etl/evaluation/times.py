"""When a frame is shown: by its timestamp if it is known, else at the nominal rate of Something-Something V2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.schema import NOMINAL_FRAME_RATE

__all__ = ["FrameTimes", "frame_times"]

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

# More frames than any video has, to keep the frames of one video apart from those of the next.
STRIDE = 1 << 32


@dataclass(frozen=True)
class FrameTimes:
    """The known frames of the scored videos: `place` is video × STRIDE + frame, sorted; `seconds` is their time."""

    place: Integers
    seconds: Numbers

    def at(self, video: Integers, frame: Integers) -> Numbers:
        """Return when frames of videos (positions) are shown, in seconds.

        Interpolated between two known frames; at the nominal rate before the first and after the last known frame, and
        in a video without any.
        """
        if not len(self.place):
            return frame / NOMINAL_FRAME_RATE
        place = video * STRIDE + frame
        after = np.searchsorted(self.place, place, side="left")
        low, high = np.maximum(after - 1, 0), np.minimum(after, len(self.place) - 1)
        has_low = (after > 0) & (self.place[low] // STRIDE == video)
        has_high = (after < len(self.place)) & (self.place[high] // STRIDE == video)
        low_frame, high_frame = self.place[low] % STRIDE, self.place[high] % STRIDE
        span = np.where(has_low & has_high, high_frame - low_frame, 1)
        between = self.seconds[low] + (self.seconds[high] - self.seconds[low]) * (frame - low_frame) / span
        from_low = self.seconds[low] + (frame - low_frame) / NOMINAL_FRAME_RATE
        from_high = self.seconds[high] + (frame - high_frame) / NOMINAL_FRAME_RATE
        either = np.where(has_low, from_low, np.where(has_high, from_high, frame / NOMINAL_FRAME_RATE))
        return np.where(has_low & has_high, between, either)

    def milliseconds(self, video: Integers, frame: Integers, other: Integers) -> Numbers:
        """Return how long after `other` the frame is shown; negative if it is before."""
        return 1000 * (self.at(video, frame) - self.at(video, other))


def frame_times(known: pl.DataFrame, videos: pl.Series) -> FrameTimes:
    """Return the times of frames (video_id, frame_number, time_s) of these videos."""
    codes = pl.DataFrame({"video_id": videos, "video": pl.int_range(len(videos), eager=True)})
    table = known.join(codes, on="video_id").select(
        (pl.col("video").cast(pl.Int64) * STRIDE + pl.col("frame_number").cast(pl.Int64)).alias("place"), "time_s"
    )
    table = table.sort("place")
    return FrameTimes(table["place"].to_numpy(), table["time_s"].to_numpy())
