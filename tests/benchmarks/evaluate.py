"""Time `evaluate` on a million predictions of the real test split, intervals included, beside the plain way.

The plain way is the published protocol written as it reads, one prediction after the other, without intervals.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from measure import run, run_in_turn, slope

import etl
from etl.evaluation.truth import load_truth
from etl.warehouse.selection import Selection

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"
PREDICTIONS = 1_000_000
SIZES = (10_000, 100_000, PREDICTIONS)


def write_predictions(warehouse: Path, folder: Path) -> None:
    """Write a million predictions: each event a few times, a little wrong, and the rest at random."""
    with etl.open_warehouse(warehouse) as opened:
        truth = load_truth(opened, Selection(splits=("test",)))
    rng = np.random.default_rng(0)
    near = truth.events.sample(PREDICTIONS // 20, with_replacement=True, seed=0)
    random = PREDICTIONS - len(near)
    frame = np.concatenate([near["frame_number"] + rng.integers(-6, 7, len(near)), rng.integers(0, 60, random)])
    table = pl.DataFrame(
        {
            "video_id": pl.concat(
                [near["video_id"], truth.videos["video_id"].sample(random, with_replacement=True, seed=0)]
            ),
            "action": np.concatenate([near["action"].to_numpy(), rng.choice(["contact", "release"], random)]),
            "frame": np.maximum(frame, 0),
            "x": np.concatenate([near["point_x"] + rng.normal(0, 20, len(near)), rng.uniform(0, 400, random)]).round(1),
            "y": np.concatenate([near["point_y"] + rng.normal(0, 20, len(near)), rng.uniform(0, 240, random)]).round(1),
            "score": np.concatenate([rng.beta(4, 2, len(near)), rng.beta(2, 4, random)]).round(6),
        }
    ).sample(fraction=1, shuffle=True, seed=0)
    table.write_ndjson(folder / "predictions.jsonl")
    table.write_csv(folder / "predictions.csv")
    table.write_parquet(folder / "predictions.parquet")


def main() -> None:
    """Print the table."""
    if not REAL.is_dir():
        sys.exit(f"the real annotation files are not at {REAL}")
    print(f"{PREDICTIONS:,} predictions of the test split\n")
    print("| format | evaluate, CPU | plain, CPU | ratio | evaluate | plain | evaluate, wall | plain, wall |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warehouse = folder / "warehouse"
        etl.build(REAL, warehouse)
        write_predictions(warehouse, folder)
        script = str(Path(__file__).with_name("plain_evaluate.py"))
        for suffix in ("jsonl", "csv", "parquet"):
            file = str(folder / f"predictions.{suffix}")
            ours = [sys.executable, "-m", "etl", "evaluate", file, "--split", "test", "--warehouse", str(warehouse)]
            theirs = [sys.executable, script, str(folder / "predictions.jsonl"), str(warehouse)]
            a, b = run_in_turn(ours, theirs, 1)
            print(
                f"| {suffix} | {a.cpu_seconds:.1f} s | {b.cpu_seconds:.1f} s | {a.cpu_seconds / b.cpu_seconds:.2f} "
                f"| {a.megabytes:.0f} MB | {b.megabytes:.0f} MB | {a.seconds:.1f} s | {b.seconds:.1f} s |",
                flush=True,
            )
        seconds = []
        for size in SIZES:
            part = folder / f"first-{size}.parquet"
            pl.read_parquet(folder / "predictions.parquet").head(size).write_parquet(part)
            ours = ["evaluate", str(part), "--split", "test", "--warehouse", str(warehouse)]
            seconds.append(run([sys.executable, "-m", "etl", *ours]).cpu_seconds)
        told = ", ".join(f"{size:,}: {found:.1f} s" for size, found in zip(SIZES, seconds, strict=True))
        print(f"\nGrowth of the processor's seconds with the predictions: {told}; slope {slope(SIZES, seconds):.2f}")


if __name__ == "__main__":
    main()
