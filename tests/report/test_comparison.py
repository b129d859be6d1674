"""Two warehouses side by side."""

from __future__ import annotations

import re

import pytest
from datasets import dataset, event, write
from reporting import statistics, text, totals

import etl
from etl.build import build
from etl.pages.blocks import shown
from etl.report.write import ReportOptions, write_report
from etl.warehouse.selection import Selection


def test_two_warehouses_stand_side_by_side_with_their_differences(sample, tmp_path):
    videos = {"1": [event(), event("release", frame=9)], "2": [event()]}
    build(write(tmp_path / "metadata", dataset(videos)), tmp_path / "predicted")
    with etl.open_warehouse(tmp_path / "predicted") as other:
        summary = write_report(sample, tmp_path / "reports", ReportOptions(other=other))
    events = totals(summary)["events"]
    answers = statistics(summary)["answers"]
    assert answers["compared_totals"]["rows"][0] == ["events", events, 3, 3 - events]
    mix = {tuple(row[:2]): row[2:5] for row in answers["compared_event_mix"]["rows"]}
    here = sample.query("select events from event_mix where action = 'contact' and agent = 'hand-object'").fetchall()
    assert mix["contact", "hand-object"] == [here[0][0], 2, 2 - here[0][0]]
    objects = sample.query(
        "select events from event_mix where action = 'contact' and agent = 'object-object'"
    ).fetchall()
    assert mix["contact", "object-object"] == [objects[0][0], 0, -objects[0][0]]
    assert "events: predicted" in text(summary.page)
    assert "- predicted: annotation files that are neither" in text(summary.markdown)


def test_a_warehouse_that_lacks_what_is_asked_for_is_an_empty_side(sample, tmp_path):
    build(write(tmp_path / "metadata", dataset({"1": [event()]})), tmp_path / "other")
    video = sample.query("select video_id, events from video_overview order by video_id").fetchall()[0]
    with etl.open_warehouse(tmp_path / "other") as other:
        for chosen in (Selection(videos=(video[0],)), Selection(templates=("Tapping a box several times",))):
            summary = write_report(sample, tmp_path / "reports", ReportOptions(chosen, other=other))
            counts = statistics(summary)["answers"]["compared_totals"]["rows"][0]
            assert counts[1] > 0
            assert counts[2:] == [0, -counts[1]]
    assert "Each difference is other − " in text(summary.markdown)
    assert "points |" in text(summary.markdown)


def test_a_warehouse_beside_itself_differs_by_zero_without_a_sign(sample, tmp_path):
    summary = write_report(sample, tmp_path, ReportOptions(other=sample))
    comparison = text(summary.markdown).split("## Comparison")[1].split("## SQL")[0]
    cells = re.findall(r"(?<=\| )-?[\d.]+(?: points)?(?= \|)", comparison)
    assert "0.0 points" in cells
    assert not [cell for cell in cells if cell.startswith("-")]


@pytest.mark.parametrize(
    ("value", "how", "shown_as"),
    [
        (-0.0004, "share", "0.0 %"),
        (-0.001, "number", "0"),
        (-0.0001, "ratio", "0.00"),
        (-0.5, "points", "-50.0 points"),
    ],
)
def test_what_rounds_to_zero_has_no_sign(value, how, shown_as):
    assert shown(value, how) == shown_as
