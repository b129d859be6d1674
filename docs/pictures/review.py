"""Make the pictures of docs/review.md, from the synthetic sample: `python docs/pictures/review.py`.

The loop of that page is gone through: predictions, of which every seventeenth is off on purpose, the sheet of suspects,
ten corrections, and the report on what they changed. Needs Chromium on the PATH, and the extras [report], [sample] and
[test].
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import polars as pl
from playwright.sync_api import Page
from shared import HERE, opened_page

import etl
from etl.dataset.sample import write_sample
from etl.dataset.sample.rendering import write_clips
from etl.review.sheet import write_sheet

COLUMNS = ["action", "agent", "frame_number", "point_x", "point_y"]
FRAMES, PIXELS = 7, 60  # by which a prediction is off, in time or in place


def main() -> None:
    """Go through the loop in a folder that is thrown away, and save its pictures beside this script."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sheet, report = loop(folder)
        with opened_page(1100, 700) as page:
            page.goto(sheet.as_uri())
            photograph(page, "review-suspects.jpg")
            page.goto(f"{report.as_uri()}#differences")
            photograph(page, "review-differences.jpg")


def loop(folder: Path) -> tuple[Path, Path]:
    """Return the sheet of suspects and the report that compares the corrected labels with those before."""
    write_sample(folder / "metadata")
    write_clips(folder / "videos")
    etl.build(folder / "metadata", folder / "warehouse")
    etl.extract(folder / "videos", frames=folder / "frames", warehouse=folder / "warehouse")
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        events = warehouse.query("from events").pl().with_row_index()
    predictions = events.select(
        *("video_id", "action"),
        frame=pl.col("frame_number") + FRAMES * (pl.col("index") % 34 == 5),
        x="point_x",
        y=pl.col("point_y") - PIXELS * (pl.col("index") % 34 == 22),
        score=1 - pl.col("index") / 1000,
    )
    predictions.write_ndjson(folder / "predictions.jsonl")
    found = etl.suspects(
        folder / "warehouse",
        predictions=folder / "predictions.jsonl",
        limit=10,
    )
    write_sheet(folder / "warehouse", found, folder / "suspects", frames=folder / "frames")
    with (folder / "corrections.jsonl").open("w", encoding="utf-8") as file:
        for row in found.events.filter(pl.col("event_index").is_not_null()).to_dicts():
            before = {column: row[column] for column in COLUMNS}
            after = before | {"frame_number": row["frame_number"] + 1}
            what = {"video_id": row["video_id"], "event_index": row["event_index"], "op": "move"}
            file.write(json.dumps(what | {"before": before, "after": after}) + "\n")
    corrected = folder / "corrected"
    etl.apply_corrections(
        "corrections", folder / "corrections.jsonl", folder / "metadata", corrected, warehouse=folder / "warehouse"
    )
    etl.build(corrected, folder / "corrected-warehouse")
    etl.report(folder / "warehouse", folder / "report", compare=folder / "corrected-warehouse")
    return folder / "suspects" / "suspects.html", folder / "report" / "statistics.html"


def photograph(page: Page, name: str) -> None:
    """Save what the page shows now."""
    page.wait_for_timeout(1500)
    page.screenshot(path=HERE / name, type="jpeg", quality=80)


if __name__ == "__main__":
    main()
