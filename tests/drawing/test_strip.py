"""A strip shows each frame with what is labelled and predicted on that very frame."""

from __future__ import annotations

from typing import Any

from PIL import Image

from etl.drawing.strip import frame_strip
from etl.look import DISC_COLOR, PREDICTION_COLOR

GREY = (128, 128, 128)


def colors(picture: Image.Image) -> set[tuple[int, int, int]]:
    counted: Any = picture.getcolors(1 << 20)
    return {color for _, color in counted}


def test_a_label_is_a_disc_and_a_prediction_a_square_each_on_its_own_frame():
    pictures = {number: Image.new("RGB", (240, 120), GREY) for number in (8, 9)}
    label = {"frame_number": 8, "point_x": 60, "point_y": 60, "action": "contact"}
    prediction = {"frame_number": 9, "point_x": 60.5, "point_y": 60.0, "action": "contact"}
    strip = frame_strip(pictures, range(7, 10), [label], [prediction])
    lacking, labelled, predicted = (strip.crop((244 * n, 0, 244 * n + 240, 120)) for n in range(3))
    assert colors(lacking) == {(255, 255, 255)}
    assert DISC_COLOR in colors(labelled)
    assert PREDICTION_COLOR not in colors(labelled)
    assert PREDICTION_COLOR in colors(predicted)
    assert predicted.getpixel((60, 60)) == GREY, "a square is hollow"


def test_a_prediction_without_a_point_is_told_in_words_only_and_the_pictures_stay_as_they_are():
    pictures = {3: Image.new("RGB", (480, 240), GREY)}
    strip = frame_strip(pictures, [3], [], [{"frame_number": 3, "point_x": None, "point_y": None, "action": "release"}])
    assert colors(strip.crop((0, 0, 240, 120))) == {GREY}
    assert len(colors(strip.crop((0, 120, *strip.size)))) > 1
    assert colors(pictures[3]) == {GREY}
