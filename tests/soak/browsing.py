"""Kill `contact-release browse` 200 times between a click and its answer: `make soak`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from browse_kills import kill_between_click_and_answer

import etl

KILLS = 200


def main() -> None:
    """Kill, and print how many decisions were confirmed."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        etl.build(sample=True, warehouse=folder / "warehouse")
        confirmed = kill_between_click_and_answer(folder / "warehouse", folder, kills)
    print(f"{kills} kills, {confirmed:,} decisions confirmed, every one of them on the disk")


if __name__ == "__main__":
    main()
