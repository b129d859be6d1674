"""No output takes the place of the warehouse's own files, or of the input."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from commands import contact_release
from datasets import SMALL, write

import etl


def test_an_answer_goes_into_a_pipe_and_never_through_a_link(warehouse: Path, tmp_path: Path):
    (tmp_path / "answer.csv").touch()
    (tmp_path / "link.csv").symlink_to("answer.csv")
    os.mkfifo(tmp_path / "pipe")
    query = ["query", "select 1 as a", "--warehouse", warehouse, "--format", "csv", "--output"]
    done = contact_release(*query, tmp_path / "link.csv")
    assert (done.returncode, "link.csv is a link to answer.csv" in done.stderr) == (1, True)
    assert (tmp_path / "answer.csv").read_text() == ""
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE, text=True) as reader:
        assert contact_release(*query, tmp_path / "pipe").returncode == 0
        assert (tmp_path / "pipe").is_fifo()
        assert reader.communicate(timeout=30)[0] == "a\n1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.csv", "link.csv", "pipe"]


def test_an_answer_never_reaches_the_warehouses_own_files_through_a_link(warehouse: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(warehouse / "events.parquet")
    assert contact_release("query", "select 1", "--output", tmp_path / "link", "--warehouse", warehouse).returncode == 2
    assert etl.verify(warehouse) == []


def test_problems_stay_as_they_were_until_a_build_has_looked_for_them(tmp_path: Path):
    metadata = write(tmp_path / "metadata", SMALL)
    problems, boxes = tmp_path / "problems.jsonl", tmp_path / "boxes.json"
    for file in (problems, boxes):
        file.write_text("mine")
    (tmp_path / "file").touch()
    done = contact_release("build", metadata, "--warehouse", tmp_path / "file" / "w", "--problems", problems)
    assert (done.returncode, problems.read_text()) == (1, "mine")
    done = contact_release("build", metadata, "--warehouse", tmp_path / "w", "--boxes", boxes, "--problems", boxes)
    assert (done.returncode, "lies within the input" in done.stderr, boxes.read_text()) == (1, True, "mine")
    done = contact_release(
        "build", metadata, "--warehouse", tmp_path / "w", "--problems", tmp_path / "none" / "p.jsonl"
    )
    assert (done.returncode, "the problems cannot be written" in done.stderr) == (1, True)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("name", ["events.parquet", ".current/events.parquet"])
def test_an_answer_never_takes_the_place_of_the_warehouses_own_files(warehouse: Path, name: str):
    target = warehouse / name
    done = contact_release("query", "select 1", "--output", target, "--warehouse", warehouse)
    assert done.returncode == 2
    assert etl.verify(warehouse) == []


@pytest.mark.parametrize("name", ["events.parquet", ".current/events.parquet", "problems.jsonl"])
def test_problems_are_never_written_among_the_warehouses_own_files(tmp_path: Path, name: str):
    metadata = write(tmp_path / "metadata", SMALL)
    etl.build(metadata, tmp_path / "warehouse")
    target = tmp_path / "warehouse" / name
    done = contact_release("build", metadata, "--warehouse", tmp_path / "warehouse", "--problems", target)
    assert (done.returncode, "among the warehouse's own files" in done.stderr) == (2, True)
    assert etl.verify(tmp_path / "warehouse") == []


def test_problems_never_take_the_place_of_an_input_file_under_whatever_name(tmp_path: Path):
    metadata = write(tmp_path / "metadata", SMALL)
    original = (metadata / "video_events_labels.json").rename(tmp_path / "original.json")
    (metadata / "video_events_labels.json").symlink_to(original)
    before = original.read_bytes()
    done = contact_release("build", metadata, "--warehouse", tmp_path / "w", "--problems", original)
    assert (done.returncode, "would overwrite an annotation file" in done.stderr) == (2, True)
    assert original.read_bytes() == before


def test_a_link_that_leads_to_itself_is_one_clear_error(warehouse: Path, tmp_path: Path):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for name, status in (("loop.csv", 1), ("loop.csv/answer.csv", 1)):
        done = contact_release("query", "select 1", "--output", tmp_path / name, "--warehouse", warehouse)
        assert (done.returncode, done.stderr.count("\n")) == (status, status)
