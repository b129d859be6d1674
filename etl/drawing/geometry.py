"""How a picture is cropped, resized, put into a frame and mirrored, and how its points move with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.videos.decoder import load_cv2

__all__ = ["Geometry", "make_geometry"]

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Geometry:
    """A crop of the original picture, resized to `inner`, put at `corner` of a black picture of size `outer`, mirrored.

    All are (x, y) or (width, height) in pixels. A point at (0, 0) is the middle of the pixel top left.
    """

    original: tuple[int, int]
    crop_corner: tuple[int, int]
    crop: tuple[int, int]
    inner: tuple[int, int]
    corner: tuple[int, int]
    outer: tuple[int, int]
    is_mirrored: bool

    @property
    def changes_nothing(self) -> bool:
        """Whether pictures stay as they are."""
        return self.original == self.crop == self.inner == self.outer and not self.is_mirrored

    @property
    def has_bars(self) -> bool:
        """Whether there are black bars around the picture."""
        return self.inner != self.outer

    def apply(self, picture: Picture, out: Picture) -> None:
        """Write the transformed picture into `out`, both uint8 (height, width, 3); bars are left as they are."""
        (left, top), (crop_width, crop_height) = self.crop_corner, self.crop
        part: Any = picture[top : top + crop_height, left : left + crop_width]
        if self.inner != self.crop:
            cv2 = load_cv2()
            is_smaller = self.inner[0] < crop_width and self.inner[1] < crop_height
            part = cv2.resize(part, self.inner, interpolation=cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR)
        if self.is_mirrored:
            part = part[:, ::-1]
        x, y = self._shown_corner()
        out[y : y + self.inner[1], x : x + self.inner[0]] = part

    def move(self, points: Floats) -> Floats:
        """Map points of the original picture, (…, 2) as x and y, to the transformed picture."""
        scale = np.divide(self.inner, self.crop)
        moved = (points - self.crop_corner + 0.5) * scale - 0.5 + self.corner
        if self.is_mirrored:
            moved[..., 0] = self.outer[0] - 1 - moved[..., 0]
        return moved

    def back(self, points: Floats) -> Floats:
        """Map points of the transformed picture, (…, 2) as x and y, to the original."""
        moved = np.array(points, np.float64)
        if self.is_mirrored:
            moved[..., 0] = self.outer[0] - 1 - moved[..., 0]
        scale = np.divide(self.inner, self.crop)
        return (moved - self.corner + 0.5) / scale - 0.5 + self.crop_corner

    def shows(self, points: Floats) -> NDArray[np.bool_]:
        """Tell which points of the transformed picture, (…, 2), are on the part that shows the original."""
        (x, y), (width, height) = self._shown_corner(), self.inner
        low, high = np.array([x, y]) - 0.5, np.array([x + width, y + height]) - 0.5
        return np.asarray(((points >= low) & (points < high)).all(-1), np.bool_)

    def _shown_corner(self) -> tuple[int, int]:
        """Return where the part that shows the original begins, after mirroring."""
        x, y = self.corner
        return (self.outer[0] - x - self.inner[0], y) if self.is_mirrored else (x, y)


def make_geometry(
    original: tuple[int, int], size: tuple[int, int] | None, *, letterbox: bool, crop: Floats | None, is_mirrored: bool
) -> Geometry:
    """Return the geometry for pictures of a size (width, height).

    `size` is the target (height, width); None keeps it. `crop` says how much of both sides is kept, and where between
    the left and right, and the top and bottom edge, each from 0 to 1. `letterbox` keeps the aspect ratio.
    """
    width, height = original
    kept, corner = (width, height), (0, 0)
    if crop is not None:
        kept = (max(1, round(width * crop[0])), max(1, round(height * crop[0])))
        corner = (int(crop[1] * (width - kept[0] + 1)), int(crop[2] * (height - kept[1] + 1)))
    if size is None:
        return Geometry(original, corner, kept, kept, (0, 0), kept, is_mirrored)
    outer = (size[1], size[0])
    if not letterbox:
        return Geometry(original, corner, kept, outer, (0, 0), outer, is_mirrored)
    scale = min(outer[0] / kept[0], outer[1] / kept[1])
    inner = (min(outer[0], max(1, round(kept[0] * scale))), min(outer[1], max(1, round(kept[1] * scale))))
    return Geometry(
        original, corner, kept, inner, ((outer[0] - inner[0]) // 2, (outer[1] - inner[1]) // 2), outer, is_mirrored
    )
