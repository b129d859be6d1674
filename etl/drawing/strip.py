"""A strip of frames in a row, with labels as discs and predictions as squares. Pure: no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.drawing.text import BLACK, LINE_HEIGHT, WHITE, draw_text
from etl.look import DISC_COLOR, DISC_RADIUS_PX, PREDICTION_COLOR

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["draw_predictions", "frame_strip"]

CELL_WIDTH = 240
GAP = 4


def frame_strip(
    pictures: Mapping[int, Image],
    numbers: Sequence[int],
    events: Sequence[Mapping[str, Any]],
    predictions: Sequence[Mapping[str, Any]] = (),
) -> Image:
    """Return the frames with these numbers side by side, scaled to one width, each with its number below it.

    `events` and `predictions` have `frame_number`, `point_x`, `point_y` (null if a prediction has no point) and
    `action`; each is drawn on its own frame. A frame without a picture is left white.
    """
    import PIL.Image
    from PIL import ImageDraw

    size = next(iter(pictures.values())).size if pictures else (CELL_WIDTH, CELL_WIDTH)
    height = max(1, round(size[1] * CELL_WIDTH / size[0]))
    strip = PIL.Image.new("RGB", (len(numbers) * (CELL_WIDTH + GAP) - GAP, height + LINE_HEIGHT), WHITE)
    writer = ImageDraw.Draw(strip)
    for position, number in enumerate(numbers):
        left = position * (CELL_WIDTH + GAP)
        labelled = [event for event in events if event["frame_number"] == number]
        predicted = [one for one in predictions if one["frame_number"] == number]
        if number in pictures:
            strip.paste(_marked(pictures[number], labelled, predicted).resize((CELL_WIDTH, height)), (left, 0))
        said = [str(number), *(event["action"] for event in labelled), *(f"({one['action']})" for one in predicted)]
        draw_text(writer, (left, height), " ".join(said), BLACK)
    return strip


def draw_predictions(picture: Image, predictions: Sequence[Mapping[str, Any]], radius: int = DISC_RADIUS_PX) -> None:
    """Draw hollow squares at predicted points onto a picture in RGB, so that a disc below one is still visible."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(picture)
    width = max(2, radius // 2)
    for one in predictions:
        x, y = one["point_x"], one["point_y"]
        if x is None or y is None:
            continue
        # The white shows where the picture is as blue as the square.
        for side, color in ((2 * radius + 1, WHITE), (2 * radius, PREDICTION_COLOR)):
            draw.rectangle((x - side, y - side, x + side, y + side), outline=color, width=width)


def _marked(picture: Image, events: Sequence[Mapping[str, Any]], predictions: Sequence[Mapping[str, Any]]) -> Image:
    from PIL import ImageDraw

    marked = picture.convert("RGB")
    if marked is picture:
        marked = picture.copy()
    draw = ImageDraw.Draw(marked)
    for event in events:
        x, y, radius = event["point_x"], event["point_y"], DISC_RADIUS_PX
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=DISC_COLOR)
    draw_predictions(marked, predictions)
    return marked
