"""A query is one statement that reads; whatever writes, runs text or tells of the machine is refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import etl
from etl.errors import QueryError
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection, select_events


@pytest.fixture(scope="module")
def warehouse(sample_warehouse: Path) -> Warehouse:
    return open_warehouse(sample_warehouse)


@pytest.mark.parametrize(
    "sql",
    [
        "explain analyze create table x (a int)",
        "explain create table x (a int)",
        "EXPLAIN (analyze, format json) /* é */ create temp table x (a int)",
        "/* é */ explain analyze checkpoint",
        "explain analyze from checkpoint()",
        "from checkpoint()",
        'select * from "checkpoint" /* c */ ()',
        "from force_checkpoint('x')",
        "select current_setting('temp_directory')",
        "select 'x'.current_setting()",
        "from duckdb_settings()",
        "from pg_catalog.pg_settings",
        "from duckdb_extensions()",
        "from duckdb_databases()",
        "from duckdb_temporary_files()",
        "from query('select current_setting(''home_directory'')')",
        "from json_execute_serialized_sql(json_serialize_sql('select 1'))",
        "from enable_logging()",
        "from pragma_database_list",
        "from 'pragma_database_list'",
        "summarize 'PG_Settings'",
        "from query_table('duckdb_databases')",
        "from duckdb_extension_repositories()",
        "from destroy_external_resource('duckdb_settings', null)",
    ],
)
def test_more_than_reading_is_refused(warehouse: Warehouse, sql: str):
    with pytest.raises(QueryError, match="but a query only reads"):
        warehouse.query(sql)


def test_no_view_and_no_function_of_the_engine_tells_where_the_files_lie(warehouse: Warehouse):
    views = warehouse.query("select view_name from duckdb_views() where internal and schema_name <> 'pg_catalog'")
    functions = warehouse.query(
        "select distinct function_name from duckdb_functions() where function_type = 'table' and parameters = []"
    )
    asked = [name for (name,) in views.fetchall()] + [f"{name}()" for (name,) in functions.fetchall()]
    told = {}
    for name in asked:
        try:
            told[name] = str(warehouse.query(f"from {name}").fetchall())
        except (QueryError, duckdb.Error) as error:
            told[name] = str(error)
    assert len(told) > 40
    assert [name for name, text in told.items() if str(warehouse.path.parent) in text or str(Path.home()) in text] == []


def test_memory_that_is_not_enough_is_not_blamed_on_the_condition(tmp_path: Path):
    # A warehouse of its own: one that is open elsewhere in this process keeps the limit that it was opened with.
    etl.build(sample=True, warehouse=tmp_path / "warehouse")
    with open_warehouse(tmp_path / "warehouse", memory_limit="20MB") as small:
        many = Selection(where="(select count(distinct hash(i)) from range(10000000) t(i)) > frame_number")
        with pytest.raises(QueryError, match=r"^the engine's memory limit is too low"):
            select_events(small, many)


@pytest.mark.parametrize(
    "sql",
    [
        "explain select 'checkpoint()' as \"query\"",
        "explain (select 1)",
        "explain (format json) select 1",
        "explain analyze with a as (select 1) from a",
        "explain (analyze) from videos",
        "select 1 as checkpoint, 2 as query -- current_setting('x')",
        "pivot events on action using count(*)",
        "select 'é', \"video_id\" from videos",
    ],
)
def test_what_reads_is_answered(warehouse: Warehouse, sql: str):
    assert warehouse.query(sql).fetchall()
