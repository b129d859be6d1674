"""The manifest of a warehouse: its bytes, and what is read of one, whole or damaged, of this version or another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.errors import WarehouseError
from etl.manifest import (
    Beginning,
    CompanionFacts,
    ListedFile,
    Manifest,
    TableFile,
    read_manifest,
    read_standing_manifest,
)
from etl.schema import SCHEMA_VERSION

FILE = ListedFile("a.json", 7, "0" * 64)
LISTED = {"file": "a.json", "size_bytes": 7, "sha256": "0" * 64}
TABLE = {"rows": 3, "file": "events.parquet", "size_bytes": 9, "sha256": "1" * 64}
LEAST = Manifest(
    SCHEMA_VERSION,
    {"duckdb": "2.0.1"},
    (FILE,),
    None,
    {"events": TableFile(3, "events.parquet", 9, "1" * 64)},
    ListedFile("w.duckdb", 1, "2" * 64),
)
LEAST_TOLD: dict[str, Any] = {
    "schema_version": SCHEMA_VERSION,
    "software": {"duckdb": "2.0.1"},
    "inputs": [LISTED],
    "inputs_modified": None,
    "tables": {"events": TABLE},
    "database": {"file": "w.duckdb", "size_bytes": 1, "sha256": "2" * 64},
}
MOST = Manifest(
    SCHEMA_VERSION,
    {"duckdb": "2.0.1"},
    (FILE,),
    "2026-01-02",
    LEAST.tables,
    LEAST.database,
    assumed_frame_rate=12.0,
    origin=Beginning((FILE,), 4),
    companions={"ssv2": CompanionFacts((FILE,), {"name": "MIT"}), "boxes": CompanionFacts((), {"of": "é"}, 0, 2)},
)
MOST_TOLD = LEAST_TOLD | {
    "inputs_modified": "2026-01-02",
    "assumed_frame_rate": 12.0,
    "origin": {"inputs": [LISTED], "corrections": 4},
    "companions": {
        "ssv2": {"inputs": [LISTED], "licence": {"name": "MIT"}},
        "boxes": {"inputs": [], "licence": {"of": "é"}, "videos": 0, "videos_left_out": 2},
    },
}


@pytest.mark.parametrize(("manifest", "told"), [(LEAST, LEAST_TOLD), (MOST, MOST_TOLD)])
def test_the_file_has_the_fields_in_their_order_and_none_that_says_nothing(
    tmp_path: Path, manifest: Manifest, told: dict[str, Any]
):
    assert manifest.to_json() == (json.dumps(told, indent=2) + "\n").encode()
    (tmp_path / "manifest.json").write_bytes(manifest.to_json())
    assert read_manifest(tmp_path, tmp_path) == manifest


def test_all_began_with_the_files_before_the_corrections_where_there_are_some():
    assert LEAST.beginning == Beginning((FILE,), 0)
    assert MOST.beginning == Beginning((FILE,), 4)
    assert MOST.beginning.checksums == {"a.json": "0" * 64}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema_version": 2}', "[" * 100_000])
def test_what_is_no_manifest_is_refused_and_nothing_stands_there(tmp_path: Path, content: str):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises((ValueError, RecursionError)):
        read_manifest(tmp_path, tmp_path)
    assert read_standing_manifest(tmp_path) is None


def test_a_manifest_of_another_version_tells_what_stands_there_and_no_more(tmp_path: Path):
    (tmp_path / "manifest.json").write_text(json.dumps(MOST_TOLD | {"schema_version": 1, "database": "none"}))
    with pytest.raises(WarehouseError, match=f"schema version 1, expected {SCHEMA_VERSION}"):
        read_manifest(tmp_path, tmp_path)
    standing = read_standing_manifest(tmp_path)
    assert standing is not None
    assert (standing.tables["events"].rows, standing.beginning.corrections, [*standing.companions]) == (
        3,
        4,
        ["ssv2", "boxes"],
    )
    assert read_standing_manifest(tmp_path / "nowhere") is None
