"""The sample's warehouse and clips, for all tests of drawing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.build import pipeline
from etl.dataset.sample import sample_folder
from etl.dataset.sample.rendering import write_clips
from etl.warehouse.open import Warehouse, open_warehouse


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's warehouse and clips."""
    folder = tmp_path_factory.mktemp("annotate")
    pipeline.build_warehouse(sample_folder(), folder / "warehouse")
    write_clips(folder / "videos")
    return folder


@pytest.fixture
def warehouse(folder: Path) -> Iterator[Warehouse]:
    with open_warehouse(folder / "warehouse") as opened:
        yield opened
