"""The schema is declared once: Parquet, the DuckDB catalogue and the dictionary say the same, in both directions."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import SMALL, write

import etl
from etl.schema import EVENTS, TABLES, Table, column_comment
from etl.views import load_views

ARROW_TYPES = {"VARCHAR": "string", "INTEGER": "int32", "BIGINT": "int64", "DOUBLE": "double", "BOOLEAN": "bool"}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schema")
    etl.build(write(folder / "metadata", SMALL), folder / "warehouse")
    return folder / "warehouse"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_parquet_has_the_declared_columns_types_and_descriptions(warehouse: Path, table: Table):
    schema: pa.Schema = pq.read_schema(warehouse / f"{table.name}.parquet")
    assert [(f.name, str(f.type), f.nullable) for f in schema] == [
        (column.name, ARROW_TYPES[column.type], column.nullable) for column in table.columns
    ]
    for field, column in zip(schema, table.columns, strict=True):
        assert field.metadata[b"description"].decode() == column.description
        assert field.metadata.get(b"unit", b"").decode() == column.unit
        assert field.metadata.get(b"allowed", b"").decode() == ", ".join(column.allowed)
    assert schema.metadata[b"key"].decode() == ", ".join(table.key)


def test_the_folder_holds_the_declared_tables_and_nothing_else(warehouse: Path):
    assert sorted(path.stem for path in warehouse.glob("*.parquet")) == sorted(table.name for table in TABLES)


def test_the_catalogue_has_the_declared_tables_columns_and_comments(warehouse: Path):
    with etl.open_warehouse(warehouse) as opened:
        tables = dict(
            opened.query(
                "select table_name, comment from duckdb_tables() where schema_name = 'main' "
                "union all select view_name, comment from duckdb_views() where view_name = 'events'"
            ).fetchall()
        )
        columns = opened.query(
            "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() "
            "where schema_name = 'main' and not internal order by column_index"
        ).fetchall()
    assert set(tables) == {table.name for table in TABLES}
    for table in TABLES:
        assert tables[table.name].startswith(table.grain)
        assert [row[1:] for row in columns if row[0] == table.name] == [
            (column.name, column.type, column.nullable or table is EVENTS, column_comment(column))
            for column in table.columns
        ]


def test_the_catalogue_has_every_view_of_the_folder_and_no_other(warehouse: Path):
    with etl.open_warehouse(warehouse) as opened:
        found = opened.query("select view_name from duckdb_views() where not internal").fetchall()
    assert {name for (name,) in found} == {view.name for view in load_views()} | {"events"}


def test_the_dictionary_has_the_declared_columns_and_no_other(project: Path):
    text = (project / "warehouse" / "README.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL))
    assert {
        name: re.findall(r"^\| `(\w+)` \| (\w+) \|", body, flags=re.MULTILINE) for name, body in sections.items()
    } == {table.name: [(column.name, column.type) for column in table.columns] for table in TABLES}
