"""How long does it take to compare two releases, and how does that grow? `python tests/benchmarks/diff.py [METADATA]`

The annotations are multiplied 1, 10 and 100 times under other ids; of 2 % of the videos one event is moved.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import polars as pl
from build import REAL
from measure import slope

from etl.dataset.diff import compare_releases
from etl.dataset.releases import Release, read_release

SIZES = (1, 10, 100)
SHARE = 50  # of so many videos one differs


def multiplied(release: Release, times: int) -> Release:
    """Return a release of so many copies, each under ids of its own."""
    copies = [
        [frame.with_columns(pl.col("video_id") + f"-{copy}") for frame in (release.events, release.videos)]
        for copy in range(times)
    ]
    events, videos = (pl.concat(frames) for frames in zip(*copies, strict=True))
    return Release(events, videos, release.name)


def moved(release: Release) -> Release:
    """Return the release with the first event of every so many videos three frames later."""
    is_moved = (pl.col("event_index") == 0) & (pl.col("video_id").hash(seed=7) % SHARE == 0)
    return Release(
        release.events.with_columns(pl.col("frame_number") + pl.when(is_moved).then(3).otherwise(0).cast(pl.Int32)),
        release.videos,
        "moved",
    )


def main() -> None:
    """Print the seconds of the processor for each size, and how they grow."""
    release = read_release(Path(sys.argv[1]) if len(sys.argv) > 1 else REAL)
    seconds = []
    for factor in SIZES:
        old = multiplied(release, factor)
        new = moved(old)
        start = time.process_time()
        found = compare_releases(old, new)
        seconds.append(time.process_time() - start)
        print(f"{factor:>5} × {len(release.events):,} events: {seconds[-1]:6.2f} s, {len(found.events):,} differ")
    print(f"slope: {slope(SIZES, seconds):.2f} (1: as the data grow)")


if __name__ == "__main__":
    main()
