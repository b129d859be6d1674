"""The command line as a whole: help, exit codes, no tracebacks, what goes where."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from datasets import SMALL, write

import etl

PROJECT = Path(__file__).resolve().parents[2]


def contact_release(*arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "etl", *map(str, arguments)]
    environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "COLUMNS": "100"}
    return subprocess.run(command, cwd=folder or PROJECT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    etl.build(write(folder / "metadata", SMALL), folder / "warehouse")
    return folder / "warehouse"


def test_help_imports_none_of_the_heavy_libraries():
    program = (
        "import sys\nfrom etl.cli import command_line\ncommand_line.main(['--help'], standalone_mode=False)\n"
        "print(sorted({'duckdb', 'pyarrow', 'numpy', 'polars', 'cv2', 'PIL', 'rich', 'msgspec'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_a_command_imports_no_other_command():
    program = (
        "import sys\nfrom etl.cli import command_line\ncommand_line.main(['views', '--help'], standalone_mode=False)\n"
        "print(sorted({f'etl.cli.{name}' for name in command_line.commands} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("['etl.cli.views']\n")


def test_a_command_that_is_misspelt_is_told_which_was_meant():
    done = contact_release("biuld")
    assert done.returncode == 2
    assert "Did you mean 'build'?" in done.stderr


def test_every_command_has_help_with_an_example():
    from etl.cli import command_line

    for name, command in command_line.commands.items():
        done = contact_release(name, "--help")
        assert done.returncode == 0
        assert f"contact-release {name}" in done.stdout, name
        assert command.callback is not None


def test_a_build_prints_what_was_built_on_stdout_and_progress_on_stderr(tmp_path: Path):
    metadata = write(tmp_path / "metadata", SMALL)
    done = contact_release("build", metadata, "--warehouse", tmp_path / "warehouse")
    assert done.returncode == 0
    assert "(4 contact, 2 release)" in done.stdout
    assert "(1 in no split)" in done.stdout
    assert "reading" in done.stderr


def test_a_build_with_faults_exits_1_with_their_places_and_writes_them_all_on_request(tmp_path: Path):
    content = json.loads(json.dumps(SMALL))
    content["video_events_labels.json"]["20"][0]["action"] = "grab"
    metadata = write(tmp_path / "metadata", content)
    done = contact_release("build", metadata, "--warehouse", tmp_path / "w", "--problems", tmp_path / "problems.jsonl")
    assert done.returncode == 1
    assert 'video_events_labels.json /20/0/action: found "grab", expected "contact" or "release"' in done.stderr
    assert not (tmp_path / "w").exists()
    assert json.loads((tmp_path / "problems.jsonl").read_text()) == {
        "file": "video_events_labels.json",
        "location": "/20/0/action",
        "found": '"grab"',
        "expected": '"contact" or "release"',
        "hint": "",
    }


def test_without_annotation_files_the_error_names_fetch_and_the_sample(tmp_path: Path):
    done = contact_release("build", folder=tmp_path)
    assert done.returncode == 1
    assert "contact-release fetch" in done.stderr
    assert "contact-release build --sample" in done.stderr


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
    assert (done.returncode, "leave one of the two out" in done.stderr) == (2, True)


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


def test_a_terminal_that_is_not_in_utf8_gets_escapes(warehouse: Path):
    command = [sys.executable, "-m", "etl", "query", "select 'é' as e", "--warehouse", str(warehouse)]
    environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    assert r"\xe9" in done.stdout


def test_a_link_that_leads_to_itself_is_one_clear_error(warehouse: Path, tmp_path: Path):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for name, status in (("loop.csv", 1), ("loop.csv/answer.csv", 1)):
        done = contact_release("query", "select 1", "--output", tmp_path / name, "--warehouse", warehouse)
        assert (done.returncode, done.stderr.count("\n")) == (status, status)


@pytest.mark.parametrize(
    "arguments",
    [["tables"], ["verify"], ["check"], ["suspects"], ["browse", "--no-open"], ["explain", "1", "1"]],
    ids=" ".join,
)
def test_a_warehouse_that_is_a_link_to_itself_is_one_clear_error(tmp_path: Path, arguments: list[str]):
    (tmp_path / "loop").symlink_to("loop")
    done = contact_release(*arguments, "--warehouse", tmp_path / "loop")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_control_characters_in_an_answer_never_reach_the_terminal(warehouse: Path):
    done = contact_release("query", "select 'a' || chr(27) || '[31mb' as cell", "--warehouse", warehouse)
    assert "\x1b" not in done.stdout
    assert r"a\x1b[31mb" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["query"], 2, "give either the SQL or --file FILE"),
        (["query", "select 1", "--format", "xml"], 2, "xml"),
        (["query", "select 1", "--format", "parquet"], 2, "--output FILE"),
        (["query", "--file", "no-such.sql"], 2, "No such file"),
        (["query", "select nothing from events"], 1, "Candidate bindings"),
        (["query", "select cast('x' as int)"], 1, "Could not convert string"),
        (["query", "select 1", "--param", "x"], 2, "expected NAME=VALUE"),
        (["query", "select $a", "--param", "a=1", "--param", "a=2"], 2, "--param a is given twice: '1' and '2'"),
        (["query", "select 1", "--format", "csv", "--format", "json"], 2, "--format is given twice"),
        (["query", "select 1", "--limit=1", "--limit", "2"], 2, "--limit is given twice"),
        (["export", "csv", "--output", "a", "--output", "b"], 2, "--output is given twice"),
        (["export", "csv", "--output", "a", "--split", "unassigned", "--unassigned", "exclude"], 2, "contradict"),
        (["query", "select 1", "--memory-limit", "lots"], 1, "expected a size such as 500MB"),
        (["query", "select 1", "--output", "no-such-folder/a.csv"], 1, "cannot be written"),
        (["tables", "evnts"], 2, "no table 'evnts'"),
        (["no-such-command"], 2, "No such command"),
        (["build", "--sample", "metadata"], 2, "not both"),
        (["explain", "20", "99999999999"], 2, "is not in the range"),
        (["build", "--sample", "--assume-fps", "nan"], 2, "'nan' is not a finite number"),
        (["build", "--sample", "--assume-fps", "1e-300"], 2, "is not in the range"),
    ],
)
def test_a_wrong_command_is_one_clear_error(warehouse: Path, arguments: list[str], status: int, message: str):
    if arguments[0] in {"query", "tables"}:
        arguments = [*arguments, "--warehouse", str(warehouse)]
    done = contact_release(*arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_tables_lists_rows_and_grain_and_the_columns_of_one(warehouse: Path):
    assert "One row per annotated event." in contact_release("tables", "--warehouse", warehouse).stdout
    assert "frame_number" in contact_release("tables", "events", "--warehouse", warehouse).stdout


def test_verify_exits_1_where_a_file_changed(tmp_path: Path):
    etl.build(write(tmp_path / "metadata", SMALL), tmp_path / "warehouse")
    assert contact_release("verify", "--warehouse", tmp_path / "warehouse").returncode == 0
    (tmp_path / "warehouse" / "events.parquet").resolve().write_bytes(b"")
    done = contact_release("verify", "--warehouse", tmp_path / "warehouse")
    assert done.returncode == 1
    assert "events.parquet: found 0 bytes" in done.stderr


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


def test_the_shell_leaves_every_example_of_a_query_as_it_is():
    examples = [line for line in contact_release("query", "--help").stdout.splitlines() if "--param" in line]
    examples = [line.strip() for line in examples if line.strip().startswith("contact-release")]
    assert examples
    for example in examples:
        echoed = subprocess.run(
            ["bash", "-c", example.replace("contact-release", "echo")], capture_output=True, text=True
        )
        assert echoed.stdout.strip() == " ".join(shlex.split(example)[1:])


def test_the_tab_key_completes_commands_and_formats():
    cases = (("contact-release que", "1", "plain,query"), ("contact-release query --format ", "3", "plain,latex"))
    for words, count, expected in cases:
        environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "COMP_WORDS": words, "COMP_CWORD": count}
        program = "import sys; sys.argv = ['contact-release']; from etl.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment | {"_CONTACT_RELEASE_COMPLETE": "bash_complete"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert expected in done.stdout.splitlines(), done.stderr
