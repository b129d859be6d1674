"""A small warehouse whose videos are extracted: three of 12, 20 and 30 frames, in two sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from clips import write_clip
from extracted import ANNOTATED
from extracting import write_warehouse

import etl


@pytest.fixture(scope="session")
def footage_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `warehouse`, `videos` and `frames`; not to be changed."""
    folder = tmp_path_factory.mktemp("footage")
    (folder / "videos").mkdir()
    write_clip(folder / "videos" / "1.webm", "vp8", frames=12)
    write_clip(folder / "videos" / "2.webm", "vp8", frames=20, size=(320, 240), seed=1)
    write_clip(folder / "videos" / "10.webm", "vp8", frames=30, seed=2)
    write_warehouse(folder, ANNOTATED)
    etl.extract(folder / "videos", frames=folder / "frames", warehouse=folder / "warehouse", jobs=1)
    return folder
