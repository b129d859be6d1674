"""A likely change is a change of one line: made in a copy of the program, which then builds, checks and answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from datasets import dataset, event, write

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def changed(tmp_path: Path):
    """Copy the program, replace one text in its schema, build a warehouse with it; return what asks the copy."""
    for name in ("etl", "sql"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "etl", *arguments, "--warehouse", "warehouse"]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def change(before: str, after: str, *events: dict[str, object]):
        texts = {file: file.read_text(encoding="utf-8") for file in (tmp_path / "etl" / "schema").glob("*.py")}
        ((file, text),) = ((file, text) for file, text in texts.items() if before in text)
        assert text.count(before) == 1
        file.write_text(text.replace(before, after), encoding="utf-8")
        write(tmp_path / "metadata", dataset({"7": list(events)}))
        run("build", "metadata")
        return run

    return change


def test_a_new_agent_is_one_line(changed):
    run = changed(
        'AGENTS = ("hand-object",', 'AGENTS = ("foot-object", "hand-object",', event(), event(agent="foot-object")
    )
    answer = run("query", "select foot_object_events, hand_object_events from video_overview", "--format", "json")
    assert json.loads(answer) == [{"foot_object_events": 1, "hand_object_events": 1}]
    run("query", "select foot_object_events from split_distribution")
    run("check")
    run("export", "csv", "--agent", "foot-object", "--output", "exported")


def test_a_new_column_of_events_is_one_line(changed):
    column = 'Column("note", "VARCHAR", "A note.", nullable=True)'
    run = changed(
        '        FRAME_NUMBER,\n        Column("point_x"',
        f'        {column},\n        FRAME_NUMBER,\n        Column("point_x"',
        event(),
    )
    assert json.loads(run("query", "select note, point_x from events", "--format", "json")) == [
        {"note": None, "point_x": 10}
    ]
    run("check")
    run("export", "publisher", "--output", "published")
    run("export", "jsonl", "--output", "lines", "--where", "note is null")
    run("query", "from event_timing")
