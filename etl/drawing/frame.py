"""Draw events on frames, as the publisher does: a red disc at the point, and what it is as text. Pure: no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

__all__ = ["annotate_frame", "contact_sheet", "text_color"]

Color = tuple[int, int, int]
Box = tuple[int, int, int, int]

RED: Color = (255, 0, 0)
BLACK: Color = (0, 0, 0)
WHITE: Color = (255, 255, 255)

FONT_SIZE = 12
MARGIN = 10
LINE_HEIGHT = 15
SAMPLED_SIDE = 150  # the text's colour depends on the top left of the picture, so many pixels wide and high

# WCAG 2.1's contrast for text. Black or white always reaches it, whatever the background.
LEAST_CONTRAST = 4.5


def annotate_frame(image: Image, events: Sequence[Mapping[str, Any]], *, radius: int = 5) -> Image:
    """Return a copy of a frame, in RGB, with its events drawn on it.

    Each event is a row of the table `events`: a mapping with `frame_number`, `point_x`, `point_y`, `agent` and `action`
    (polars: `iter_rows(named=True)`, pandas: `to_dict("records")`). All of them are drawn, so pass those of this frame.
    `radius` is that of the disc, in pixels. One event looks as in the publisher's README; several have a
    numbered line each, and their discs the numbers. A point outside the picture cannot be drawn; the text says so.
    """
    from PIL import ImageDraw

    annotated = image.convert("RGB")
    if annotated is image:
        annotated = image.copy()
    color = text_color(mean_color(annotated))
    draw = ImageDraw.Draw(annotated)
    for event in events:
        x, y = event["point_x"], event["point_y"]
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=RED)
    lines = _text_lines(events, annotated.size)
    for number, line in enumerate(lines):
        _write(draw, (MARGIN, MARGIN + number * LINE_HEIGHT), line, color)
    if len(events) > 1:
        widest = max(_font().getlength(line) for line in lines)
        text_box = (MARGIN, MARGIN, MARGIN + round(widest), MARGIN + len(lines) * LINE_HEIGHT)
        _draw_numbers(draw, annotated.size, events, radius, avoiding=text_box)
    return annotated


def mean_color(image: Image) -> Color:
    """The mean colour of an RGB picture's top left 150 × 150 pixels, where the text goes."""
    from PIL import ImageStat

    corner = image.crop((0, 0, min(SAMPLED_SIDE, image.width), min(SAMPLED_SIDE, image.height)))
    red, green, blue = ImageStat.Stat(corner).mean
    return round(red), round(green), round(blue)


def text_color(background: Color) -> Color:
    """The background's complement; where that is hard to read on it (mid grey), the clearer of black and white."""
    red, green, blue = background
    complement = (255 - red, 255 - green, 255 - blue)
    if contrast(complement, background) >= LEAST_CONTRAST:
        return complement
    return max(BLACK, WHITE, key=lambda color: contrast(color, background))


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two sRGB colours, from 1 to 21 (WCAG 2.1, "contrast ratio" and "relative luminance")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def contact_sheet(frames: Sequence[Image], caption: str, *, columns: int = 3) -> Image:
    """Return one picture with the frames in rows, from left to right, under a caption that is wrapped to the width.

    Frames of several sizes get cells of the largest one. Raises ValueError without a frame.
    """
    import PIL.Image
    from PIL import ImageDraw

    if not frames:
        raise ValueError("a contact sheet needs at least one frame")
    columns = min(columns, len(frames))
    cell_width = max(frame.width for frame in frames) + MARGIN
    cell_height = max(frame.height for frame in frames) + MARGIN
    width = columns * cell_width + MARGIN
    lines = _wrapped(caption, width - 2 * MARGIN)
    top = MARGIN + len(lines) * LINE_HEIGHT + MARGIN // 2
    rows = -(-len(frames) // columns)
    sheet = PIL.Image.new("RGB", (width, top + rows * cell_height), WHITE)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((MARGIN, MARGIN + number * LINE_HEIGHT), line, fill=BLACK, font=_font())
    for number, frame in enumerate(frames):
        row, column = divmod(number, columns)
        sheet.paste(frame, (MARGIN + column * cell_width, top + row * cell_height))
    return sheet


def _text_lines(events: Sequence[Mapping[str, Any]], size: tuple[int, int]) -> list[str]:
    """The text: four lines for one event, as the publisher has them; a numbered line each for several."""
    if not events:
        return []
    points = []
    for event in events:
        x, y = event["point_x"], event["point_y"]
        points.append(f"({x}, {y})" if 0 <= x < size[0] and 0 <= y < size[1] else f"({x}, {y}) outside")
    frame = f"Frame: {events[0]['frame_number']}"
    if len(events) == 1:
        return [frame, f"Point: {points[0]}", f"Agent: {events[0]['agent']}", f"Action: {events[0]['action']}"]
    numbered = enumerate(zip(points, events, strict=True), 1)
    return [frame, *(f"{number}: {point} {event['agent']} {event['action']}" for number, (point, event) in numbered)]


def _draw_numbers(
    draw: ImageDraw, size: tuple[int, int], events: Sequence[Mapping[str, Any]], radius: int, avoiding: Box
) -> None:
    """Write each disc's number beside it: clear of all discs and other numbers and, if possible, of the text's box."""
    numbers: dict[tuple[int, int], list[int]] = {}
    for number, event in enumerate(events, 1):
        numbers.setdefault((event["point_x"], event["point_y"]), []).append(number)
    taken = [(x - radius, y - radius, x + radius, y + radius) for x, y in numbers]

    def cost(box: Box) -> int:
        is_inside = box[0] >= 0 and box[1] >= 0 and box[2] < size[0] and box[3] < size[1]
        return 100 * (not is_inside) + 10 * sum(_overlap(box, other) for other in taken) + _overlap(box, avoiding)

    for (x, y), found in numbers.items():
        text = ", ".join(map(str, found))
        width, height, away = round(_font().getlength(text)), FONT_SIZE, radius + 3
        lefts = (x + away, x - away - width, x - width // 2)
        tops = (y - height // 2, y - away - height, y + away)
        places = [(left, top) for top in tops for left in lefts if (left, top) != (lefts[2], tops[0])]
        box = min(((left, top, left + width, top + height) for left, top in places), key=cost)
        taken.append(box)
        _write(draw, box[:2], text, WHITE)


def _write(draw: ImageDraw, place: tuple[int, int], text: str, color: Color) -> None:
    """Text with a thin edge of black or white, whichever stands out from it: readable on a patchwork, too."""
    edge = max(BLACK, WHITE, key=lambda candidate: contrast(candidate, color))
    draw.text(place, text, fill=color, font=_font(), stroke_width=1, stroke_fill=edge)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _luminance(color: Color) -> float:
    red, green, blue = (
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _wrapped(text: str, width: float) -> list[str]:
    font = _font()
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


@cache
def _font() -> Font:
    """Pillow's own scalable font: the same on every machine."""
    from PIL import ImageFont

    return ImageFont.load_default(FONT_SIZE)
