"""Read changed files of every kind: nothing but the program's own errors may come of them.

    python tests/fuzz/run.py [--count N] [--seconds S] [--seed N] [--only KIND …]

A file is told again by its seed and number. What is at fault is kept in --keep, if that is given.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # tables of a few rows take longer with more

from fuzz_kinds import kinds_in, prepare
from fuzzing import fuzz

MEMORY_DISK = Path("/dev/shm")  # where files cost nothing, on Linux


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="files of each kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most so long for each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="a kind; may be given several times")
    parser.add_argument("--keep", type=Path, help="folder for the files at fault")
    options = parser.parse_args()
    has_faults = False
    place = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=place) as temporary:
        prepare(Path(temporary))
        for name in kinds_in(Path(temporary)):
            if options.only and name not in options.only:
                continue
            numbers = range(options.first, options.first + options.count)
            told = fuzz(Path(temporary), name, options.seed, numbers, options.seconds)
            print(f"{name}: {told}", flush=True)
            for number, (file, content, words) in told.faults.items():
                print(f"FAULT {name} {number} {file}: {words}", flush=True)
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{name}-{number}-{Path(file).name}").write_bytes(content)
            has_faults |= bool(told.faults)
    sys.exit(has_faults)


if __name__ == "__main__":
    main()
