"""Read the answers of language models: text with "Prediction: 7" and perhaps "Predicted BBox: [x, y, w, h]".

The rule is the paper's (arXiv:2511.20162 v1): the number behind the last "Prediction:" counts, whatever else the text
says; it numbers the frames of the clip from 1.
"""

from __future__ import annotations

import re

__all__ = ["Box", "parse_box", "parse_frame"]

Box = tuple[float, float, float, float]

# Models set the words in bold; a full stop ends the sentence, but 7.5 is no frame.
_DECORATION = r"[\s*_`]*"
_PREDICTION = re.compile(rf"Prediction{_DECORATION}:{_DECORATION}", re.IGNORECASE)
_FRAME = re.compile(r"(\d{1,9})(?!\d|[.,]\d)")
_ALONE = re.compile(r"\s*(\d{1,9})\.?\s*")
_NUMBER = r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*"
_BOX = re.compile(
    rf"Predicted BBox{_DECORATION}:{_DECORATION}\[{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\]", re.IGNORECASE
)


def parse_frame(answer: str, base: int = 1) -> int | None:
    """Return the number of the predicted frame in the clip, from `base`; None where the answer names none.

    An answer may also be the number alone, as the exported questions ask for it.
    """
    if alone := _ALONE.fullmatch(answer):
        return int(alone[1]) if int(alone[1]) >= base else None
    ends = [match.end() for match in _PREDICTION.finditer(answer)]
    number = _FRAME.match(answer, ends[-1]) if ends else None
    return int(number[1]) if number and int(number[1]) >= base else None


def parse_box(answer: str) -> Box | None:
    """Return the last predicted box as left, top, width, height; None where there is none, or it has no extent."""
    boxes = _BOX.findall(answer)
    if not boxes:
        return None
    x, y, width, height = map(float, boxes[-1])
    return (x, y, width, height) if width > 0 and height > 0 else None
