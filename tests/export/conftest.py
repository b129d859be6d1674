"""What the formats are tried on: the dataset of `exports.py`, and frames of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import hostile_warehouse, write_frames

from etl.warehouse.open import Warehouse


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return hostile_warehouse(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def frames(hostile: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_frames(hostile, tmp_path_factory.mktemp("frames"))
