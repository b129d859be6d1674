"""The views without this package: in the DuckDB shell, over the database file and over the Parquet files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from etl.cli import command_line
from etl.views import OLDEST_DUCKDB, load_macros, load_views, script
from etl.warehouse.open import open_warehouse

SHELL = Path(sys.executable).parent / "duckdb"
COUNTS = "".join(
    f"select '{view.name}', count(*) from ({view.example or f'from {view.name}'});\n"
    for view in [*load_views(), *load_macros()]
)


@pytest.fixture(scope="module")
def expected(sample_warehouse):
    with open_warehouse(sample_warehouse) as opened:
        rows = [opened.query(question).fetchall()[0] for question in COUNTS.splitlines()]
    return "".join(f"{name}|{count}\n" for name, count in rows)


def shell(*arguments, text=""):
    done = subprocess.run(
        [str(SHELL), "-list", "-noheader", *arguments], input=text, capture_output=True, text=True, cwd="/", check=True
    )
    return done.stdout


def test_the_shell_answers_everything_from_the_database_file(sample_warehouse, expected):
    assert shell("-readonly", str(sample_warehouse / "interactions.duckdb"), text=COUNTS) == expected


def test_the_shell_answers_everything_from_the_parquet_files_after_the_script(sample_warehouse, expected):
    assert shell(text=script(sample_warehouse) + COUNTS) == expected


ENGINE = """
import json, sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
questions = sys.stdin.read().splitlines()
print(json.dumps([duckdb.__version__, [list(connection.execute(question).fetchone()) for question in questions]]))
"""


def test_the_oldest_engine_that_is_named_answers_everything(sample_warehouse, expected, project):
    """`make test` installs that engine beside the environment; each page that names it names the same."""
    installed = Path(sys.prefix) / "oldest-duckdb"
    if not installed.is_dir():
        pytest.skip(f"DuckDB {OLDEST_DUCKDB} is not in {installed}")
    done = subprocess.run(
        [sys.executable, "-c", ENGINE, str(sample_warehouse / "interactions.duckdb")],
        input=COUNTS,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    version, counts = json.loads(done.stdout)
    assert version == OLDEST_DUCKDB
    assert "".join(f"{name}|{count}\n" for name, count in counts) == expected
    for page in ("README.md", "sql/README.md", "Makefile"):
        assert OLDEST_DUCKDB in (project / page).read_text(encoding="utf-8"), page


def test_the_shell_shows_the_descriptions(sample_warehouse):
    question = "select comment from duckdb_columns() where table_name = 'event_timing' and column_name = 'event_rank';"
    described = "Position in time among the events of the video, from 1.\n"
    assert shell("-readonly", str(sample_warehouse / "interactions.duckdb"), text=question) == described
    assert shell(text=script(sample_warehouse) + question) == described


def test_the_script_serves_a_folder_with_quotes_and_blanks_in_its_name(sample_warehouse, tmp_path):
    folder = tmp_path / "it's a warehouse; drop table events"
    folder.symlink_to(sample_warehouse, target_is_directory=True)
    result = CliRunner().invoke(command_line, ["views", "--script", "--warehouse", str(folder)])
    assert result.exit_code == 0
    assert shell(text=result.output + "select count(*) from video_labels;") == "60\n"
