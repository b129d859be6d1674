"""The DuckDB file of a warehouse is the same whether its empty form was kept or had to be made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.build import build
from etl.names import DATABASE_FILE

CATALOGUE = (
    "select view_name, sql, comment from duckdb_views() where not internal order by all",
    "select table_name, column_name, data_type, comment from duckdb_columns() order by all",
    "select function_name, macro_definition, comment from duckdb_functions() where not internal order by all",
    "from events",
    "from videos",
    "from boxes",
)


def told(warehouse: Path) -> list[list[Any]]:
    with duckdb.connect(str(warehouse / DATABASE_FILE), read_only=True) as database:
        return [database.execute(question).fetchall() for question in CATALOGUE]


def test_a_kept_empty_database_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, files = tmp_path / "cache" / "contact-release", []
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    for name in ("made", "kept"):
        build(warehouse=tmp_path / name, sample=True)
        files += [(path.name, path.stat().st_ino, path.stat().st_mtime_ns) for path in cache.iterdir()]
    assert len(files) == 2
    assert files[0] == files[1], "it was made once more"
    assert told(tmp_path / "made") == told(tmp_path / "kept")
    assert all(told(tmp_path / "kept"))
