"""Pictures of another size in an export: frames, points and boxes are transformed together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from etl.drawing.geometry import Geometry, make_geometry
from etl.errors import OptionError, VideoError
from etl.export.format import PIXELS, Account, Options
from etl.schema import JPEG_QUALITY
from etl.videos.decoder import load_cv2
from etl.warehouse.events import Source, Video

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RESIZED_PIXELS", "ResizedSource", "check_resize", "tell_resize"]

DECIMALS = 3  # of a point, in pixels: enough to recover the original's whole pixels
SIDES = (16, 4096)
RESIZED_PIXELS = "pixels of the resized picture, origin top left, x right, y down"


def check_resize(given: Mapping[str, Any]) -> None:
    """Raise OptionError if the given options of resized pictures are invalid, or exclude others."""
    if "resize" not in given:
        if given.get("letterbox"):
            raise OptionError("--letterbox says how pictures are resized: give their size, too, with --resize H W")
        return
    size = given["resize"]
    if len(size) != 2 or not all(SIDES[0] <= side <= SIDES[1] for side in size):
        raise OptionError(f"found {size!r} as --resize, expected a height and a width from {SIDES[0]} to {SIDES[1]} px")
    if "frames" not in given:
        raise OptionError("--resize makes other pictures of the extracted frames: give them with --frames DIR")
    if "link" in given:
        raise OptionError("--resize makes pictures of the export's own, to which --link does not apply: leave it out")


def tell_resize(options: Options, account: Account, coordinates: str) -> None:
    """Note in an export's manifest how its pictures and points were made; `coordinates` are the format's."""
    height, width = options.resize or (0, 0)
    if coordinates == PIXELS:
        account.facts["coordinates"] = RESIZED_PIXELS
    account.facts["resized"] = {
        "height": height,
        "width": width,
        "letterbox": options.letterbox,
        "points": "(x + 0.5) · scale - 0.5 + bar, with the scale of the picture's side and the black bar before it",
    }


class ResizedSource(Source):
    """A source whose videos have another size: `options.resize` is its height and width.

    Frames and points are resized. `original` is the source with the videos as they are.
    """

    def __init__(self, original: Source, options: Options) -> None:
        super().__init__(original.warehouse, original.selection, original.on_progress)
        self.original = original
        self._size, self._letterbox = options.resize or (0, 0), options.letterbox
        sql = "select video_id, width, height from videos where width is not null"
        self._sizes = {video_id: (width, height) for video_id, width, height in self.warehouse.query(sql).fetchall()}

    def videos(self, *needs: str) -> Iterator[Video]:
        """Yield the videos as `Source.videos` does, in their new size; their events come from `batches`."""
        height, width = self._size
        for video in super().videos("width", *needs):
            yield replace(video, width=width, height=height)

    def batches(self, rows_at_once: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows as `Source.batches` does, with transformed points: float64."""
        import pyarrow as pa

        self._require_known(("width",))
        for batch in super().batches(rows_at_once):
            rows = zip(*(batch.column(name).to_pylist() for name in ("video_id", "point_x", "point_y")), strict=True)
            points = np.array([self._point(*row) for row in rows]).reshape(-1, 2)
            for axis, name in enumerate(("point_x", "point_y")):
                place = batch.schema.get_field_index(name)
                batch = batch.set_column(place, name, pa.array(points[:, axis], pa.float64()))
            yield batch

    def picture(self, video_id: str, jpeg: bytes) -> bytes:
        """Return a frame of a video, a JPEG file, in the new size. Raises VideoError if it cannot be decoded."""
        cv2: Any = load_cv2()
        geometry = self._geometry(video_id)
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        if picture is None or picture.shape[1::-1] != geometry.original:
            raise VideoError(
                f"a frame of video {video_id} cannot be decoded, or does not have the size in the warehouse. "
                "Build it again"
            )
        resized = np.zeros((geometry.outer[1], geometry.outer[0], 3), np.uint8)
        geometry.apply(picture, resized)
        return bytes(cv2.imencode(".jpg", resized, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])

    def box(self, box: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of boxes with transformed edges: an edge is between pixels, and 0 is the picture's edge."""
        geometry = self._geometry(box["video_id"])
        corners = np.array([[box["x1"], box["y1"]], [box["x2"], box["y2"]]]) - 0.5
        (x1, y1), (x2, y2) = (np.round(geometry.move(corners) + 0.5, DECIMALS)).tolist()
        return {**box, "x1": x1, "y1": y1, "x2": x2, "y2": y2}

    def _geometry(self, video_id: str) -> Geometry:
        return make_geometry(self._sizes[video_id], self._size, letterbox=self._letterbox, crop=None, is_mirrored=False)

    def _point(self, video_id: str, x: float, y: float) -> tuple[float, float]:
        moved = self._geometry(video_id).move(np.array([x, y], np.float64))
        return round(float(moved[0]), DECIMALS), round(float(moved[1]), DECIMALS)
