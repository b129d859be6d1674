"""Points that were corrected in resized pictures: where they are in the original frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from etl.corrections.model import Extent, Place, Size
from etl.drawing.geometry import Geometry, make_geometry
from etl.errors import AnnotationError

__all__ = ["Resized", "resized_of"]


@dataclass(frozen=True)
class Resized:
    """How an export resized the pictures of videos of these extents: to a height and width, with or without bars."""

    size: tuple[int, int]
    letterbox: bool
    extents: Mapping[str, Extent]

    def original(self, place: Place) -> Size:
        """Return the width and height (px) of the frame that a place shows."""
        extent = self.extents[place.video_id]
        return extent.width or 0, extent.height or 0

    def back(self, place: Place, x: float, y: float) -> tuple[float, float] | None:
        """Map a point of the resized picture to the original frame; return None if it is on a black bar."""
        geometry = self._geometry(place)
        low = np.array(geometry.corner) - 0.5
        high = low + geometry.inner
        point = np.array([x, y])
        if (point < low).any() or (point >= high + 1).any():  # a tool may give the edge itself
            return None
        moved = geometry.back(np.minimum(point, np.nextafter(high, low)))
        return float(moved[0]), float(moved[1])

    def _geometry(self, place: Place) -> Geometry:
        return make_geometry(self.original(place), self.size, letterbox=self.letterbox, crop=None, is_mirrored=False)


def resized_of(manifest: Mapping[str, Any], extents: Mapping[str, Extent]) -> Resized | None:
    """Return how the export of this manifest resized its pictures; None if it did not.

    Raises AnnotationError if the manifest describes it in a way that no export does.
    """
    told = manifest.get("resized")
    if told is None:
        return None
    try:
        height, width, letterbox = told["height"], told["width"], told["letterbox"]
    except (KeyError, TypeError) as error:
        raise AnnotationError("the export's manifest does not say how its pictures were resized") from error
    if type(height) is not int or type(width) is not int or min(height, width) < 1 or type(letterbox) is not bool:
        raise AnnotationError(f"found pictures resized to {height!r} × {width!r}, expected whole pixels")
    return Resized((height, width), letterbox, extents)
