"""The command line as a whole: help, exit codes, no tracebacks, what goes where."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from commands import PROJECT, contact_release
from datasets import SMALL, write

import etl


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
