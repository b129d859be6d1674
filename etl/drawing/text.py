"""Text in pictures: its fonts, its colour, its lines. Pure, except for the look-up of the system's fonts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

__all__ = [
    "BLACK",
    "FONT_SIZE",
    "LINE_HEIGHT",
    "WHITE",
    "Color",
    "contrast",
    "draw_text",
    "mean_color",
    "text_color",
    "text_width",
    "wrapped",
]

Color = tuple[int, int, int]

BLACK: Color = (0, 0, 0)
WHITE: Color = (255, 255, 255)

FONT_SIZE = 12
LINE_HEIGHT = 15
SAMPLED_SIDE = 150  # the text's colour depends on the top left of the picture, a square with this side in pixels

# WCAG 2.1's contrast for text. Black or white always reaches it, whatever the background.
LEAST_CONTRAST = 4.5
LOOK_UP_LIMIT_S = 10.0
# Letters that are never drawn but only join others: zero-width joiners, variation selectors.
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


def draw_text(draw: ImageDraw, place: tuple[float, float], text: str, color: Color, *, edge: bool = False) -> None:
    """Draw a line of text at its top left, each letter in a font that has it.

    Latin text is in Pillow's own font, the same on every machine. Other letters are in one of the system's fonts (as
    fontconfig finds it); a letter that no font has appears as its code point, [U+4E2D], never as an empty box. With
    `edge` the letters get a thin edge of black or white, whichever stands out, to be readable on any background.
    """
    x, y = place
    rim = max(BLACK, WHITE, key=lambda candidate: contrast(candidate, color)) if edge else None
    baseline = y + _ascent(_own_font())
    for run, font in _runs(text):
        if rim is None:
            draw.text((x, baseline), run, fill=color, font=font, anchor="ls")
        else:
            draw.text((x, baseline), run, fill=color, font=font, anchor="ls", stroke_width=1, stroke_fill=rim)
        x += font.getlength(run)


def text_width(text: str) -> float:
    """Return the width of a line of text as `draw_text` draws it, in pixels."""
    return sum(font.getlength(run) for run, font in _runs(text))


def wrapped(text: str, width: float) -> list[str]:
    """Return text in lines no wider than `width` pixels; a longer word is broken at the edge."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        while word and text_width(word) > width and len(word) > 1:
            fitting = next((n for n in range(len(word) - 1, 1, -1) if text_width(word[:n]) <= width), 1)
            lines.append(word[:fitting])
            word = word[fitting:]
        lines.append(word)
    return lines


def mean_color(image: Image) -> Color:
    """Return the mean colour of an RGB picture's top left 150 × 150 pixels, where the text goes."""
    from PIL import ImageStat

    corner = image.crop((0, 0, min(SAMPLED_SIDE, image.width), min(SAMPLED_SIDE, image.height)))
    red, green, blue = ImageStat.Stat(corner).mean
    return round(red), round(green), round(blue)


def text_color(background: Color) -> Color:
    """Return the background's complement or, if that is hard to read (mid grey), the clearer of black and white."""
    red, green, blue = background
    complement = (255 - red, 255 - green, 255 - blue)
    if contrast(complement, background) >= LEAST_CONTRAST:
        return complement
    return max(BLACK, WHITE, key=lambda color: contrast(color, background))


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two sRGB colours, from 1 to 21 (WCAG 2.1, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _runs(text: str) -> Iterator[tuple[str, Font]]:
    """Cut a text into runs of one font each."""
    fonts: list[tuple[str, Font]] = []
    for letter in text:
        if fonts and (letter in JOINERS or letter.isspace()):
            fonts.append((letter, fonts[-1][1]))
            continue
        font = _font_for(letter)
        fonts.append((letter, font) if font else (f"[U+{ord(letter):04X}]", _own_font()))
    for _, run in groupby(fonts, key=lambda pair: id(pair[1])):
        letters = list(run)
        yield "".join(letter for letter, _ in letters), letters[0][1]


@cache
def _font_for(letter: str) -> Font | None:
    """Return a font that has the letter: Pillow's own, or else one of the system's; None if there is none."""
    own = _own_font()
    if letter.isspace() or _has(own, letter):
        return own
    for file in _files_with(ord(letter)):
        font = _opened(file)
        if font is not None and _has(font, letter):
            return font
    return None


def _has(font: Font, letter: str) -> bool:
    """Tell whether a font has a letter, that is, draws something other than its sign for missing letters."""
    return letter.isascii() or bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe"))


@cache
def _files_with(code_point: int) -> tuple[str, ...]:
    """Return the files of the system's scalable fonts with this code point, plain ones first, in a fixed order."""
    program = shutil.which("fc-list")
    if program is None:
        return ()
    query = f":charset={code_point:x}:scalable=true"
    try:
        found = subprocess.run(  # noqa: S603  # the program that the PATH names, and a number
            [program, query, "--format", "%{file}\\t%{style}\\n"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LOOK_UP_LIMIT_S,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    fonts = [line.split("\t") for line in found.splitlines() if "\t" in line]
    plain = ("Regular", "Book", "Roman")
    return tuple(file for file, _ in sorted(fonts, key=lambda font: (not font[1].startswith(plain), font[0])))


@cache
def _opened(file: str) -> Font | None:
    """Open a font; None if it does not scale, such as a font of coloured bitmaps."""
    from PIL import ImageFont

    try:
        return ImageFont.truetype(file, FONT_SIZE)
    except OSError:
        return None


@cache
def _own_font() -> Font:
    from PIL import ImageFont

    return ImageFont.load_default(FONT_SIZE)


def _ascent(font: Font) -> float:
    return float(font.getmetrics()[0]) if hasattr(font, "getmetrics") else FONT_SIZE
