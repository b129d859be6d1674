"""Time every export of the real data, at 1× and 20×: `make benchmark`, or `export.py FORMAT …` for some.

What decoding would find is made up, for no pixel is needed to write the labels. FiftyOne wants frames and is left out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
from build import REAL, multiply
from measure import Measurement, run

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from exports import decode_all  # noqa: E402

from etl.export import FORMATS  # noqa: E402
from etl.pipeline import build  # noqa: E402

COPIES = (1, 20)


def main(names: list[str]) -> None:
    """Print the table."""
    if not REAL.is_dir():
        sys.exit(f"the real annotation files are not at {REAL}")
    with tempfile.TemporaryDirectory() as folder:
        results: dict[str, list[Measurement]] = {name: [] for name in names}
        for copies in COPIES:
            metadata, warehouse = Path(folder) / f"metadata-{copies}", Path(folder) / f"warehouse-{copies}"
            multiply(REAL, metadata, copies)
            build(metadata, warehouse)
            with duckdb.connect(str((warehouse / "interactions.duckdb").resolve())) as database:
                decode_all(database, 427, 240)
            for name in names:
                output = Path(folder) / f"{name}-{copies}"
                command = ["export", name, "--output", str(output), "--warehouse", str(warehouse), "--quiet"]
                results[name].append(run([sys.executable, "-m", "etl", *command]))
    sizes = " | ".join(f"{copies}× s | {copies}× MB" for copies in COPIES)
    print(f"| format | {sizes} | s: ratio |\n|---{'|---' * (2 * len(COPIES) + 1)}|")
    for name, runs in results.items():
        cells = " | ".join(f"{found.seconds:.1f} | {found.megabytes:.0f}" for found in runs)
        print(f"| {name} | {cells} | {runs[-1].seconds / runs[0].seconds:.1f} |")


if __name__ == "__main__":
    main(sys.argv[1:] or [name for name in FORMATS if name != "fiftyone"])
