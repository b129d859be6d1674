"""What times, packets and declarations say of a video: by hand, without one."""

from __future__ import annotations

import dataclasses

import pytest

from etl.videos.diagnosis import Decoded, Packets, diagnose, timing

SOUND = Decoded(
    times_s=[0.0, 0.083, 0.167, 0.25],
    gaps=[],
    is_complete=True,
    size=(427, 240),
    rotation=0,
    declared_frame_count=4,
    declared_duration_s=0.333,
    missing_bytes=0,
)
PACKETS = Packets(4, 0.25, [(0.0, (427, 240))])


def reasons(packets: Packets = PACKETS, **changes: object) -> list[str]:
    return [problem.reason for problem in diagnose(dataclasses.replace(SOUND, **changes), packets)]


@pytest.mark.parametrize(
    ("times_s", "expected"),
    [
        ([], (None, None, None)),
        ([0.5], (None, None, None)),
        ([0.0, 0.0], (None, None, None)),
        ([0.0, 0.5], (2.0, 1.0, False)),
        ([0.0, 0.1, 0.2, 0.3], (10.0, 0.4, False)),
        ([0.0, 0.083, 0.167, 0.25, 0.333], (12.012012, 0.416, False)),
        ([0.0, 0.033, 0.067, 0.1], (30.0, 0.133, False)),
        ([0.0, 0.004, 0.008, 0.013], (230.769231, 0.017, False)),  # fast, and rounded to milliseconds
        ([0.0, 0.1, 0.2, 0.4], (7.5, 0.5, True)),
        ([1.0, 1.5, 2.0], (2.0, 1.5, False)),
    ],
)
def test_rate_duration_and_evenness_come_from_times(times_s, expected):
    assert timing(times_s) == pytest.approx(expected)


def test_a_sound_video_has_no_problem():
    assert reasons() == []
    assert reasons(times_s=[0.0], declared_frame_count=1, declared_duration_s=0.083, packets=Packets(1, 0.0, [])) == []


@pytest.mark.parametrize(
    ("declared_s", "declared_count", "expected"),
    [
        (0.333, 4, []),
        (0.417, 5, []),  # one frame more: rounded, or the last one's duration
        (0.5, 6, ["truncated"]),
        (0.5, 4, []),  # as many frames as declared: the rate was guessed wrong
        (5.0, None, []),
        (-1.0, 6, []),
    ],
)
def test_a_cut_is_a_declared_duration_that_goes_on_after_the_packets(declared_s, declared_count, expected):
    assert reasons(declared_duration_s=declared_s, declared_frame_count=declared_count) == expected


def test_a_cut_is_a_container_longer_than_its_file_however_far_it_was_decoded():
    assert reasons(missing_bytes=1) == ["truncated"]
    assert reasons(missing_bytes=1, is_complete=False) == ["truncated"]
    (problem,) = diagnose(dataclasses.replace(SOUND, missing_bytes=1234), PACKETS)
    assert problem.detail == "1,234 of the bytes that it declares are not there: the file is cut off"


def test_packets_that_go_on_are_damage_not_a_cut():
    assert reasons(Packets(6, 0.417, []), declared_duration_s=0.5, declared_frame_count=6) == ["damaged"]


def test_a_last_frame_without_a_time_is_no_damage_where_every_packet_gave_a_frame():
    assert reasons(times_s=[0.083, 0.167, 0.25, 0.0]) == ["timestamps"]


def test_nothing_is_said_of_what_lies_beyond_the_last_wanted_frame():
    assert reasons(is_complete=False, declared_duration_s=9.0, declared_frame_count=108) == []


def test_damage_names_the_frames_before_which_packets_were_lost():
    (problem,) = diagnose(dataclasses.replace(SOUND, gaps=[(1, 2), (3, 1)]), PACKETS)
    assert problem.detail == "3 packets gave no picture, before frame 1, 3; the numbers go on without a gap"
    (problem,) = diagnose(dataclasses.replace(SOUND, gaps=[(n, 1) for n in range(30)]), PACKETS)
    assert "before frame 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 20 more;" in problem.detail


def test_several_problems_are_all_told():
    packets = Packets(4, 0.25, [(0.0, (427, 240)), (0.167, (320, 180))])
    assert reasons(packets, gaps=[(1, 1)], rotation=90, times_s=[0.0, 0.1, 0.1, 0.25]) == [
        "damaged",
        "size_change",
        "rotated",
        "timestamps",
    ]
