"""What the tests of `annotate` share: the sample's videos, frames saved as an extraction would, what was drawn."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
from click.testing import CliRunner, Result
from PIL import Image

from etl.cli import command_line
from etl.dataset.sample import sample_videos
from etl.videos.video import Video
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection, select_events

__all__ = [
    "FOUR_EVENTS",
    "TWO_ON_A_FRAME",
    "VIDEOS",
    "events_of",
    "extract",
    "frames_with_events",
    "jpeg",
    "names",
    "red_at",
    "run",
]

VIDEOS = {video.video_id: video for video in sample_videos()}
FOUR_EVENTS = "900008"
TWO_ON_A_FRAME = "900006"


def events_of(warehouse: Warehouse, *videos: str) -> pa.Table:
    return select_events(warehouse, Selection(videos=videos))


def frames_with_events(video_id: str) -> list[int]:
    return sorted({event.frame_number for event in VIDEOS[video_id].events})


def extract(video: Path, folder: Path, numbers: list[int]) -> None:
    folder.mkdir(parents=True)
    with Video(video) as opened:
        for frame in opened.frames(numbers):
            if frame.picture is not None:
                rgb = Image.fromarray(frame.picture[:, :, ::-1].copy())
                rgb.save(folder / f"frame_{frame.number:05d}.jpg", quality=95)


def red_at(path: Path, x: int, y: int) -> bool:
    red, green, blue = np.asarray(Image.open(path).convert("RGB"))[y, x]
    return bool(red > 230 and green < 40 and blue < 40)


def names(folder: Path) -> set[str]:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return files - {"manifest.json"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command_line, ["annotate", *map(str, arguments)])


def jpeg(width: int = 427, height: int = 240) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), (200, 210, 220)).save(content, "JPEG")
    return content.getvalue()
