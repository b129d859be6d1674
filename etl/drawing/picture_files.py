"""Get pictures to draw on: from extracted frames, from an image file, from the web."""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import VideoError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["fetch_picture", "is_address", "load_pictures", "open_picture"]

# Pillow opens many more formats, some with the help of other programs; frames come in these.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
MAX_PIXELS = 8192 * 8192
MAX_FILE_BYTES = 100_000_000
TIME_LIMIT_S = 30.0


def load_pictures(folder: Path, frame_numbers: Collection[int]) -> tuple[dict[int, Image], dict[int, str]]:
    """Return those of the frames that were extracted into a video's folder, and what is wrong with the damaged ones.

    Both by frame number; a frame that is in neither has no file.
    """
    pictures, damaged = {}, {}
    for number in frame_numbers:
        path = folder / f"frame_{number:05d}.jpg"
        if path.is_file():
            try:
                pictures[number] = open_picture(path)
            except VideoError as error:
                damaged[number] = str(error)
    return pictures, damaged


def fetch_picture(address: str) -> Image:
    """Return the picture at an http(s) address. Raises DownloadError or, where it is no picture, VideoError."""
    from etl.download import download

    return _decode(download(address, max_bytes=MAX_FILE_BYTES, time_limit_s=TIME_LIMIT_S), address)


def open_picture(path: Path) -> Image:
    """Return the picture in a file. Raises VideoError where it cannot be read, or is no picture of a usual format."""
    try:
        if not path.is_file():  # a pipe would keep us waiting
            raise VideoError(f"{path} is no file")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise VideoError(f"{path}: larger than the {MAX_FILE_BYTES:,} bytes allowed")
        return _decode(path.read_bytes(), str(path))
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}") from error


def is_address(source: str) -> bool:
    """Whether this names something on the web rather than a file: `scheme://`, of whatever scheme."""
    return "://" in source


def _decode(content: bytes, name: str) -> Image:
    import PIL.Image

    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb at a size that is checked below, and of odd metadata.
            warnings.simplefilter("ignore")
            picture = PIL.Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise VideoError(f"{name} has {picture.width} × {picture.height} pixels, more than {MAX_PIXELS:,}")
            picture.load()
    except PIL.UnidentifiedImageError as error:
        raise VideoError(f"{name} is no picture of a known format ({', '.join(FORMATS)})") from error
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise VideoError(f"{name} is a damaged picture: {error}") from error
    return picture
