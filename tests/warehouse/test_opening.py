"""The read side: one warehouse, opened several times."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.build import pipeline
from etl.dataset.sample import sample_folder
from etl.errors import WarehouseError
from etl.warehouse.connection import _spill_folder
from etl.warehouse.open import open_warehouse


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("warehouse")
    pipeline.build_warehouse(sample_folder(), folder)
    return folder


def test_a_warehouse_can_be_opened_twice_and_closing_one_leaves_the_other(folder: Path):
    with open_warehouse(folder) as second:
        with open_warehouse(folder) as first:
            assert first.query("select count(*) from events").fetchall() == [(166,)]
        assert second.query("select count(*) from events").fetchall() == [(166,)]


def test_the_engines_configuration_is_locked_however_often_the_file_is_open(folder: Path):
    with open_warehouse(folder) as first, open_warehouse(folder) as second:
        for warehouse in (first, second):
            assert warehouse._connection.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]


def test_a_sort_that_exceeds_its_memory_spills_and_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("etl.warehouse.connection._spill_folder", lambda: tmp_path / "spill")
    with open_warehouse(folder, memory_limit="60MB") as warehouse:
        rows = warehouse.query("select repeat('x', 50) || range as long from range(1000000) order by hash(range)")
        batches = rows.to_arrow_reader(1000)
        batches.read_next_batch()
        assert (tmp_path / "spill").exists()
        del rows, batches
    assert not (tmp_path / "spill").exists()


def test_another_memory_limit_for_a_warehouse_that_is_open_is_refused_in_one_line(folder: Path):
    with open_warehouse(folder), pytest.raises(WarehouseError, match="different configuration") as caught:
        open_warehouse(folder, memory_limit="100MB")
    assert "\n" not in str(caught.value)


def test_what_exceeds_the_memory_is_read_by_nobody_else():
    assert _spill_folder().stat().st_mode & 0o777 == 0o700
