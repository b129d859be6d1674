"""A warehouse is verified file by file: by size, by checksum, and by the path that leads to it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import etl
from etl.errors import WarehouseError
from etl.files import read_file

CONTENT = b"0123456789"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A published build of two files."""
    build = tmp_path / ".builds" / "one"
    build.mkdir(parents=True)
    (tmp_path / ".current").symlink_to(".builds/one")
    for name in ("events.parquet", "interactions.duckdb", "manifest.json"):
        (build / name).write_bytes(CONTENT)
        (tmp_path / name).symlink_to(f".current/{name}")
    tell(tmp_path)
    return tmp_path


def tell(warehouse: Path, **changes: Any) -> None:
    entry = {"file": "events.parquet", "size_bytes": 10, "sha256": hashlib.sha256(CONTENT).hexdigest()} | changes
    manifest = {"tables": {"events": entry}, "database": {**entry, "file": "interactions.duckdb"}}
    (warehouse / "manifest.json").write_text(json.dumps(manifest))


def problems(warehouse: Path) -> list[tuple[str, str, str]]:
    return [(problem.file, problem.found, problem.expected) for problem in etl.verify(warehouse)]


def test_files_that_are_as_the_manifest_says_are_no_problem(warehouse: Path):
    assert problems(warehouse) == []


def test_a_file_of_another_size_and_one_of_another_content_are_told(warehouse: Path):
    (warehouse / "events.parquet").write_bytes(CONTENT + b"1")
    (warehouse / "interactions.duckdb").write_bytes(b"9" + CONTENT[1:])
    other = hashlib.sha256(b"9" + CONTENT[1:]).hexdigest()
    assert problems(warehouse) == [
        ("events.parquet", "11 bytes", "10 bytes"),
        ("interactions.duckdb", f"SHA-256 {other}", hashlib.sha256(CONTENT).hexdigest()),
    ]


def test_a_file_that_is_not_there_is_told(warehouse: Path):
    (warehouse / ".builds" / "one" / "events.parquet").unlink()
    assert problems(warehouse) == [("events.parquet", "No such file or directory", "a file of 10 bytes")]


@pytest.mark.parametrize("name", ["../secret", "events\0.parquet", "\x1b[31mevents.parquet"])
def test_a_name_with_a_folder_or_a_sign_that_no_file_has_is_never_followed(warehouse: Path, name: str):
    tell(warehouse, file=name)
    assert problems(warehouse)[0] == (
        "manifest.json",
        f"the file name {json.dumps(name)}",
        "a printable name without a folder",
    )


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_name_that_no_file_can_have_is_an_error_of_the_system(tmp_path: Path, name: str):
    with pytest.raises(OSError, match="no file can have this name"):
        read_file(tmp_path / name)


def test_a_path_that_leads_elsewhere_is_told(warehouse: Path):
    (warehouse / "events.parquet").unlink()
    (warehouse / "events.parquet").write_bytes(CONTENT)
    [(file, _, _)] = problems(warehouse)
    assert file == "events.parquet"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"tables": {}}', '{"tables": [], "database": {}}'])
def test_a_manifest_that_cannot_be_read_is_one_clear_error(warehouse: Path, content: str):
    (warehouse / "manifest.json").write_text(content)
    with pytest.raises(WarehouseError, match=r"manifest\.json cannot be read: .*contact-release build"):
        etl.verify(warehouse)


def test_where_there_is_no_warehouse_the_error_says_so(tmp_path: Path):
    with pytest.raises(WarehouseError, match="there is no warehouse in"):
        etl.verify(tmp_path)
