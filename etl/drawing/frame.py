"""Draw events on frames, as the publisher does: a red disc at the point, and a text. Pure: no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.drawing.text import (
    BLACK,
    FONT_SIZE,
    LINE_HEIGHT,
    WHITE,
    draw_text,
    mean_color,
    text_color,
    text_width,
    wrapped,
)
from etl.look import DISC_COLOR, DISC_RADIUS_PX, HAND_BOX_COLOR, OBJECT_BOX_COLOR

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from etl.warehouse.companions import Box as ObjectBox

__all__ = ["annotate_frame", "contact_sheet"]

Box = tuple[int, int, int, int]

MARGIN = 10
SHEET_COLUMNS = 3


def annotate_frame(
    image: Image,
    events: Sequence[Mapping[str, Any]],
    *,
    radius: int = DISC_RADIUS_PX,
    boxes: Sequence[ObjectBox] = (),
) -> Image:
    """Return a copy of a frame, in RGB, with its events drawn on it.

    Each event is a row of the table `events`: a mapping with `frame_number`, `point_x`, `point_y`, `agent` and `action`
    (polars: `iter_rows(named=True)`, pandas: `to_dict("records")`). All of them are drawn, so pass those of this frame.
    `radius` is that of the disc, in pixels. One event looks as in the publisher's README; several have a numbered line
    each, and the numbers next to their discs. `boxes` of hands and objects are outlined and labelled. A point outside
    the picture cannot be drawn; the text says so.
    """
    from PIL import ImageDraw

    annotated = image.convert("RGB")
    if annotated is image:
        annotated = image.copy()
    color = text_color(mean_color(annotated))
    draw = ImageDraw.Draw(annotated)
    _draw_boxes(draw, annotated.size, boxes)
    for event in events:
        x, y = event["point_x"], event["point_y"]
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=DISC_COLOR)
    lines = _text_lines(events, annotated.size)
    for number, line in enumerate(lines):
        draw_text(draw, (MARGIN, MARGIN + number * LINE_HEIGHT), line, color, edge=True)
    if len(events) > 1:
        widest = max(text_width(line) for line in lines)
        text_box = (MARGIN, MARGIN, MARGIN + round(widest), MARGIN + len(lines) * LINE_HEIGHT)
        _draw_numbers(draw, annotated.size, events, radius, avoiding=text_box)
    return annotated


def contact_sheet(frames: Sequence[Image], caption: str) -> Image:
    """Return one picture with the frames in rows, from left to right, under a caption that is wrapped to the width.

    Frames of several sizes get cells of the largest one. Raises ValueError without a frame.
    """
    import PIL.Image
    from PIL import ImageDraw

    if not frames:
        raise ValueError("a contact sheet needs at least one frame")
    columns = min(SHEET_COLUMNS, len(frames))
    cell_width = max(frame.width for frame in frames) + MARGIN
    cell_height = max(frame.height for frame in frames) + MARGIN
    width = columns * cell_width + MARGIN
    lines = wrapped(caption, width - 2 * MARGIN)
    top = MARGIN + len(lines) * LINE_HEIGHT + MARGIN // 2
    rows = -(-len(frames) // columns)
    sheet = PIL.Image.new("RGB", (width, top + rows * cell_height), WHITE)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw_text(draw, (MARGIN, MARGIN + number * LINE_HEIGHT), line, BLACK)
    for number, frame in enumerate(frames):
        row, column = divmod(number, columns)
        sheet.paste(frame, (MARGIN + column * cell_width, top + row * cell_height))
    return sheet


def _draw_boxes(draw: ImageDraw, size: tuple[int, int], boxes: Sequence[ObjectBox]) -> None:
    """Outline boxes, hands on top, each with its category in its lower left corner."""
    for box in sorted(boxes, key=lambda box: box.is_hand):
        left, top = max(0, round(box.x1)), max(0, round(box.y1))
        # An edge is where the box ends: the last pixel inside is the one before.
        right, bottom = min(size[0], round(box.x2)) - 1, min(size[1], round(box.y2)) - 1
        if right < left or bottom < top:
            continue  # beyond the picture
        color = HAND_BOX_COLOR if box.is_hand else OBJECT_BOX_COLOR
        draw.rectangle((left, top, right, bottom), outline=color)
        draw_text(draw, (left + 2, max(0, bottom - LINE_HEIGHT)), box.category, color, edge=True)


def _text_lines(events: Sequence[Mapping[str, Any]], size: tuple[int, int]) -> list[str]:
    """The text: four lines for one event, as the publisher writes them; a numbered line each for several."""
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
    """Write each disc's number next to it: clear of all discs and other numbers and, if possible, of the text's box."""
    numbers: dict[tuple[int, int], list[int]] = {}
    for number, event in enumerate(events, 1):
        numbers.setdefault((event["point_x"], event["point_y"]), []).append(number)
    taken = [(x - radius, y - radius, x + radius, y + radius) for x, y in numbers]

    def cost(box: Box) -> int:
        is_inside = box[0] >= 0 and box[1] >= 0 and box[2] < size[0] and box[3] < size[1]
        return 100 * (not is_inside) + 10 * sum(_overlap(box, other) for other in taken) + _overlap(box, avoiding)

    for (x, y), found in numbers.items():
        text = ", ".join(map(str, found))
        width, height, away = round(text_width(text)), FONT_SIZE, radius + 3
        lefts = (x + away, x - away - width, x - width // 2)
        tops = (y - height // 2, y - away - height, y + away)
        places = [(left, top) for top in tops for left in lefts if (left, top) != (lefts[2], tops[0])]
        box = min(((left, top, left + width, top + height) for left, top in places), key=cost)
        taken.append(box)
        draw_text(draw, box[:2], text, WHITE, edge=True)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
