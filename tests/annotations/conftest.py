"""A small dataset that a test may change."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import SMALL, write


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    """The folder of a small dataset, which a test may change."""
    return write(tmp_path / "metadata", SMALL)
