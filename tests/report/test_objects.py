"""The report's section on objects: there where the videos have labels or boxes, with their licence, and only there."""

from __future__ import annotations

import json
from pathlib import Path

import etl
from etl.report.objects import object_questions, objects_section
from etl.warehouse.open import open_warehouse


def test_the_section_tells_the_views_numbers_and_the_licences(sample_with_objects: Path, tmp_path: Path):
    made = etl.report(sample_with_objects, tmp_path / "reports", selection=etl.Selection(splits=("test",)))
    page = made.markdown.read_text(encoding="utf-8")
    assert "## Objects" in page
    assert "MIT" in page  # the sample's own files, known by their checksums
    assert "Something-Something V2, for research only" not in page
    answers = json.loads(made.statistics.read_text(encoding="utf-8"))["answers"]
    rows = [
        dict(zip(answers["split_overlap"]["columns"], row, strict=True)) for row in answers["split_overlap"]["rows"]
    ]
    with open_warehouse(sample_with_objects) as opened:
        expected = opened.query("select ssv2_split, videos from split_overlap where split = 'test'").fetchall()
    assert [(row["ssv2_split"], row["videos"]) for row in rows] == expected  # of the selected part alone


def test_without_labels_and_boxes_there_is_no_section(sample_warehouse: Path):
    with open_warehouse(sample_warehouse) as opened:
        assert object_questions(opened) == ()
    assert objects_section({}, {}) is None
