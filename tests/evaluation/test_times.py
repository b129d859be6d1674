"""When a frame is shown: by its timestamp, between timestamps, and at the nominal rate beyond them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from etl.evaluation.times import FrameTimes, frame_times

# Video a: frames at uneven times; video b: one known frame; of video c none; video x is not scored.
KNOWN = [("a", 2, 1.0), ("a", 0, 0.5), ("a", 6, 3.0), ("b", 4, 9.0), ("x", 1, 7.0)]


def times_of(known: list[tuple[str, int, float]]) -> FrameTimes:
    schema = {"video_id": pl.String, "frame_number": pl.Int64, "time_s": pl.Float64}
    return frame_times(pl.DataFrame(known, schema, orient="row"), pl.Series(["a", "b", "c"]))


@pytest.mark.parametrize(
    ("video", "frame", "seconds"),
    [
        (0, 0, 0.5),
        (0, 2, 1.0),
        (0, 1, 0.75),
        (0, 3, 1.5),
        (0, 5, 2.5),
        (0, 6, 3.0),
        (0, 9, 3.0 + 3 / 12),
        (1, 4, 9.0),
        (1, 1, 9.0 - 3 / 12),
        (1, 16, 10.0),
        (2, 0, 0.0),
        (2, 18, 1.5),
    ],
)
def test_a_frame_is_shown_at_its_time_or_between_its_neighbours_or_at_the_nominal_rate(video, frame, seconds):
    assert times_of(KNOWN).at(np.array([video]), np.array([frame])).tolist() == [pytest.approx(seconds)]


def test_many_frames_are_asked_for_at_once():
    assert times_of(KNOWN).at(np.array([2, 0, 1]), np.array([12, 1, 4])).tolist() == [1.0, 0.75, 9.0]


def test_milliseconds_are_below_zero_where_the_frame_is_before_the_other():
    video = np.array([0, 0])
    assert times_of(KNOWN).milliseconds(video, np.array([2, 6]), np.array([6, 2])).tolist() == [-2000.0, 2000.0]


def test_without_any_timestamp_frames_last_a_twelfth_of_a_second():
    assert times_of([]).milliseconds(np.array([0]), np.array([9]), np.array([6])).tolist() == [250.0]
