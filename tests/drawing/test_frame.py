"""Drawn annotations: golden pictures, and the properties that no golden picture shows.

The golden pictures lie in `golden`. One that is missing is drawn anew and fails the test once: look at it, then
commit it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from etl.drawing.frame import annotate_frame, contact_sheet
from etl.drawing.text import contrast, text_color

GOLDEN = Path(__file__).parent / "golden"

# Another FreeType smooths the letters' edges a little differently. A letter that is missing changes more: a single
# line of text changes about 0.2 % of a 427 × 240 picture.
MAX_DIFFERENCE = 64
MAX_SHARE_OF_PIXELS = 0.001

SCENES = {"dark": (18, 22, 30), "bright": (238, 235, 222), "grey": (126, 130, 127)}


def picture(scene: str, width: int = 427, height: int = 240) -> Image.Image:
    """A wall, a table, a box on it."""
    wall = SCENES[scene]
    image = Image.new("RGB", (width, height), wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle(
        (0, 190, width, height), fill=tuple(255 - value // 2 if value < 100 else value // 2 for value in wall)
    )
    draw.rectangle((90, 150, 140, 189), fill=(60, 110, 160))
    return image


def event(x: int, y: int, action: str = "contact", agent: str = "hand-object", frame: int = 9) -> dict[str, Any]:
    return {"action": action, "agent": agent, "frame_number": frame, "point_x": x, "point_y": y}


CASES: dict[str, list[dict[str, Any]]] = {
    "one": [event(115, 150)],
    "several": [
        event(90, 170),
        event(97, 164, agent="object-object"),
        event(115, 190, "release", "object-surface"),
        event(115, 190, "contact", "object-surface"),
    ],
    "edge": [event(1, 120), event(236, 239, "release"), event(120, 0, "release", "object-surface"), event(500, 90)],
}


def pixels(image: Image.Image) -> NDArray[np.int16]:
    return np.asarray(image.convert("RGB"), dtype=np.int16)


def is_red(image: Image.Image) -> NDArray[np.bool_]:
    return (pixels(image) == (255, 0, 0)).all(axis=2)


def disc(x: int, y: int, radius: int, width: int, height: int) -> NDArray[np.bool_]:
    """The pixels at most so far from the point: the definition of a disc, without any drawing library."""
    rows, columns = np.mgrid[:height, :width]
    return (columns - x) ** 2 + (rows - y) ** 2 <= radius**2


@pytest.mark.parametrize(
    ("scene", "width", "case"),
    [
        ("dark", 427, "one"),
        ("grey", 427, "one"),
        ("dark", 240, "several"),
        ("bright", 427, "several"),
        ("grey", 240, "edge"),
    ],
)
def test_a_drawn_frame_looks_as_it_did_when_it_was_looked_at(scene: str, width: int, case: str):
    drawn = annotate_frame(picture(scene, width), CASES[case])
    path = GOLDEN / f"{scene}-{width}-{case}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn.save(path, optimize=True)
        pytest.fail(f"{path.name} is new: look at it, then commit it")
    difference = np.abs(pixels(drawn) - pixels(Image.open(path))).max(axis=2)
    assert (difference > MAX_DIFFERENCE).mean() <= MAX_SHARE_OF_PIXELS


def test_the_golden_comparison_would_see_a_lost_line():
    """The tolerance for other smoothing is far below what the shortest line of text changes."""
    with_text = annotate_frame(picture("dark"), [event(115, 150)])
    without_last_line = with_text.copy()
    without_last_line.paste(picture("dark").crop((0, 56, 427, 71)), (0, 56))
    difference = np.abs(pixels(with_text) - pixels(without_last_line)).max(axis=2)
    assert (difference > MAX_DIFFERENCE).mean() > 2 * MAX_SHARE_OF_PIXELS


@pytest.mark.parametrize("radius", [1, 5, 12])
@pytest.mark.parametrize(("x", "y"), [(200, 120), (0, 239), (426, 120), (300, 0)])
def test_the_disc_is_red_filled_and_centred_on_the_point(x: int, y: int, radius: int):
    red = is_red(annotate_frame(picture("dark"), [event(x, y)], radius=radius))
    # A rasterised circle may differ from the exact one along its edge: by less than a pixel, that is.
    assert not (disc(x, y, radius - 1, 427, 240) & ~red).any()
    assert not (red & ~disc(x, y, radius + 1, 427, 240)).any()


def test_nothing_but_disc_and_text_is_changed():
    before, after = picture("bright"), annotate_frame(picture("bright"), [event(300, 200)])
    changed = (pixels(before) != pixels(after)).any(axis=2)
    changed[disc(300, 200, 6, 427, 240)] = False
    rows, columns = np.nonzero(changed)
    assert columns.min() >= 8
    assert columns.max() < 160
    assert rows.min() >= 8
    assert rows.max() < 75


def test_all_events_of_a_frame_are_drawn():
    points = [(200, 100), (208, 104), (300, 230), (20, 200), (426, 5)]
    red = is_red(annotate_frame(picture("dark"), [event(x, y) for x, y in points]))
    for x, y in points:
        assert (red & disc(x, y, 5, 427, 240)).sum() > 20


def test_the_picture_given_stays_as_it_was():
    image = picture("grey")
    annotate_frame(image, [event(100, 100)])
    assert (pixels(image) == pixels(picture("grey"))).all()


def test_without_events_nothing_is_drawn():
    drawn = annotate_frame(picture("grey"), [])
    assert (pixels(drawn) == pixels(picture("grey"))).all()


def test_a_point_outside_is_not_drawn_but_its_text_is():
    drawn = annotate_frame(picture("grey"), [event(500, 100)])
    assert not is_red(drawn).any()
    assert (pixels(drawn) != pixels(picture("grey"))).any()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1", "LA", "I;16"])
def test_every_kind_of_picture_can_be_drawn_on(mode: str):
    drawn = annotate_frame(Image.new(mode, (64, 48)), [event(60, 40)])
    assert drawn.mode == "RGB"
    assert is_red(drawn)[40, 60]


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (150, 1)])
def test_a_tiny_picture_is_no_fault(size: tuple[int, int]):
    assert annotate_frame(Image.new("RGB", size), [event(0, 0), event(0, 0)]).size == size


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_the_text_can_be_read_on_every_background(background: tuple[int, int, int]):
    assert contrast(text_color(background), background) >= 4.5


@pytest.mark.parametrize(
    ("background", "expected"),
    [
        ((0, 0, 0), (255, 255, 255)),
        ((255, 255, 255), (0, 0, 0)),
        ((20, 30, 40), (235, 225, 215)),
        ((128, 128, 128), (0, 0, 0)),
        ((100, 100, 100), (255, 255, 255)),
    ],
)
def test_the_text_is_the_complement_unless_that_is_close_to_the_background(
    background: tuple[int, int, int], expected: tuple[int, int, int]
):
    assert text_color(background) == expected


def test_contrast_is_as_defined_by_its_standard():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


def test_the_text_takes_its_colour_from_the_top_left_150_pixels():
    image = Image.new("RGB", (427, 240), (255, 255, 255))
    image.paste((0, 0, 0), (0, 0, 150, 150))
    drawn = pixels(annotate_frame(image, [event(300, 200)]))
    assert (drawn[10:72, 10:140] == 255).all(axis=2).any()


@pytest.mark.parametrize(("count", "size"), [(1, (447, 280)), (3, (1321, 280)), (4, (1321, 530))])
def test_a_contact_sheet_holds_all_frames_in_order(count: int, size: tuple[int, int]):
    frames = [Image.new("RGB", (427, 240), (number, 0, 0)) for number in range(100, 100 + count)]
    sheet = contact_sheet(frames, "900001: a template")
    assert sheet.size == size
    assert _cells(sheet, frames) == list(range(100, 100 + count))


def _cells(sheet: Image.Image, frames: Sequence[Image.Image]) -> list[int]:
    found = []
    array = pixels(sheet)
    for number in range(100, 100 + len(frames)):
        rows, columns = np.nonzero((array == (number, 0, 0)).all(axis=2))
        assert len(rows) == 427 * 240
        found.append((rows.min(), columns.min(), number))
    return [number for _, _, number in sorted(found)]


def test_a_long_caption_is_wrapped_and_pushes_the_frames_down():
    frames = [Image.new("RGB", (240, 240), (0, 0, 0))]
    short, long = contact_sheet(frames, "short"), contact_sheet(frames, "a long template " * 10)
    assert long.width == short.width
    assert long.height > short.height


def test_a_sheet_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one frame"):
        contact_sheet([], "caption")
