"""Time every export of the real data, at 1×, 10× and 100×: `make benchmark`, or `export.py FORMAT …` for some.

What decoding would find is made up, for no pixel is needed to write the labels. FiftyOne wants frames and is left out.
A recording of rerun is for looking at some videos, and is written at 1× alone.
"""

from __future__ import annotations

import multiprocessing
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
from build import REAL, multiply
from measure import Measurement, run, slope

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "support")]

from exports import decode_all  # noqa: E402

from etl.build import build  # noqa: E402
from etl.export.write import FORMATS  # noqa: E402

COPIES = (1, 10, 100)


def main(names: list[str]) -> None:
    """Print the table, a line as soon as its format is measured."""
    if not REAL.is_dir():
        sys.exit(f"the real annotation files are not at {REAL}")
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: what this one has held would count as memory of every command that it starts.
        preparing = multiprocessing.get_context("spawn").Process(target=prepare, args=(Path(folder),))
        preparing.start()
        preparing.join()
        sizes = " | ".join(f"{copies}×: CPU s | MB" for copies in COPIES)
        print(f"| format | {sizes} | slope |\n|---{'|---' * (2 * len(COPIES) + 1)}|", flush=True)
        for name in names:
            runs = [timed(name, copies, Path(folder)) for copies in (COPIES[:1] if name == "rerun" else COPIES)]
            cells = [f"{found.cpu_seconds:.1f} | {found.megabytes:.0f}" for found in runs]
            cells += [" | "] * (len(COPIES) - len(runs))
            cells += [f"{slope(COPIES, [found.cpu_seconds for found in runs]):.2f}"] if len(runs) > 1 else [""]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def prepare(folder: Path) -> None:
    """Build the warehouses."""
    for copies in COPIES:
        metadata, warehouse = folder / f"metadata-{copies}", folder / f"warehouse-{copies}"
        multiply(REAL, metadata, copies)
        build(metadata, warehouse)
        with duckdb.connect(str((warehouse / "interactions.duckdb").resolve())) as database:
            database.execute("set enable_progress_bar = false")  # the engine prints it to stdout, into the table
            decode_all(database, 427, 240)


def timed(name: str, copies: int, folder: Path) -> Measurement:
    """Measure the whole command that writes one format, whose files are then removed."""
    output = folder / f"{name}-{copies}"
    options = ["--output", str(output), "--warehouse", str(folder / f"warehouse-{copies}"), "--quiet"]
    found = run([sys.executable, "-m", "etl", "export", name, *options])
    shutil.rmtree(output)
    return found


if __name__ == "__main__":
    main(sys.argv[1:] or [name for name in FORMATS if name != "fiftyone"])
