"""Time what reads an extraction's records: `build --frames`, and the pass that finds every video finished.

The records are made, not decoded: as many as there are annotated videos, with 49 frames each, half a million in all.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import msgspec
from build import REAL
from measure import run

from etl.annotations import read_annotations
from etl.extraction.record import FrameColumns, Record, SourceFile, write_record
from etl.names import frame_file
from etl.videos.decoder import DECODER, decoder_version
from etl.videos.video import VideoFacts

FRAMES = 49
PICTURE = b"\xff" * 17_000
FACTS = {"width": 427, "height": 240, "frame_count": FRAMES, "frame_rate": 12.0, "duration_s": FRAMES / 12}
LAST_FACTS = {"is_variable_rate": False, "codec": "vp9", "declared_frame_count": FRAMES}


def make(folder: Path, video_ids: list[str], *, has_pictures: bool) -> None:
    """Write a source and a record for each video and, as links to a few files, its frames."""
    frames, videos = folder / "frames", folder / "videos"
    videos.mkdir(parents=True)
    frames.mkdir()
    facts = msgspec.convert(FACTS | LAST_FACTS, VideoFacts)
    for number, video_id in enumerate(video_ids):
        source = videos / f"{video_id}.webm"
        source.write_bytes(b"")
        place = frames / video_id
        place.mkdir()
        status = source.stat()
        columns = FrameColumns(
            [frame / 12 for frame in range(FRAMES)],
            [427] * FRAMES,
            [240] * FRAMES,
            [len(PICTURE)] * FRAMES,
            [hashlib.sha256(f"{video_id} {frame}".encode()).hexdigest() for frame in range(FRAMES)],
        )
        made_from = SourceFile(source.name, status.st_size, status.st_mtime_ns)
        record = Record(video_id, None, 95, DECODER, decoder_version(), made_from, facts, columns)
        write_record(place, record)
        if has_pictures:
            picture = folder / f"picture-{number // 1000}"  # a file has a limit of links
            if not picture.exists():
                picture.write_bytes(PICTURE)
            for frame in range(FRAMES):
                os.link(picture, frames / frame_file(video_id, frame))


def main() -> None:
    """Print a line for each command."""
    video_ids = read_annotations(REAL).video_ids
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, video_ids, has_pictures=True)
        shared = ["--warehouse", str(folder / "warehouse"), "--frames", str(folder / "frames"), "--quiet"]
        build = [sys.executable, "-m", "etl", "build", str(REAL), *shared]
        extract = [sys.executable, "-m", "etl", "extract", "--videos", str(folder / "videos"), *shared, "--dry-run"]
        print(f"{len(video_ids):,} videos, {len(video_ids) * FRAMES:,} frames\n")
        print("| what | wall | CPU | memory |\n|---|---|---|---|")
        for what, command in (("build --frames", build), ("extract, everything done", extract)):
            found = run(command)
            print(
                f"| {what} | {found.seconds:.1f} s | {found.cpu_seconds:.1f} s | {found.megabytes:.0f} MB |", flush=True
            )


if __name__ == "__main__":
    main()
