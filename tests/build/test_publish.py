"""A warehouse is published whole or not at all."""

from __future__ import annotations

import json
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from datasets import dataset, event, write

import etl
from etl.build.publish import publishing
from etl.errors import WarehouseError

PROJECT = Path(__file__).resolve().parents[2]


def metadata_with(folder: Path, videos: int) -> Path:
    return write(folder, dataset({str(i): [event(frame=i % 50)] for i in range(videos)}))


def start_build(metadata: Path, warehouse: Path, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "etl", "build", "--force", str(metadata), "--warehouse", str(warehouse)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload]


def videos_by_every_path(warehouse: Path) -> set[int]:
    """Count the videos as each of the published files tells it."""
    manifest = json.loads((warehouse / "manifest.json").read_text())
    with duckdb.connect(str(warehouse / "interactions.duckdb"), read_only=True) as connection:
        return {
            connection.execute("select count(*) from videos").fetchall()[0][0],
            connection.execute("select count(*) from video_overview").fetchall()[0][0],
            connection.execute("select count(*) from read_parquet(?)", [str(warehouse / "events.parquet")]).fetchall()[
                0
            ][0],
            connection.execute("select count(*) from read_parquet(?)", [str(warehouse / "videos.parquet")]).fetchall()[
                0
            ][0],
            manifest["tables"]["videos"]["rows"],
        }


def test_a_build_killed_at_any_moment_leaves_the_old_warehouse_or_the_new_one(tmp_path: Path):
    small, large = metadata_with(tmp_path / "small", 3), metadata_with(tmp_path / "large", 4000)
    warehouse = tmp_path / "warehouse"
    etl.build(small, warehouse)
    start = time.monotonic()
    start_build(large, tmp_path / "timing").communicate()
    duration = time.monotonic() - start
    dice = random.Random(1)
    for attempt in range(20):
        process = start_build((small, large)[attempt % 2], warehouse)
        # Most of the moments fall into the writing, which is the second half.
        time.sleep(duration * (0.3 + 0.8 * dice.random()))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert videos_by_every_path(warehouse) in ({3}, {4000})
        assert etl.verify(warehouse) == []
    etl.build(large, warehouse)
    assert videos_by_every_path(warehouse) == {4000}
    assert len(list((warehouse / ".builds").iterdir())) == 1, "the next build clears away what killed ones left"


def test_two_builds_at_once_do_not_mix(tmp_path: Path):
    small, large = metadata_with(tmp_path / "small", 3), metadata_with(tmp_path / "large", 2000)
    builds = [start_build(metadata, tmp_path / "warehouse") for metadata in (large, small, large, small)]
    assert [build.wait() for build in builds if build.communicate()] == [0, 0, 0, 0]
    assert videos_by_every_path(tmp_path / "warehouse") in ({3}, {2000})
    assert etl.verify(tmp_path / "warehouse") == []


def test_a_reader_keeps_the_warehouse_that_it_has_open(tmp_path: Path):
    warehouse = tmp_path / "warehouse"
    etl.build(metadata_with(tmp_path / "small", 3), warehouse)
    with etl.open_warehouse(warehouse) as opened:
        etl.build(metadata_with(tmp_path / "large", 1000), warehouse)
        assert opened.query("select count(*) from event_timing").fetchall() == [(3,)]
    with etl.open_warehouse(warehouse) as opened:
        assert opened.query("select count(*) from event_timing").fetchall() == [(1000,)]


def test_readers_that_open_while_builds_are_published_always_find_a_whole_warehouse(tmp_path: Path):
    small, large = metadata_with(tmp_path / "small", 3), metadata_with(tmp_path / "large", 500)
    warehouse = tmp_path / "warehouse"
    etl.build(small, warehouse)
    for metadata in (large, small, large):
        process = start_build(metadata, warehouse)
        while process.poll() is None:
            with etl.open_warehouse(warehouse) as opened:
                rows = opened.query("select (select count(*) from events), (select count(*) from videos)").fetchall()
            assert rows in ([(3, 3)], [(500, 500)])
        process.communicate()
        assert process.returncode == 0


def test_a_full_disk_is_one_clear_error_and_leaves_the_old_warehouse(tmp_path: Path):
    small, large = metadata_with(tmp_path / "small", 3), metadata_with(tmp_path / "large", 4000)
    warehouse = tmp_path / "warehouse"
    etl.build(small, warehouse)

    def limit_file_size() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = start_build(large, warehouse, preexec_fn=limit_file_size)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert b"cannot be written" in errors
    assert b"Traceback" not in errors
    assert videos_by_every_path(warehouse) == {3}
    assert len(list((warehouse / ".builds").iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path):
    with pytest.raises(WarehouseError, match=r"cannot be written: Not a directory.*untouched"):
        etl.build(metadata_with(tmp_path / "small", 3), Path("/dev/null/warehouse"))


def test_a_log_left_beside_the_old_database_does_not_reach_the_new_one(tmp_path: Path):
    warehouse = tmp_path / "warehouse"
    etl.build(metadata_with(tmp_path / "small", 3), warehouse)
    (warehouse / "interactions.duckdb.wal").write_bytes(b"left by a session that was killed")
    etl.build(metadata_with(tmp_path / "large", 5), warehouse)
    assert not (warehouse / "interactions.duckdb.wal").exists()
    assert videos_by_every_path(warehouse) == {5}


@pytest.mark.parametrize("name", [".lock", ".current", ".builds", "events.parquet", "manifest.json"])
def test_a_link_of_somebody_else_in_the_warehouse_is_neither_followed_nor_replaced(tmp_path: Path, name: str):
    warehouse, secret = tmp_path / "warehouse", tmp_path / "secret.txt"
    warehouse.mkdir()
    secret.write_text("mine")
    (warehouse / name).symlink_to(secret)
    with pytest.raises(WarehouseError, match=re.escape(name)), publishing(warehouse) as build:
        for file in ("events.parquet", "manifest.json"):
            (build / file).write_text("new")
    assert (warehouse / name).readlink() == secret
    assert secret.read_text() == "mine"


def test_what_killed_builds_left_is_cleared_away_before_the_next_one_writes_and_nothing_else(tmp_path: Path):
    warehouse = tmp_path / "warehouse"
    for name in ("c" * 32, "d" * 32):
        (warehouse / ".builds" / name).mkdir(parents=True)
    (warehouse / ".current").symlink_to(f".builds/{'c' * 32}")
    half_made, mine = warehouse / f".events.parquet.{'0' * 32}", warehouse / f".notes.{'0' * 32}"
    half_made.symlink_to(".current/events.parquet")
    mine.write_text("mine")
    with publishing(warehouse, on_wait=pytest.fail) as build:
        assert {path.name for path in (warehouse / ".builds").iterdir()} == {"c" * 32, build.name}
        assert not half_made.is_symlink()
        assert list(build.iterdir()) == []
        (build / "events.parquet").write_text("new")
    assert (warehouse / "events.parquet").read_text() == "new"
    assert {path.name for path in (warehouse / ".builds").iterdir()} == {build.name}
    assert mine.read_text() == "mine"


def test_a_build_that_fails_leaves_the_published_one_and_nothing_of_its_own(tmp_path: Path):
    for attempt in ("first", "second"):
        with pytest.raises(KeyError), publishing(tmp_path / "warehouse", on_wait=pytest.fail) as build:
            (build / "events.parquet").write_text(attempt)
            raise KeyError
        assert list((tmp_path / "warehouse" / ".builds").iterdir()) == []
    with publishing(tmp_path / "warehouse", on_wait=pytest.fail) as build:
        (build / "events.parquet").write_text("whole")
    with pytest.raises(KeyError), publishing(tmp_path / "warehouse", on_wait=pytest.fail):
        raise KeyError
    assert (tmp_path / "warehouse" / "events.parquet").read_text() == "whole"


def test_a_build_waits_for_the_one_that_is_writing_and_says_so(tmp_path: Path):
    waiting, done = threading.Event(), []

    def second() -> None:
        with publishing(tmp_path / "warehouse", on_wait=waiting.set) as build:
            done.append("second")
            (build / "events.parquet").write_text("second")

    thread = threading.Thread(target=second)
    with publishing(tmp_path / "warehouse", on_wait=pytest.fail) as build:
        thread.start()
        assert waiting.wait(timeout=60)
        (build / "events.parquet").write_text("first")
        assert done == []
    thread.join(timeout=60)
    assert done == ["second"]
    assert (tmp_path / "warehouse" / "events.parquet").read_text() == "second"


def test_a_file_where_a_stable_path_has_to_be_is_an_error_and_stays(tmp_path: Path):
    (tmp_path / "events.parquet").write_text("mine")
    with (
        pytest.raises(WarehouseError, match=r"events\.parquet is in the way"),
        publishing(tmp_path, pytest.fail) as build,
    ):
        (build / "events.parquet").write_text("new")
    assert (tmp_path / "events.parquet").read_text() == "mine"
    assert list((tmp_path / ".builds").iterdir()) == []


def test_a_warehouse_copied_as_plain_files_opens(tmp_path: Path):
    etl.build(metadata_with(tmp_path / "small", 3), tmp_path / "warehouse")
    (tmp_path / "copy").mkdir()
    for path in (tmp_path / "warehouse").iterdir():
        if not path.name.startswith("."):
            (tmp_path / "copy" / path.name).write_bytes(path.read_bytes())
    assert videos_by_every_path(tmp_path / "copy") == {3}
    assert etl.verify(tmp_path / "copy") == []
