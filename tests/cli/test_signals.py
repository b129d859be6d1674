"""Signals end every command soon, tidily, and with one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from etl import __main__ as beginning
from etl import cli
from etl.cli.signals import Ending, Stopped, ending_on_signals

PROJECT = Path(__file__).resolve().parents[2]

# The engine cannot know without counting; in the second it looks for no interruption.
ENDLESS = "select count(*) from range(1000000000000) as t (i) where hash(i) = 9"
DEAF = "select list_reduce(range(300000000), lambda x, y: x + y)"
WHERE = ["--where", f"({ENDLESS}) < frame_number"]


@contextmanager
def started(*arguments: object, leaves: bool = False) -> Iterator[subprocess.Popen[str]]:
    """The command, once its warehouse is open: its engine has a folder of its own then, of which nothing is left."""
    with tempfile.TemporaryDirectory() as temporary:
        process = subprocess.Popen(
            [sys.executable, "-m", "etl", *map(str, arguments)],
            cwd=PROJECT,
            env={**os.environ, "TMPDIR": temporary},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        while process.poll() is None and not list(Path(temporary).iterdir()):
            time.sleep(0.01)
        time.sleep(0.5)
        yield process
        if leaves:
            command = [sys.executable, "-m", "etl", "tables", *map(str, arguments[-2:])]
            subprocess.run(command, cwd=PROJECT, env={**os.environ, "TMPDIR": temporary}, check=True)
        assert list(Path(temporary).iterdir()) == []


@pytest.mark.parametrize(
    ("number", "arguments"),
    [
        (signal.SIGINT, ["query", ENDLESS]),
        (signal.SIGINT, ["query", ENDLESS, "--format", "csv", "--output", "out"]),
        (signal.SIGINT, ["query", DEAF]),
        (signal.SIGTERM, ["query", DEAF, "--format", "csv", "--output", "out"]),
        (signal.SIGINT, ["export", "csv", *WHERE, "--output", "out"]),
        (signal.SIGTERM, ["export", "csv", *WHERE, "--output", "out"]),
        (signal.SIGHUP, ["export", "csv", *WHERE, "--output", "out"]),
        (signal.SIGINT, ["annotate", *WHERE, "--output", "out"]),
        (signal.SIGINT, ["report", *WHERE, "--output", "out"]),
        (signal.SIGINT, ["evaluate", "predictions.csv", *WHERE, "--output", "out"]),
    ],
    ids=lambda value: " ".join(value)[:15] if isinstance(value, list) else value.name,
)
def test_a_signal_ends_every_command_soon_and_leaves_nothing(
    sample_warehouse: Path, tmp_path: Path, number: signal.Signals, arguments: list[str]
):
    (tmp_path / "predictions.csv").write_text("video_id,action,frame\n900003,contact,5\n")
    placed = [str(tmp_path / name) if name in ("out", "predictions.csv") else name for name in arguments]
    with started(*placed, "--warehouse", sample_warehouse) as process:
        begin = time.monotonic()
        process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
        assert (process.returncode, stderr.splitlines()[-1:]) == (128 + number, ["interrupted"])
        assert time.monotonic() - begin < 20, "the engine would take hours"
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.csv"]


def test_a_second_ctrl_c_ends_at_once_and_the_next_command_clears_away(sample_warehouse: Path):
    with started("query", DEAF, "--warehouse", sample_warehouse, leaves=True) as process:
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 130


def test_a_command_gives_up_when_its_time_is_over(sample_warehouse: Path):
    arguments = ["query", ENDLESS, "--timeout", "2", "--warehouse", str(sample_warehouse)]
    done = subprocess.run([sys.executable, "-m", "etl", *arguments], cwd=PROJECT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "error: not finished within --timeout\n")


def test_a_signal_that_the_caller_ignores_stays_ignored(sample_warehouse: Path):
    query = f"{sys.executable} -m etl query 'from videos' --warehouse {sample_warehouse} --timeout 60"
    code = f"trap '' HUP; {query} > /dev/null & sleep 0.3; kill -HUP $!; wait $!"
    assert subprocess.run(["/bin/sh", "-c", code], cwd=PROJECT).returncode == 0


class PanicException(BaseException):
    """What libraries in Rust make of an exception that they cannot hand on."""


@pytest.mark.parametrize("made", [RuntimeError, PanicException])
def test_ctrl_c_is_no_traceback_whatever_the_engine_makes_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], made: type[BaseException]
):
    def interrupted(**options: object) -> None:
        with suppress(Stopped):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(10)
        raise made("Query interrupted")

    monkeypatch.setattr(cli.command_line, "main", interrupted)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert (stopped.value.code, capsys.readouterr().err) == (130, "interrupted\n")
    assert signal.getsignal(signal.SIGINT) is before


def test_before_and_after_a_command_ctrl_c_ends_the_process_without_a_traceback(monkeypatch: pytest.MonkeyPatch):
    def command_line() -> None:
        with ending_on_signals(Ending()):
            pass
        os.kill(os.getpid(), signal.SIGINT)

    ended: list[int] = []
    monkeypatch.setattr(cli, "main", command_line)
    monkeypatch.setattr(os, "_exit", ended.append)
    try:
        beginning.main()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert ended == [130]


def test_a_signal_that_is_lost_in_a_finalizer_prints_nothing(capsys: pytest.CaptureFixture[str]):
    class Finalized:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0)  # the handler is called here, and what it raises is lost

    ending = Ending()
    with ending_on_signals(ending):
        Finalized()
    assert ending.signal == signal.SIGINT
    assert capsys.readouterr().err == ""
