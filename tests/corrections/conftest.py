"""What is corrected: the dataset of `exports.py`, handed out to the three tools, and a copy of the sample."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from exports import exported, hostile_warehouse

from etl.dataset.sample import sample_folder
from etl.warehouse.open import Warehouse


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return hostile_warehouse(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def exports(hostile: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exports")
    return {tool: exported(hostile, tool, folder / tool).folder for tool in ("cvat", "label-studio", "coco")}


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_folder(), tmp_path / "metadata"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in a folder of its own: the warehouse that `make run` leaves in the project is not meant."""
    monkeypatch.chdir(tmp_path)
