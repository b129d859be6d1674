"""Time what reads an extraction's records: `build --frames`, and the pass that finds every video finished.

The records are made, not decoded: as many as there are annotated videos, with 49 frames each, half a million in all;
and 22 times as many, as many videos as Something-Something V2 has, and 10.9 million frames.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from build import REAL, multiply
from measure import Measurement, run, slope

from etl.annotations import read_annotations
from etl.extraction.record import FrameColumns, Record, SourceFile, write_record
from etl.names import frame_file
from etl.videos.decoder import DECODER, decoder_version
from etl.videos.video import VideoFacts

COMMANDS = ("build --frames", "extract, everything done")
COPIES = (1, 22)
VIDEOS = 10_130
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


def prepare(folder: Path, copies: int) -> None:
    """Write the annotation files, videos and frames of so many copies of the dataset."""
    folder.mkdir()
    multiply(REAL, folder / "metadata", copies)
    make(folder, read_annotations(folder / "metadata").video_ids, has_pictures=True)


def timed(folder: Path) -> Iterator[Measurement]:
    """Run the commands; yield what each takes."""
    shared = ["--warehouse", str(folder / "warehouse"), "--frames", str(folder / "frames"), "--quiet"]
    yield run([sys.executable, "-m", "etl", "build", str(folder / "metadata"), *shared])
    yield run([sys.executable, "-m", "etl", "extract", "--videos", str(folder / "videos"), *shared, "--dry-run"])


def main() -> None:
    """Print a line for each command and size, and how they grow."""
    print("| what | videos | wall | CPU | memory |\n|---|---|---|---|---|")
    found: list[list[Measurement]] = []
    with tempfile.TemporaryDirectory() as name:
        for copies in COPIES:
            folder = Path(name) / str(copies)
            # In a process of its own: what this one has held would count as memory of every command that it starts.
            preparing = multiprocessing.get_context("spawn").Process(target=prepare, args=(folder, copies))
            preparing.start()
            preparing.join()
            found.append(list(timed(folder)))
            for what, one in zip(COMMANDS, found[-1], strict=True):
                figures = f"{one.seconds:.1f} s | {one.cpu_seconds:.1f} s | {one.megabytes:.0f} MB"
                print(f"| {what} | {copies * VIDEOS:,} | {figures} |", flush=True)
            shutil.rmtree(folder)
    for what, runs in zip(COMMANDS, zip(*found, strict=True), strict=True):
        print(f"\n{what}: slope {slope(COPIES, [one.cpu_seconds for one in runs]):.2f} (1: as the videos)")


if __name__ == "__main__":
    main()
