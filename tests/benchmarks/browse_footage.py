"""Packs of small frames for every video, made without decoding anything."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from pathlib import Path

import msgspec
from PIL import Image, ImageDraw

import etl
from etl.annotations.model import EVENTS_FILE
from etl.extraction.pack_file import write_pack
from etl.extraction.record import FrameColumns, Record
from etl.names import frame_name, pack_file
from etl.videos.video import VideoFacts

SIZE = (427, 240)
LEAST_FRAMES = 24
MOST_FRAMES = 90
RATE = 12.0


def make(folder: Path, metadata: Path) -> None:
    """Write packs of small frames for every video, and the warehouse that has them."""
    frames, warehouse = folder / "frames", folder / "warehouse"
    if warehouse.exists():
        return
    frames.mkdir(parents=True, exist_ok=True)
    pictures = [picture_of(number) for number in range(MOST_FRAMES)]
    hashes = [hashlib.sha256(picture).hexdigest() for picture in pictures]
    labels = json.loads((metadata / EVENTS_FILE).read_text())
    with tempfile.TemporaryDirectory(dir=folder) as name:
        for number, picture in enumerate(pictures):
            Path(name, frame_name(number)).write_bytes(picture)
        for video_id, events in labels.items():
            last = max(int(event["frameNumber"]) for event in events)
            count = min(MOST_FRAMES, max(LEAST_FRAMES, last + 10))
            record = record_of(video_id, [len(one) for one in pictures[:count]], hashes[:count])
            Path(name, "extraction.json").write_bytes(msgspec.json.encode(record))
            if not (frames / pack_file(video_id)).exists():
                write_pack(Path(name), record, frames / pack_file(video_id))
    etl.build(metadata, warehouse=warehouse, frames=frames)


def picture_of(number: int) -> bytes:
    picture = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    drawing = ImageDraw.Draw(picture)
    for disc in range(40):
        x, y = (disc * 37 + number * 5) % SIZE[0], (disc * 23) % SIZE[1]
        drawing.ellipse([x, y, x + 30, y + 30], fill=((disc * 50) % 256, (disc * 90) % 256, number * 2))
    drawing.text((20, 20), str(number), fill="white", font_size=60)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=85)
    return content.getvalue()


def record_of(video_id: str, sizes: list[int], hashes: list[str]) -> Record:
    count = len(sizes)
    facts = {
        "width": SIZE[0],
        "height": SIZE[1],
        "frame_count": count,
        "frame_rate": RATE,
        "duration_s": count / RATE,
        "is_variable_rate": False,
        "codec": "vp9",
        "declared_frame_count": count,
    }
    columns = FrameColumns(
        time_s=[round(number / RATE, 4) for number in range(count)],
        width=[SIZE[0]] * count,
        height=[SIZE[1]] * count,
        size_bytes=list(sizes),
        sha256=list(hashes),
    )
    return Record(video_id, None, 85, "made", "1", facts=msgspec.convert(facts, VideoFacts), frames=columns)
