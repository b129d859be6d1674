"""The command `query`: formats, parameters, limits, narrow and odd terminals."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import PROJECT, contact_release


@pytest.mark.parametrize(
    ("output_format", "expected"),
    [
        ("csv", "video_id,n\n3,2\n100,2\n"),
        ("json", '[\n  {"video_id":"3","n":2},\n  {"video_id":"100","n":2}\n]\n'),
        ("jsonl", '{"video_id":"3","n":2}\n{"video_id":"100","n":2}\n'),
        ("markdown", "| video_id | n |\n| --- | --- |\n| 3 | 2 |\n| 100 | 2 |\n"),
    ],
)
def test_an_answer_comes_in_the_format_that_was_asked_for(warehouse: Path, output_format: str, expected: str):
    sql = (
        "select video_id, count(*) as n from events where video_id <> '20' group by video_id order by length(video_id)"
    )
    done = contact_release("query", sql, "--warehouse", warehouse, "--format", output_format)
    assert (done.stdout, done.stderr, done.returncode) == (expected, "", 0)


def test_an_answer_goes_to_a_file_as_parquet(warehouse: Path, tmp_path: Path):
    import polars as pl

    target = tmp_path / "answer.parquet"
    done = contact_release("query", "from events", "--warehouse", warehouse, "--format", "parquet", "--output", target)
    assert done.returncode == 0
    assert pl.read_parquet(target).height == 6
    assert list(tmp_path.iterdir()) == [target]


def test_columns_that_share_a_name_keep_their_values_in_json(warehouse: Path):
    sql = "select 1 as a, 2 as a, 'nan'::double as b"
    done = contact_release("query", sql, "--warehouse", warehouse, "--format", "jsonl")
    assert json.loads(done.stdout) == {"a": 1, "a_1": 2, "b": None}


def test_what_json_has_no_number_for_is_null_at_any_depth(warehouse: Path):
    sql = "select ['nan'::double, '-inf'::double, 1] as a, {'NaN': 'inf'::float} as b, 'x\" NaN, Infinity' as c"
    done = contact_release("query", sql, "--warehouse", warehouse, "--format", "jsonl")
    assert json.loads(done.stdout, parse_constant=pytest.fail) == {
        "a": [None, None, 1],
        "b": {"NaN": None},
        "c": 'x" NaN, Infinity',
    }


def test_a_plan_is_printed_line_by_line(warehouse: Path):
    done = contact_release("query", "explain from events where action = 'contact'", "--warehouse", warehouse)
    assert "│ Filters: action = 'contact'" in done.stdout
    assert "\\n" not in done.stdout
    assert len(done.stdout.splitlines()) > 5


def test_parameters_and_a_limit_reach_the_query(warehouse: Path):
    sql = "select video_id from events where video_id = $video"
    arguments = ["query", sql, "--param", "video=20", "--limit", "1", "--format", "csv", "--warehouse", warehouse]
    assert contact_release(*arguments).stdout == "video_id\n20\n"


def test_a_long_table_ends_with_how_to_get_all_of_it(warehouse: Path):
    done = contact_release("query", "from range(101)", "--warehouse", warehouse)
    assert "for all of them: --format csv" in done.stderr
    assert " 99" in done.stdout
    assert " 100" not in done.stdout


def test_a_seed_for_clips_that_are_named_is_refused(warehouse: Path, tmp_path: Path):
    options = ["--output", tmp_path / "qa", "--clips", "paper", "--seed", "1", "--warehouse", warehouse]
    done = contact_release("export", "lmm-qa", *options)
    assert (done.returncode, "leave out one of the two" in done.stderr) == (2, True)


@pytest.mark.parametrize("width", [40, 60, 61, 70, 80, 100])
def test_no_terminal_is_too_narrow_for_a_word_of_a_table(monkeypatch: pytest.MonkeyPatch, width: int):
    from etl.cli import output
    from etl.views import load_macros, load_views
    from etl.warehouse.checks import load_checks

    monkeypatch.setattr(output, "_width", lambda stream: width)
    for rows in (
        [(view.family, view.name, view.question) for view in [*load_views(), *load_macros()]],
        [(check.name, check.level, 0, check.question) for check in load_checks()],
    ):
        text = io.StringIO()
        output.print_table([f"column_{number}" for number in range(len(rows[0]))], rows, text)
        assert {word for row in rows for cell in row for word in str(cell).split()} <= set(text.getvalue().split())
        if width >= 60:
            assert max(map(len, text.getvalue().splitlines())) <= width


def test_a_wide_table_on_a_narrow_terminal_prints_each_row_as_lines(monkeypatch: pytest.MonkeyPatch):
    from etl.cli.output import print_table

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "40")
    columns = ["a_long_name", "another_long_name", "third_long_name"]
    wide, narrow = Terminal(), Terminal()
    print_table(columns, [[1, "two", None]], wide)
    assert wide.getvalue() == "a_long_name        1\nanother_long_name  two\nthird_long_name    \n\n"
    print_table(["text"], [["word " * 20]], narrow)
    assert max(map(len, narrow.getvalue().splitlines())) <= 40


def test_a_terminal_that_is_not_in_utf8_gets_escapes(warehouse: Path):
    command = [sys.executable, "-m", "etl", "query", "select 'é' as e", "--warehouse", str(warehouse)]
    environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    assert r"\xe9" in done.stdout


def test_control_characters_in_an_answer_never_reach_the_terminal(warehouse: Path):
    done = contact_release("query", "select 'a' || chr(27) || '[31mb' as cell", "--warehouse", warehouse)
    assert "\x1b" not in done.stdout
    assert r"a\x1b[31mb" in done.stdout


def test_a_reader_that_stops_early_is_no_error_to_talk_about(warehouse: Path):
    command = f"{sys.executable} -m etl query 'from range(200000)' --format csv --warehouse {warehouse} | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("limit", "rows", "note"),
    [([], 100, "these are the first 100 rows"), (["--limit", 120], 120, ""), (["--limit", 0], 0, "")],
)
def test_a_table_has_100_rows_unless_a_limit_says_otherwise(warehouse: Path, limit: list[object], rows: int, note: str):
    done = contact_release("query", "from range(200)", *limit, "--warehouse", warehouse)
    assert len([line for line in done.stdout.splitlines() if line.strip().isdigit()]) == rows
    assert note in done.stderr
    assert bool(note) == bool(done.stderr)
