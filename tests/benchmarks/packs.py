"""Read every frame of a frames folder through the door: loose files beside packs, cold and warm, in one run.

    python tests/benchmarks/packs.py [--videos N] [--frames N] [--runs N] [--folder DIR] [--only warm|cold]

The frames are noise of the sizes of real ones, and read in the order of the videos. Cold: the page cache is dropped
before, which only root can; otherwise only warm figures are shown. The two are read in turn; medians are reported.
With `--folder` the frames are written there and kept: a further run with it only reads them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from etl.extraction.frames import RecordedFrame, read_frame
from etl.extraction.pack_file import write_pack
from etl.extraction.record import FrameColumns, Record
from etl.extraction.standing import read_standing
from etl.names import video_sort_key
from etl.videos.video import VideoFacts

DROP = Path("/proc/sys/vm/drop_caches")
MEAN_BYTES = 17_000


def write_frames(loose: Path, packed: Path, videos: int, count: int) -> None:
    """Write the same frames as loose files and as packs."""
    rng = random.Random(0)
    packed.mkdir(parents=True)
    for number in range(videos):
        folder = loose / str(number)
        folder.mkdir(parents=True)
        pictures = [rng.randbytes(rng.randrange(MEAN_BYTES // 2, MEAN_BYTES * 3 // 2)) for _ in range(count)]
        columns = FrameColumns(
            time_s=[None] * count,
            width=[427] * count,
            height=[240] * count,
            size_bytes=[len(picture) for picture in pictures],
            sha256=[hashlib.sha256(picture).hexdigest() for picture in pictures],
        )
        facts = facts_of(count)
        record = Record(str(number), None, 95, "noise", "1", facts=facts, frames=columns)
        (folder / "extraction.json").write_bytes(msgspec.json.encode(record))
        for position, picture in enumerate(pictures):
            (folder / f"frame_{position:05d}.jpg").write_bytes(picture)
        write_pack(folder, record, packed / f"{number}.tar")


def facts_of(count: int) -> VideoFacts:
    return msgspec.convert(
        {
            "width": 427,
            "height": 240,
            "frame_count": count,
            "frame_rate": None,
            "duration_s": None,
            "is_variable_rate": None,
            "codec": None,
            "declared_frame_count": None,
        },
        VideoFacts,
    )


def index(frames: Path) -> list[RecordedFrame]:
    """The frames as the frame index has them, in the order of the videos."""
    found = []
    for video_id in sorted({path.stem for path in frames.iterdir()}, key=video_sort_key):
        standing = read_standing(frames, video_id)
        assert standing is not None
        columns = standing.record.frames
        offsets = standing.offsets or [None] * len(columns.size_bytes)
        for position, (size, digest, offset) in enumerate(
            zip(columns.size_bytes, columns.sha256, offsets, strict=True)
        ):
            assert size is not None and digest is not None
            found.append(RecordedFrame(video_id, position, size, digest, offset))
    return found


def read_all(frames: Path, recorded: list[RecordedFrame]) -> float:
    begin = time.perf_counter()
    for frame in recorded:
        read_frame(frames, frame)
    return time.perf_counter() - begin


def drop() -> None:
    os.sync()
    DROP.write_text("1\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos", type=int, default=300)
    parser.add_argument("--frames", type=int, default=43)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=["warm", "cold"])
    options = parser.parse_args()
    temporary = tempfile.TemporaryDirectory(dir=Path.cwd()) if options.folder is None else None
    with temporary or contextlib.nullcontext(options.folder) as name:
        loose, packed = Path(name, "loose"), Path(name, "packed")
        if not loose.exists():
            write_frames(loose, packed, options.videos, options.frames)
        indexes = {frames: index(frames) for frames in (loose, packed)}
        files = {frames: sum(1 for path in frames.rglob("*") if path.is_file()) for frames in (loose, packed)}
        print(
            f"{files[packed]:,} videos, {len(indexes[loose]):,} frames: {files[loose]:,} files, {files[packed]:,} packs"
        )
        if options.only != "cold":
            measure("warm", lambda: None, indexes, options.runs)
        if options.only == "warm":
            return
        try:
            drop()
        except OSError as error:
            sys.exit(f"cold: the page cache cannot be dropped: {error.strerror}")
        measure("cold", drop, indexes, options.runs)


def measure(what: str, prepare: Callable[[], None], indexes: dict[Path, list[RecordedFrame]], runs: int) -> None:
    seconds: dict[Path, list[float]] = {frames: [] for frames in indexes}
    first = 1 if what == "warm" else 0  # which only warms
    for number in range(runs + first):
        for frames, recorded in indexes.items():
            prepare()
            taken = read_all(frames, recorded)
            if number >= first:
                seconds[frames].append(taken)
    loose, packed = (statistics.median(times) for times in seconds.values())
    count = len(next(iter(indexes.values())))
    ratio = f"packs {loose / packed:.2f} × as fast"
    print(f"{what}: loose files {count / loose:,.0f} frames/s, packs {count / packed:,.0f} frames/s; {ratio}")


if __name__ == "__main__":
    main()
