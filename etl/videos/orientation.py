"""How a file asks to be shown, and how the decoder showed it: turned, mirrored, or as stored. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from etl.videos.tracks import Matrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["asked_for", "describe", "turn_between"]

_UPRIGHT = "upright"


def asked_for(matrix: Matrix | None, degrees: int) -> str:
    """Return in words how the file asks to be shown: "upright" if as stored.

    `matrix` is the track's own; if a container has none, `degrees` is what the decoder read.
    """
    if matrix is None:
        return f"turned by {degrees % 360} degrees" if degrees % 360 > 0 and abs(degrees) <= 360 else _UPRIGHT
    a, b, c, d = matrix
    if not any(matrix):
        return "by a matrix of zeros, which is no way to show a picture"
    determinant = a * d - b * c
    if not determinant:
        return "by a matrix that leaves no area of a picture"
    mirrored = determinant < 0
    angle = round(math.degrees(math.atan2(-b, -a) if mirrored else math.atan2(b, a))) % 360
    if not mirrored:
        return f"turned by {angle} degrees" if angle else _UPRIGHT
    if angle == 0:
        return "mirrored left to right"
    return "mirrored top to bottom" if angle == 180 else f"mirrored left to right and turned by {angle} degrees"


def turn_between(stored: NDArray[np.uint8], shown: NDArray[np.uint8]) -> int | None:
    """Return by how many degrees clockwise the decoder turned a stored picture; None if it did something else.

    Both are (height, width, 3), uint8.
    """
    import numpy as np

    for quarters in range(4):
        if np.array_equal(np.rot90(stored, -quarters), shown):
            return 90 * quarters
    return None


def describe(asked: str, turned: int | None) -> str:
    """Return the sentence for a video that is not to be shown as it is stored; empty for others."""
    if asked == f"turned by {turned} degrees":
        return f"{asked}, as the file asks for"
    if asked == _UPRIGHT and turned == 0:
        return ""
    done = {0: "did not turn or mirror the frames", None: "changed the frames in another way"}
    return (
        f"the file asks to be shown {asked}; the decoder {done.get(turned, f'turned the frames by {turned} degrees')}"
    )
