"""The report on two warehouses lists what differs, event by event, and says so where nothing does."""

from __future__ import annotations

import json
from pathlib import Path

from datasets import dataset, event, write

import etl
from etl.report.write import ReportOptions, write_report
from etl.warehouse.selection import Selection

OLD = {"1": [event(frame=5), event("release", frame=9)], "2": [event(frame=1)], "3": [event(frame=4)]}
NEW = {"1": [event(frame=8), event("release", frame=9), event(frame=30)], "2": [event(frame=1)], "4": [event(frame=4)]}


def reported(tmp_path: Path, old: dict, new: dict, selection: Selection | None = None) -> tuple[str, dict]:
    for name, videos in (("old", old), ("new", new)):
        etl.build(write(tmp_path / f"{name}-metadata", dataset(videos, train=["1"])), tmp_path / name)
    with etl.open_warehouse(tmp_path / "old") as this, etl.open_warehouse(tmp_path / "new") as other:
        made = write_report(this, tmp_path / "report", ReportOptions(selection or Selection(), other=other))
    answers = json.loads(made.statistics.read_bytes())["answers"]
    return made.markdown.read_text(encoding="utf-8"), answers


def test_every_difference_is_counted_and_listed(tmp_path: Path):
    text, answers = reported(tmp_path, OLD, NEW)
    counts = dict(answers["differing_events"]["rows"])
    assert counts == {"added": 2, "removed": 1, "moved": 1, "relabelled": 0, "reordered": 0}
    assert ["train", 1, 0, 1, 0, 0] in answers["differing_events_by_split"]["rows"]
    assert "From old to new" in text
    assert "Videos: 1 added, 1 removed." in text
    listed = answers["differing_events_listed"]
    first = dict(zip(listed["columns"], listed["rows"][0], strict=True))
    assert (first["kind"], first["frames"], first["old_frame_number"], first["new_frame_number"]) == ("moved", 3, 5, 8)


def test_equal_warehouses_have_no_difference(tmp_path: Path):
    text, answers = reported(tmp_path, OLD, OLD)
    assert "There is no difference in any event or video." in text
    assert "differing_events" not in answers


def test_a_selection_that_one_side_lacks_differs_by_what_the_other_has(tmp_path: Path):
    _, answers = reported(tmp_path, OLD, NEW, Selection(videos=("3",)))
    assert dict(answers["differing_events"]["rows"])["removed"] == 1
