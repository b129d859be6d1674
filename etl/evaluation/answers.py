"""Read the answers of language models: text with "Prediction: 7", perhaps "Predicted BBox: [x, y, w, h]", or a point.

The rule is the paper's (arXiv:2511.20162 v1): the number after the last "Prediction:" counts, whatever else the text
says. Models write the number in bold, in brackets, in quotes, in \\boxed{}, after the word frame: all of these count,
too. What resembles a number but is not one, such as 3-4 or 7.5, is a near miss, and its kind is reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Box", "FrameAnswer", "parse_box", "parse_frame", "parse_point"]

Box = tuple[float, float, float, float]

# The full-width forms of Chinese and Japanese text.
_NARROW: dict[int, int | str | None] = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_NARROW |= {0x3010: "[", 0x3011: "]", 0x3002: "."}
# Invisible characters: a byte order mark, spaces without width.
_NARROW |= dict.fromkeys((0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060))

# Models set the words in bold, and the number in brackets, quotes or \boxed{}.
_DECORATION = r"[\s*_`]*"
_OPENING = r"""(?:[\s*_`"'“‘«\[({<$#]|\\boxed|\\text|\\\(|\\\[|\bframe|\bnumber\b|\bno\.|\bis\b|:)*"""
_CLOSING = r"""(?:[\s*_`"'”’»\])}>$.]|\\\)|\\\])*"""
_PREDICTION = re.compile(rf"Prediction[\s*_`\"']*:{_DECORATION}", re.IGNORECASE)
_NUMBER_AHEAD = re.compile(_OPENING + r"(?P<number>-?[0-9]+(?:[.,][0-9]+)?)(?P<rest>[^\n]*)", re.IGNORECASE)
_ONLY_NUMBER = re.compile(_OPENING + r"(?P<number>-?[0-9]+(?:[.,][0-9]+)?)" + _CLOSING, re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:[-–—~/…]|to\b|\.{2,3})\s*[0-9]", re.IGNORECASE)
_NOT_WHOLE = re.compile(r"\s*[½⅓⅔¼¾%]|e[+-]?[0-9]|[x:][0-9a-f]", re.IGNORECASE)
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0+)?")

_COORDINATE = r"\s*(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*"
_BOX = re.compile(
    rf"Predicted BBox{_DECORATION}:{_DECORATION}\[{_COORDINATE},{_COORDINATE},{_COORDINATE},{_COORDINATE}\]",
    re.IGNORECASE,
)
_AXIS = r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?"
_NUMBERS = re.compile(rf"(?<![0-9.,-]){_AXIS}(?:\s*,\s*(?:y\s*[=:]\s*)?{_AXIS})+")


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """What an answer says about the frame: its number in the clip, or None and the kind of the near miss."""

    number: int | None
    kind: str = ""


def parse_frame(answer: str) -> FrameAnswer:
    """Return the frame that an answer names, in its own numbering of the clip's frames.

    An answer may also be only the number, which is what the exported questions ask for.
    """
    text = answer.translate(_NARROW)
    if not text.strip():
        return FrameAnswer(None, "empty")
    if only := _ONLY_NUMBER.fullmatch(text.strip()):
        return _whole(only["number"], "")
    ends = [match.end() for match in _PREDICTION.finditer(text)]
    if not ends:
        first = _NUMBER_AHEAD.match(text)
        if first and _RANGE.match(first["rest"]):
            return FrameAnswer(None, "a range of frames")
        return FrameAnswer(None, "no Prediction:" if re.search("[0-9]", text) else "no number")
    found = _NUMBER_AHEAD.match(text, ends[-1])
    if found is None and re.search("[0-9]", text[ends[-1] :]):
        return FrameAnswer(None, "other words between Prediction: and a number")
    if found is None:
        return FrameAnswer(None, "no number behind the last Prediction:")
    return _whole(found["number"], found["rest"])


def parse_box(answer: str) -> Box | None:
    """Return the last predicted box as left, top, width, height; None if there is none, or if it is empty."""
    boxes = _BOX.findall(answer.translate(_NARROW))
    if not boxes:
        return None
    x, y, width, height = map(float, boxes[-1])
    return (x, y, width, height) if width > 0 and height > 0 else None


def parse_point(answer: str) -> tuple[float, float] | None:
    """Return the last point in an answer, two numbers with a comma between them; None if there is none."""
    listed = [re.findall(_AXIS, numbers) for numbers in _NUMBERS.findall(answer.translate(_NARROW))]
    points = [numbers for numbers in listed if len(numbers) == 2]
    return (float(points[-1][0]), float(points[-1][1])) if points else None


def _whole(number: str, rest: str) -> FrameAnswer:
    """Return the frame for a number and the text after it."""
    if _RANGE.match(rest):
        return FrameAnswer(None, "a range of frames")
    if number.startswith("-"):
        return FrameAnswer(None, "a number below 0")
    whole = _WHOLE.fullmatch(number)
    if whole is None or _NOT_WHOLE.match(rest):
        return FrameAnswer(None, "no whole number")
    return FrameAnswer(int(whole[1]))
