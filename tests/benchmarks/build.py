"""Time the whole `build` beside a plain pandas script, in one run: `make benchmark`.

At 1×, 10× and 100× of the real annotation files, whose video ids are shifted for each further copy.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from measure import run_in_turn, slope

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"
EVENTS = "video_events_labels.json"
SHIFT = 1_000_000
TIMES = {1: 7, 10: 3, 100: 1}


def multiply(source: Path, target: Path, copies: int) -> None:
    """Write `copies` copies of the five files as one dataset, in the same formatting."""
    target.mkdir()
    events = json.loads((source / EVENTS).read_text())
    bodies = {video_id: json.dumps(listed, separators=(",", ":")) for video_id, listed in events.items()}
    with (target / EVENTS).open("w") as file:
        file.write("{")
        for copy in range(copies):
            members = (f'"{_shifted(video_id, copy)}":{body}' for video_id, body in bodies.items())
            file.write(("," if copy else "") + ",".join(members))
        file.write("}")
    for path in source.glob("*.json"):
        if path.name == EVENTS:
            continue
        content = json.loads(path.read_text())
        if isinstance(content, dict):
            content = {template: _all_shifted(ids, copies) for template, ids in content.items()}
        else:
            content = _all_shifted(content, copies)
        (target / path.name).write_text(json.dumps(content, indent=2))


def _shifted(video_id: str, copy: int) -> str:
    return str(int(video_id) + copy * SHIFT)


def _all_shifted(ids: list[str], copies: int) -> list[str]:
    return [_shifted(video_id, copy) for copy in range(copies) for video_id in ids]


def main() -> None:
    """Print the table."""
    if not REAL.is_dir():
        sys.exit(f"the real annotation files are not at {REAL}")
    print(
        "| size | build | pandas | time ratio | build, CPU | pandas, CPU | CPU ratio | build | pandas | memory ratio |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for copies, times in TIMES.items():
            metadata = folder / f"metadata-{copies}"
            multiply(REAL, metadata, copies)
            ours = [sys.executable, "-m", "etl", "build", str(metadata), "--warehouse", str(folder / "warehouse")]
            script = str(Path(__file__).with_name("pandas_build.py"))
            theirs = [sys.executable, script, str(metadata / EVENTS), str(folder / "pandas.parquet")]
            a, b = run_in_turn(ours, theirs, times)
            found.append(a.cpu_seconds)
            print(
                f"| {copies}× | {a.seconds:.2f} s | {b.seconds:.2f} s | {a.seconds / b.seconds:.2f} "
                f"| {a.cpu_seconds:.2f} s | {b.cpu_seconds:.2f} s | {a.cpu_seconds / b.cpu_seconds:.2f} "
                f"| {a.megabytes:.0f} MB | {b.megabytes:.0f} MB | {a.megabytes / b.megabytes:.2f} |",
                flush=True,
            )
    print(f"\nGrowth of the processor's seconds: slope {slope(list(TIMES), found):.2f} (1: as the data grow)")


if __name__ == "__main__":
    main()
