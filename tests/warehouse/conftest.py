"""The warehouse of the sample, opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.warehouse.open import Warehouse, open_warehouse


@pytest.fixture(scope="module")
def warehouse(sample_warehouse: Path) -> Iterator[Warehouse]:
    with open_warehouse(sample_warehouse) as opened:
        yield opened
