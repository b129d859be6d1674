"""Nothing that is printed can move a terminal's cursor or hide; what nobody reads stops no work."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from etl.cli.streams import harmless

PROJECT = Path(__file__).resolve().parents[2]
NASTY = "a\x1b[31mb\x9bc\u202ed\u2028e\u200bf\x07"


def on_terminal(*arguments: object) -> str:
    """What the command shows on a terminal, standard output and standard error together."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "etl", *map(str, arguments)], cwd=PROJECT, stdin=theirs, stdout=theirs, stderr=theirs
    ):
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 65536)
            except OSError:
                break
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def test_what_a_terminal_obeys_is_written_out_and_all_else_stays():
    assert harmless(NASTY) == r"a\u001b[31mb\u009bc\u202ed\u2028e\u200bf\u0007"
    assert harmless("\U000e0001") == r"\udb40\udc01"
    kept = "Zoë × 手 \u00a0\u3000\ttab\nline 🙂"
    assert harmless(kept) == kept


@pytest.mark.parametrize("output_format", ["table", "csv", "json", "jsonl", "markdown"])
def test_an_answer_on_a_terminal_is_harmless_in_every_format(sample_warehouse: Path, output_format: str):
    codes = ", ".join(f"chr({ord(character)})" for character in NASTY)
    sql = f"select concat({codes}) as cell"
    shown = on_terminal("query", sql, "--format", output_format, "--warehouse", sample_warehouse)
    assert not set(NASTY) & set(shown) - set("abcdef[31m")
    if output_format == "jsonl":
        assert json.loads(shown)["cell"] == NASTY


def test_data_that_goes_to_a_program_stays_as_it_is(sample_warehouse: Path):
    command = [sys.executable, "-m", "etl", "query", "select chr(27) as cell", "--format", "csv"]
    done = subprocess.run([*command, "--warehouse", sample_warehouse], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout == "cell\n\x1b\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", f"select '{NASTY}'::integer"],
        ["query", f'select 1 as a from "{NASTY}"'],
        ["query", "select 1", "--output", f"/nowhere/{NASTY}/x.csv"],
        ["tables", "--warehouse", NASTY],
        ["export", "csv", "--output", f"/dev/null/{NASTY}"],
        ["evaluate", f"{NASTY}.csv"],
        ["annotate", "--image", f"{NASTY}.jpg", "--video", "900001", "--frame", "1", "--output", "/nowhere"],
        [f"--{NASTY}"],
        [NASTY],
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[:30],
)
def test_messages_are_harmless_wherever_they_quote_from(sample_warehouse: Path, arguments: list[str]):
    given = ["--warehouse", str(sample_warehouse)] if "--warehouse" not in arguments and len(arguments) > 1 else []
    done = subprocess.run(
        [sys.executable, "-m", "etl", *arguments, *given], cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert not set(NASTY) & set(done.stderr) - set("abcdef[31m")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_stop_no_work_and_get_into_no_file(sample_warehouse: Path, tmp_path: Path, closed: str):
    output = tmp_path / "answer.csv"
    query = f"{sys.executable} -m etl query 'select 7 as seven' --output {output} --warehouse {sample_warehouse}"
    assert subprocess.run(["/bin/bash", "-c", f"{query} {closed}"], cwd=PROJECT).returncode == 0
    assert output.read_text() == "seven\n7\n"
    wrong = f"{sys.executable} -m etl query 'select nothing' --warehouse {sample_warehouse}"
    done = subprocess.run(["/bin/bash", "-c", f"{wrong} {closed}"], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_output_that_nobody_reads_does_not_stop_the_work(sample_warehouse: Path, tmp_path: Path):
    sample = f"{sys.executable} -m etl sample {tmp_path}/sample"
    assert subprocess.run(["/bin/bash", "-c", f"set -o pipefail; {sample} 2>&1 | true"], cwd=PROJECT).returncode == 0
    assert len(list((tmp_path / "sample").glob("*.json"))) == 5
    query = f"{sys.executable} -m etl query 'from range(1000000000000)' --format csv --warehouse {sample_warehouse}"
    done = subprocess.run(["/bin/bash", "-c", f"{query} | head -n 2"], cwd=PROJECT, capture_output=True, timeout=60)
    assert (done.stdout, done.stderr) == (b"range\n0\n", b""), "an answer that nobody reads is not computed further"
