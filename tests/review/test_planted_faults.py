"""Suspects find known faults in the real labels; `make suspects-study` has the whole table."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import PLANTED, Annotations, hits, oracle, plant, recall

import etl


@pytest.mark.real_data
def test_planted_faults_are_among_the_first_suspects(real_metadata: Path):
    annotations = Annotations(real_metadata)
    planted = plant(annotations.events)
    warehouse = annotations.warehouse(planted)

    by_labels = hits(etl.suspects(warehouse, limit=PLANTED).events, planted)
    assert by_labels["fault"].count() / PLANTED > 0.35  # by chance it would be 0.02
    assert recall(by_labels, planted)["doubled"] == 1

    predicted = hits(etl.suspects(warehouse, oracle(annotations.events), limit=PLANTED).events, planted)
    assert predicted["fault"].count() / PLANTED > 0.87
