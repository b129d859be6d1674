"""A small warehouse for commands that read."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import SMALL, write

import etl


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    etl.build(write(folder / "metadata", SMALL), folder / "warehouse")
    return folder / "warehouse"
