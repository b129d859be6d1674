"""Asking a warehouse: what a query may do, and what a user is told when it may not."""

from __future__ import annotations

import os
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from datasets import SMALL, write

import etl
from etl.errors import QueryError, WarehouseError


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asking")
    etl.build(write(folder / "metadata", SMALL), folder / "warehouse")
    return folder / "warehouse"


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "from read_text('/etc/passwd')",
        "from glob('/*')",
        "from read_parquet('https://example.com/a.parquet')",
        "copy events to '/tmp/copied.csv'",
        "copy (select 1) to '/tmp/copied.parquet'",
        "attach '/tmp/attached.duckdb'",
        "install httpfs",
        "load httpfs",
        "connect 'elsewhere'",
        "update extensions",
        "export database '/tmp/exported'",
        "set enable_external_access = true",
        "reset enable_external_access",
        "pragma memory_limit = '1TB'",
        "create table mine as select 1",
        "delete from events",
        "update events set point_x = 0",
        "drop view event_timing",
        "select 1; drop view event_timing",
        "",
        "-- nothing",
    ],
)
def test_a_query_only_reads_the_warehouse(warehouse: Path, sql: str):
    with etl.open_warehouse(warehouse) as opened:
        with pytest.raises(QueryError) as caught:
            opened.query(sql).fetchall()
        assert "\n" not in str(caught.value)
        assert opened.query("select count(*) from event_timing").fetchall() == [(6,)]


def test_no_python_variable_is_taken_for_a_table(warehouse: Path):
    secret = {"a": [1]}
    with etl.open_warehouse(warehouse) as opened, pytest.raises(QueryError, match="secret does not exist"):
        opened.query("from secret")
    assert secret


@pytest.mark.parametrize(
    ("sql", "suggestion"),
    [("select actoin from events", '"action"'), ("from event", 'Did you mean "events"'), ("slect 1", "syntax error")],
)
def test_a_slip_gets_the_engines_suggestion(warehouse: Path, sql: str, suggestion: str):
    with etl.open_warehouse(warehouse) as opened, pytest.raises(QueryError, match=suggestion):
        opened.query(sql)


@pytest.mark.parametrize(
    "sql",
    ["from read_text('/etc/passwd')", "from sqlite_scan('a', 'b')", "select st_area(1)"],
)
def test_what_is_out_of_reach_is_said_to_be(warehouse: Path, sql: str):
    with etl.open_warehouse(warehouse) as opened, pytest.raises(QueryError) as caught:
        opened.query(sql).fetchall()
    assert str(caught.value).endswith("A query reads only the warehouse: no other file, no network, no extension")
    assert "install" not in str(caught.value).lower()


@pytest.mark.parametrize(
    "sql",
    ["from events limit 1", "describe events", "summarize events", "explain from events", "pivot events on action"],
)
def test_everything_that_reads_is_allowed(warehouse: Path, sql: str):
    with etl.open_warehouse(warehouse) as opened:
        assert opened.query(sql).fetchall()


@pytest.mark.parametrize(
    "sql", ["from events; -- é; it's", "-- which?\nfrom events\n;;\n/* all; */\n", "from events where ';' <> '--'; --"]
)
def test_what_stands_behind_a_query_does_not_matter(warehouse: Path, sql: str):
    with etl.open_warehouse(warehouse) as opened:
        assert len(opened.query(sql).limit(3).fetchall()) == 3


def test_a_query_that_is_no_text_is_one_clear_error(warehouse: Path):
    with etl.open_warehouse(warehouse) as opened, pytest.raises(QueryError, match="UTF-8"):
        opened.query("select '\udcff'")


def test_parameters_are_bound_and_never_spliced(warehouse: Path):
    with etl.open_warehouse(warehouse) as opened:
        sql = "select count(*) from events where video_id = $video"
        assert opened.query(sql, {"video": "20"}).fetchall() == [(2,)]
        assert opened.query(sql, {"video": "' or true --"}).fetchall() == [(0,)]
        assert opened.query("select ?::int + ?::int", [1, 2]).fetchall() == [(3,)]


def test_an_answer_turns_into_polars_pandas_and_arrow(warehouse: Path):
    with etl.open_warehouse(warehouse) as opened:
        answer = opened.query("select video_id, frame_number from events order by all")
        assert answer.pl().rows()[0] == ("100", 0)
        assert answer.df().shape == (6, 2)
        assert answer.arrow().read_all().num_rows == 6


def test_one_warehouse_serves_many_threads(warehouse: Path):
    found: list[int] = []
    with etl.open_warehouse(warehouse) as opened:

        def ask(number: int) -> None:
            for _ in range(20):
                found.append(opened.query("select count(*) + ? from event_timing", [number]).fetchall()[0][0] - number)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [6] * 160


def test_closing_it_ends_what_is_running_in_another_thread(warehouse: Path):
    opened = etl.open_warehouse(warehouse)
    endless = opened.query("select count(*) from range(1000000000000)")
    with ThreadPoolExecutor(1) as pool:
        begin = time.process_time()
        running = pool.submit(endless.fetchall)
        while time.process_time() - begin < 0.1:  # until the engine is at it, however busy the machine is
            time.sleep(0.01)
        try:
            opened.close()
        finally:
            opened.interrupt()
        assert isinstance(running.exception(), duckdb.InterruptException)
    opened.interrupt()  # what is closed runs nothing


def test_it_opens_from_any_working_directory(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with etl.open_warehouse(os.path.relpath(warehouse)) as opened:
        monkeypatch.chdir("/")
        assert opened.query("select count(*) from video_overview").fetchall() == [(3,)]


def test_it_opens_where_nothing_may_be_written(tmp_path: Path):
    etl.build(write(tmp_path / "metadata", SMALL), tmp_path / "warehouse")
    folders = [path for path in (tmp_path / "warehouse").rglob("*") if path.is_dir() and not path.is_symlink()]
    for path in [*(tmp_path / "warehouse").rglob("*"), *folders, tmp_path / "warehouse"]:
        if not path.is_symlink():
            path.chmod(stat.S_IRUSR | (stat.S_IXUSR if path.is_dir() else 0))
    try:
        with etl.open_warehouse(tmp_path / "warehouse") as opened:
            assert opened.query("select count(*) from events").fetchall() == [(6,)]
    finally:
        for path in [tmp_path / "warehouse", *folders]:
            path.chmod(stat.S_IRWXU)


def test_where_there_is_no_warehouse_the_error_says_how_to_build_one(tmp_path: Path):
    with pytest.raises(WarehouseError, match="contact-release build"):
        etl.open_warehouse(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no database", b"\x00" * 8192])
def test_a_damaged_database_is_one_clear_error(tmp_path: Path, content: bytes):
    etl.build(write(tmp_path / "metadata", SMALL), tmp_path / "warehouse")
    (tmp_path / "warehouse" / "interactions.duckdb").resolve().write_bytes(content)
    with pytest.raises(WarehouseError, match="cannot be opened"):
        etl.open_warehouse(tmp_path / "warehouse").query("from events").fetchall()


def test_a_warehouse_of_another_schema_version_says_so(tmp_path: Path):
    etl.build(write(tmp_path / "metadata", SMALL), tmp_path / "warehouse")
    manifest = (tmp_path / "warehouse" / "manifest.json").resolve()
    manifest.write_text(manifest.read_text().replace('"schema_version": ', '"schema_version": 9'))
    with pytest.raises(WarehouseError, match="schema version 9"):
        etl.open_warehouse(tmp_path / "warehouse")


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"a":' * 100_000], ids=lambda content: content[:8])
def test_a_manifest_that_is_none_is_one_clear_error(tmp_path: Path, content: str):
    etl.build(write(tmp_path / "metadata", SMALL), tmp_path / "warehouse")
    (tmp_path / "warehouse" / "manifest.json").resolve().write_text(content)
    with pytest.raises(WarehouseError, match="cannot be opened"):
        etl.open_warehouse(tmp_path / "warehouse")
    with pytest.raises(WarehouseError, match="cannot be read"):
        etl.verify(tmp_path / "warehouse")
