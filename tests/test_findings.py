"""What is published about the dataset, tested on its labels: every answer of the page is what the queries say now."""

from __future__ import annotations

from pathlib import Path

import findings
import pytest


@pytest.mark.real_data
def test_every_finding_holds_and_the_page_is_fresh(real_metadata: Path, tmp_path: Path):
    found = findings.answers(real_metadata, tmp_path)
    assert found == [finding.answer for finding in findings.FINDINGS]
    assert findings.PAGE.read_text(encoding="utf-8") == findings.page(found), "stale: python docs/findings.py METADATA"


def test_the_page_has_aggregates_only():
    for finding in findings.FINDINGS:
        is_query = finding.sql and not finding.sql.startswith("#")
        assert not is_query or any(name in finding.sql for name in ("count(*)", "max(", "sum("))
