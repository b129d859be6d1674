"""Open pictures to draw on: frames, image files, pictures on the web."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import VideoError
from etl.extraction.frames import packed_frames, read_frame, recorded_frames
from etl.extraction.regular import read_regular
from etl.names import frame_name
from etl.schema import MAX_COORDINATE

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Picture", "decode_picture", "fetch_picture", "is_address", "load_pictures", "open_picture"]

# Pillow opens many more formats, some of them by other programs; frames are in these.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
MAX_PIXELS = 8192 * 8192
MAX_FILE_BYTES = 100_000_000
TIME_LIMIT_S = 30.0

# What EXIF's orientation asks for (Exif 2.32, tag 0x0112).
ORIENTATIONS = {
    2: "mirrored left to right",
    3: "turned by 180 degrees",
    4: "mirrored top to bottom",
    5: "mirrored and turned by 90 degrees",
    6: "turned by 90 degrees clockwise",
    7: "mirrored and turned by 90 degrees",
    8: "turned by 90 degrees counterclockwise",
}
# Modes with more than eight bits a pixel, which Pillow clips at 255 instead of scaling.
DEEP_MODES = re.compile(r"I(;16.*)?|F")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as other viewers show it, with eight bits a channel. `notes` say what was done to it."""

    image: Image
    notes: tuple[str, ...] = ()


def load_pictures(folder: Path, frame_numbers: Collection[int]) -> tuple[dict[int, Image], dict[int, str]]:
    """Return the frames that are in a video's folder or its pack, and what is wrong with damaged ones.

    Both by frame number; a frame that is in neither has no file. A link counts as damaged, because it could lead to any
    picture on this machine. So does a frame that differs from the extraction's record.
    """
    pictures, damaged = {}, {}
    try:
        packed = packed_frames(folder.parent, folder.name, frame_numbers)
        recorded = recorded_frames(folder)
    except VideoError as error:
        return {}, dict.fromkeys(frame_numbers, str(error))
    for number in frame_numbers:
        path = folder / frame_name(number)
        try:
            if number in packed:
                content = packed[number]
            elif recorded is None:
                content = read_regular(folder, path.name, MAX_FILE_BYTES)
            elif number in recorded:
                content = read_frame(folder.parent, recorded[number])
            else:
                continue
            pictures[number] = decode_picture(content, str(path)).image
        except FileNotFoundError:
            continue
        except OSError as error:
            is_link = folder.is_symlink() or path.is_symlink()
            damaged[number] = f"{path} cannot be read: {'it is a link' if is_link else error.strerror}"
        except VideoError as error:
            damaged[number] = str(error)
    return pictures, damaged


def fetch_picture(address: str) -> Picture:
    """Return the picture at an http(s) address. Raises DownloadError or, if it is not a picture, VideoError."""
    from etl.download import download, shown_address

    content = download(address, max_bytes=MAX_FILE_BYTES, time_limit_s=TIME_LIMIT_S)
    name = shown_address(address)
    if re.match(rb"\s*<(!doctype html|html|head|body)\b", content[:1000], re.IGNORECASE):
        raise VideoError(f"{name} is a web page, not a picture. Open it in a browser: it may ask to log in")
    return decode_picture(content, name)


def open_picture(path: Path) -> Picture:
    """Return the picture in a file. Raises VideoError if it cannot be read, or is not a picture of a known format."""
    try:
        if not path.is_file():  # reading a pipe could wait forever
            raise VideoError(f"{path} is not a file")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise VideoError(f"{path}: larger than the {MAX_FILE_BYTES:,} bytes allowed")
        return decode_picture(path.read_bytes(), str(path))
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}") from error


def is_address(source: str) -> bool:
    """Tell whether this names something on the web rather than a file: `scheme://`, with any scheme."""
    return "://" in source


def decode_picture(content: bytes, name: str) -> Picture:
    """Return the picture in a file's content; `name` is for messages. Raises VideoError if it is not one."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb at a size that is checked below, and of odd metadata.
            warnings.simplefilter("ignore")
            picture = PIL.Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_COORDINATE:
                raise VideoError(
                    f"{name} has {picture.width} × {picture.height} pixels, "
                    f"more than {MAX_PIXELS:,} or {MAX_COORDINATE:,} on a side"
                )
            picture.load()
            return _as_shown(picture)
    except PIL.UnidentifiedImageError as error:
        raise VideoError(f"{name} is not a picture of a known format ({', '.join(FORMATS)})") from error
    except PIL.Image.DecompressionBombError as error:
        raise VideoError(f"{name} has more than {MAX_PIXELS:,} pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise VideoError(f"{name} is a damaged picture: {error}") from error


def _as_shown(picture: Image) -> Picture:
    """Turn a picture as its EXIF orientation asks, and scale more than eight bits a pixel to eight."""
    from PIL import ImageOps

    notes = ["only the first of its pictures is shown"] if getattr(picture, "is_animated", False) else []
    if DEEP_MODES.fullmatch(picture.mode):
        picture, note = _in_eight_bits(picture)
        notes.append(note)
    orientation = picture.getexif().get(0x0112)
    if orientation in ORIENTATIONS:
        picture = ImageOps.exif_transpose(picture)
        notes.append(f"{ORIENTATIONS[orientation]}, as its EXIF orientation {orientation} asks")
    return Picture(picture, tuple(notes))


def _in_eight_bits(picture: Image) -> tuple[Image, str]:
    """Return a picture of one deep channel as 8-bit grey, its darkest value black and its brightest white."""
    import numpy as np
    import PIL.Image

    values = np.asarray(picture).astype(np.float64)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    scale = 255 / (high - low) if high > low else 0.0
    grey = np.nan_to_num((values - low) * scale, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255)
    eight = PIL.Image.fromarray(grey.round().astype(np.uint8))
    eight.info.update(picture.info)
    eight.getexif().update(picture.getexif())
    return eight, f"its values from {low:g} to {high:g} are shown as black to white"
