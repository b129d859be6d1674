"""Frames as a folder and as a pack, without decoding anything."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

import msgspec

from etl.extraction.frames import RecordedFrame

PICTURES = {0: b"\xff\xd8 zero", 2: b"\xff\xd8 two" * 300, 3: b"\xff\xd8" + bytes(510)}


def write_folder(frames: Path, video_id: str = "1", pictures: dict[int, bytes] = PICTURES) -> Path:
    """Write a video's folder as an extraction leaves it, without decoding anything."""
    folder = frames / video_id
    folder.mkdir(parents=True)
    count = max(pictures) + 1
    saved = [pictures.get(number) for number in range(count)]
    record = {
        "video_id": video_id,
        "wanted": sorted(pictures),
        "jpeg_quality": 95,
        "decoder": "OpenCV FFMPEG",
        "decoder_version": "1",
        "source": {"name": f"{video_id}.webm", "size_bytes": 1, "modified_ns": 1},
        "facts": {
            "width": 8,
            "height": 8,
            "frame_count": None,
            "frame_rate": None,
            "duration_s": None,
            "is_variable_rate": None,
            "codec": "vp9",
            "declared_frame_count": None,
        },
        "frames": {
            "time_s": [None] * count,
            "width": [8] * count,
            "height": [8] * count,
            "size_bytes": [content and len(content) for content in saved],
            "sha256": [content and hashlib.sha256(content).hexdigest() for content in saved],
        },
        "problems": [],
        "version": 2,
    }
    (folder / "extraction.json").write_bytes(msgspec.json.encode(record))
    for number, content in pictures.items():
        (folder / f"frame_{number:05d}.jpg").write_bytes(content)
    return folder


def recorded(number: int, offset: int | None = None) -> RecordedFrame:
    """A frame of `PICTURES` as the index has it."""
    content = PICTURES[number]
    return RecordedFrame("1", number, len(content), hashlib.sha256(content).hexdigest(), offset)


def members(pack: Path) -> dict[str, bytes]:
    """The files in a pack, by their names."""
    with tarfile.open(pack) as archive:
        files = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in files.items() if file is not None}
