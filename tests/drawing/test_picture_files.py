"""Pictures to draw on: shown as other viewers show them, whatever their depth and orientation."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from etl.drawing.picture_files import open_picture
from etl.errors import VideoError

WIDTH, HEIGHT = 8, 4
RAMP = np.linspace(0, 1, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH)


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [("uint16", 0, 65_535), ("uint16", 300, 4_300), ("int32", -5, 100_000), ("float32", 0.25, 0.75)],
)
def test_deep_greys_are_scaled_from_their_darkest_to_their_brightest(
    tmp_path: Path, dtype: str, low: float, high: float
):
    values = (low + RAMP * (high - low)).astype(dtype)
    Image.fromarray(values).save(tmp_path / "deep.tif")
    picture = open_picture(tmp_path / "deep.tif")
    assert picture.image.mode == "L"
    expected = (values.astype(float) - values.min()) / (float(values.max()) - float(values.min())) * 255
    assert np.abs(np.asarray(picture.image) - expected).max() <= 0.5
    assert picture.notes == (f"its values from {values.min():g} to {values.max():g} are shown as black to white",)


def test_a_deep_picture_of_one_value_is_black_and_what_is_no_number_is_black(tmp_path: Path):
    Image.fromarray(np.full((2, 2), 7, "uint16")).save(tmp_path / "flat.png")
    assert np.asarray(open_picture(tmp_path / "flat.png").image).max() == 0
    Image.fromarray(np.array([[np.nan, 0.0], [1.0, np.inf]], "float32")).save(tmp_path / "holes.tif")
    assert np.asarray(open_picture(tmp_path / "holes.tif").image).tolist() == [[0, 0], [255, 255]]


@pytest.mark.parametrize(
    ("orientation", "corner", "size"),
    [
        (1, (0, 0), (WIDTH, HEIGHT)),
        (2, (WIDTH - 1, 0), (WIDTH, HEIGHT)),
        (3, (WIDTH - 1, HEIGHT - 1), (WIDTH, HEIGHT)),
        (4, (0, HEIGHT - 1), (WIDTH, HEIGHT)),
        (5, (0, 0), (HEIGHT, WIDTH)),
        (6, (HEIGHT - 1, 0), (HEIGHT, WIDTH)),
        (7, (HEIGHT - 1, WIDTH - 1), (HEIGHT, WIDTH)),
        (8, (0, WIDTH - 1), (HEIGHT, WIDTH)),
    ],
)
@pytest.mark.parametrize("mode", ["L", "I;16"])
def test_the_orientation_of_exif_is_followed_and_said(
    tmp_path: Path, orientation: int, corner: tuple[int, int], size: tuple[int, int], mode: str
):
    values = np.zeros((HEIGHT, WIDTH), "uint16" if mode == "I;16" else "uint8")
    values[0, 0] = 255  # the top left of what is stored, and where viewers show it
    picture = Image.fromarray(values)
    exif = picture.getexif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "turned.png", exif=exif)
    shown = open_picture(tmp_path / "turned.png")
    assert shown.image.size == size
    assert shown.image.getpixel(corner) == 255
    said = [note for note in shown.notes if note.endswith(f"as its EXIF orientation {orientation} asks")]
    assert len(said) == (orientation != 1)


def test_a_picture_too_long_to_be_drawn_again_is_refused(tmp_path: Path):
    content = io.BytesIO()
    Image.new("1", (70_000, 1)).save(content, "PNG")
    (tmp_path / "thin.png").write_bytes(content.getvalue())
    with pytest.raises(VideoError, match="70000 × 1 pixels, more than 67,108,864 or 65,535 on a side"):
        open_picture(tmp_path / "thin.png")


def test_of_an_animation_the_first_picture_is_shown_and_said(tmp_path: Path):
    first, second = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    for name in ("a.gif", "a.png", "a.tiff", "a.webp"):
        first.save(tmp_path / name, save_all=True, append_images=[second])
        assert open_picture(tmp_path / name).notes == ("only the first of its pictures is shown",), name


def test_a_picture_of_more_pixels_than_memory_holds_is_not_called_damaged(tmp_path: Path):
    content = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(content, format="PNG")
    (tmp_path / "large.png").write_bytes(content.getvalue())
    with pytest.raises(VideoError, match=r"large\.png has more than 67,108,864 pixels"):
        open_picture(tmp_path / "large.png")
