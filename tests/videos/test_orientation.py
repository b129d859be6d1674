"""How a file asks to be shown, and what was done: in words, and by pixels."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from etl.videos.orientation import asked_for, describe, turn_between


def turned(degrees: float) -> tuple[float, float, float, float]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cos, sin, -sin, cos


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), "upright"),
        ((2, 0, 0, 2), "upright"),
        ((0, 1, -1, 0), "turned by 90 degrees"),
        ((-1, 0, 0, -1), "turned by 180 degrees"),
        ((0, -1, 1, 0), "turned by 270 degrees"),
        (turned(45), "turned by 45 degrees"),
        ((-1, 0, 0, 1), "mirrored left to right"),
        ((1, 0, 0, -1), "mirrored top to bottom"),
        ((0, 1, 1, 0), "mirrored left to right and turned by 270 degrees"),
        ((0, 0, 0, 0), "by a matrix of zeros, which is no way to show a picture"),
        ((1, 1, 1, 1), "by a matrix that leaves no area of a picture"),
    ],
)
def test_a_matrix_is_put_into_words(matrix, expected):
    assert asked_for(matrix, 0) == expected


def test_without_a_matrix_the_decoders_angle_counts():
    assert asked_for(None, 0) == "upright"
    assert asked_for(None, 90) == "turned by 90 degrees"
    assert asked_for(None, -(2**31)) == "upright", "no angle at all"


PICTURE = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize(
    ("code", "degrees"),
    [(None, 0), (cv2.ROTATE_90_CLOCKWISE, 90), (cv2.ROTATE_180, 180), (cv2.ROTATE_90_COUNTERCLOCKWISE, 270)],
)
def test_a_turn_is_found_by_its_pixels(code, degrees):
    assert (
        turn_between(PICTURE, PICTURE if code is None else np.asarray(cv2.rotate(PICTURE, code), np.uint8)) == degrees
    )


def test_what_is_no_turn_is_not_taken_for_one():
    assert turn_between(PICTURE, PICTURE[:, ::-1]) is None
    assert turn_between(PICTURE, PICTURE[:4]) is None


def test_the_sentence_says_what_was_asked_for_and_what_was_done():
    assert describe("turned by 90 degrees", 90) == "turned by 90 degrees, as the file asks for"
    assert describe("upright", 0) == ""
    assert describe("mirrored left to right", 180) == (
        "the file asks to be shown mirrored left to right; the decoder turned the frames by 180 degrees"
    )
    assert describe("turned by 45 degrees", 0).endswith("the decoder did not turn or mirror the frames")
    assert describe("turned by 45 degrees", None).endswith("the decoder changed the frames in another way")
