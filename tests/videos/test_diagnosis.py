"""What times, packets and declarations say of a video: by hand, without one."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from etl.videos.diagnosis import Decoded, diagnose, reported, timing
from etl.videos.matching import Loss
from etl.videos.scan import Packets

SOUND = Decoded(
    times_s=[0.0, 0.083, 0.167, 0.25],
    loss=Loss(0),
    is_counted=True,
    refused=[],
    errors=[],
    unconverted=[],
    size=(427, 240),
    orientation="",
    declared_end_s=0.333,
    missing_bytes=0,
    broken_at=None,
)
PACKETS = Packets(4, [0.0, 0.083, 0.167, 0.25], [(0, (427, 240))], 0.25)


def details(packets: Packets = PACKETS, **changes: Any) -> dict[str, str]:
    found = diagnose(dataclasses.replace(SOUND, **changes), packets)
    return {problem.reason: problem.detail for problem in found}


@pytest.mark.parametrize(
    ("times_s", "expected"),
    [
        ([], (None, None, None)),
        ([0.5], (None, None, None)),
        ([0.0, 0.0], (None, None, None)),
        ([None, 0.5, None], (None, None, None)),
        ([0.0, 0.5], (2.0, 1.0, False)),
        ([0.0, 0.1, 0.2, 0.3], (10.0, 0.4, False)),
        ([0.0, 0.083, 0.167, 0.25, 0.333], (12.012012, 0.416, False)),
        ([0.0, 0.033, 0.067, 0.1], (30.0, 0.133, False)),
        ([0.0, 0.004, 0.008, 0.013], (230.769231, 0.017, False)),  # fast, and rounded to milliseconds
        ([0.0, 0.1, 0.2, 0.4], (7.5, 0.5, True)),
        ([1.0, 1.5, 2.0], (2.0, 1.5, False)),
        ([0.04, 0.08, 0.12, None], (25.0, 0.16, False)),  # the last frame lasts as long as the others
        ([0.0, None, 0.2, 0.3], (10.0, 0.4, False)),
    ],
)
def test_rate_duration_and_evenness_come_from_times(times_s, expected):
    assert timing(times_s) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("longest", "is_variable"),
    [(0.109, False), (0.111, True), (0.119, True), (0.121, True), (0.089, True), (0.091, False)],
)
def test_a_spacing_is_uneven_that_differs_by_more_than_a_tenth(longest, is_variable):
    times_s = [0.0, 0.1, 0.2, 0.3, 0.3 + longest, 0.4 + longest]
    assert timing(times_s)[2] is is_variable


@pytest.mark.parametrize(("longest", "is_variable"), [(0.0069, False), (0.0071, True)])
def test_a_spacing_that_differs_by_two_milliseconds_is_even_still(longest, is_variable):
    assert timing([0.0, 0.005, 0.010, 0.015, 0.015 + longest])[2] is is_variable


def test_a_sound_video_has_no_problem():
    assert details() == {}
    assert details(times_s=[0.0], declared_end_s=0.083, packets=Packets(1, [0.0], [], 0.0)) == {}


@pytest.mark.parametrize(
    ("declared_s", "expected"),
    [
        (None, []),
        (0.333, []),
        (0.417, []),  # one frame more: rounded, or the last one's duration
        (0.457, []),
        (0.458, ["truncated"]),  # a frame and a half
        (0.5, ["truncated"]),
        (-1.0, []),
    ],
)
def test_a_cut_is_a_tracks_own_duration_that_goes_on_after_its_packets(declared_s, expected):
    assert list(details(declared_end_s=declared_s)) == expected


def test_a_cut_is_a_container_longer_than_its_file_however_far_it_was_decoded():
    assert list(details(missing_bytes=1)) == ["truncated"]
    expected = "1,234 of the bytes that it declares are not there: the file is cut off"
    assert details(missing_bytes=1234, declared_end_s=None) == {"truncated": expected}


def test_pictures_that_packets_did_not_give_are_damage_with_their_number_and_place():
    assert details(loss=Loss(3, [1, 1, 4])) == {
        "damaged": "3 packets gave no picture: 2 before frame 1, 1 after the last frame, 3; "
        "the numbers go on without a gap"
    }
    assert "1 packet gave no picture, where is not known;" in details(loss=Loss(1))["damaged"]
    assert (
        "1 before frame 9 and 20 more;"
        in details(times_s=[n / 12 for n in range(99)], loss=Loss(30, range(30)))["damaged"]
    )


def test_every_packet_gave_a_picture_is_said_only_where_it_was_counted():
    errors = ["first", "second"]
    assert details(errors=errors) == {
        "damaged": "every packet gave a picture; the decoder reported 2 errors, the first: first"
    }
    assert details(errors=errors[:1], is_counted=False) == {"damaged": "the decoder reported 1 error: first"}
    assert "every packet" not in details(errors=errors, loss=Loss(1))["damaged"]


def test_packets_that_the_decoder_refused_count_where_it_complained():
    assert details(refused=[(2, 1)]) == {}, "an empty packet is refused, and was no picture"
    assert "1 packet gave no picture, before frame 2" in details(refused=[(2, 1)], errors=["x"])["damaged"]


def test_what_is_said_of_a_cut_file_is_not_that_it_is_cut_once_more():
    errors = ["File ended prematurely at pos. 77", "stream 0, offset 0x1c2f: partial file"]
    assert list(details(errors=errors, missing_bytes=5)) == ["truncated"]
    assert list(details(errors=errors)) == ["damaged"]
    assert list(details(errors=[*errors, "Invalid NAL unit size"], missing_bytes=5)) == ["damaged", "truncated"]


def test_a_reference_that_was_to_be_forgotten_and_never_was_there_is_no_damage():
    assert details(errors=["mmco: unref short failure"]) == {}


def test_frames_that_could_not_be_converted_are_named():
    assert "interlaced picture of frame 1, 3, which is not saved" in details(unconverted=[1, 3])["damaged"]


def test_times_that_are_missing_and_times_that_go_back_are_told():
    assert details(times_s=[0.0, None, 0.167, 0.1, 0.25], declared_end_s=None) == {
        "timestamps": "the file gives no presentation time for frame 1; the presentation time does not go on at frame 3"
    }


def test_a_container_whose_parts_cannot_be_followed_is_damaged():
    assert "the container is broken at byte 1,234," in details(broken_at=1234)["damaged"]


def test_a_size_that_changes_is_told_with_the_frame_from_which_on():
    sizes = [(0, (427, 240)), (2, (320, 180)), (9, (100, 100))]
    assert details(dataclasses.replace(PACKETS, sizes=sizes)) == {
        "size_change": "pictures are 427 × 240 first, 320 × 180 from frame 2 on; the decoder scaled all to 427 × 240"
    }


def test_several_problems_are_all_told():
    packets = dataclasses.replace(PACKETS, sizes=[(0, (427, 240)), (1, (320, 180))])
    found = details(packets, loss=Loss(1, [1]), orientation="turned", times_s=[0.0, 0.1, 0.1, 0.25])
    assert list(found) == ["damaged", "size_change", "rotated", "timestamps"]


def test_a_sentence_without_complaints_stays_as_it_is():
    assert reported("so it is", []) == "so it is"
