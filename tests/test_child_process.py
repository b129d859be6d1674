"""Work shared with processes: the same results in the same order, errors told here, no process left behind."""

from __future__ import annotations

import errno
import os
import subprocess
from subprocess import Popen
from typing import Any

import pytest

from etl import child_process
from etl.child_process import in_processes


def half(number: int) -> tuple[int, float]:
    if number < 0:
        raise ValueError(f"{number} is negative")
    return os.getpid(), number / 2


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Popen[bytes]]:
    processes: list[Popen[bytes]] = []

    def start(*arguments: Any, **options: Any) -> Popen[bytes]:
        processes.append(Popen(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return processes


def test_each_share_but_the_first_has_a_process_of_its_own(started: list[Popen[bytes]]):
    assert in_processes(half, []) == []
    assert in_processes(half, [3]) == [(os.getpid(), 1.5)]
    assert started == []
    results = in_processes(half, [1, 2, 3])
    assert [result for _, result in results] == [0.5, 1.0, 1.5]
    assert [pid for pid, _ in results] == [os.getpid(), *(process.pid for process in started)]
    assert all(process.returncode is not None for process in started)


@pytest.mark.parametrize("numbers", [[-1, 1], [1, -1]])
def test_an_error_is_raised_here_and_ends_all_processes(started: list[Popen[bytes]], numbers: list[int]):
    with pytest.raises(ValueError, match="-1 is negative"):
        in_processes(half, numbers)
    assert [process.returncode is None for process in started] == [False]


def test_a_share_whose_process_breaks_down_is_worked_on_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(child_process, "MODULE", "sys")
    assert in_processes(half, [1, 2]) == [(os.getpid(), 0.5), (os.getpid(), 1.0)]


def test_a_share_whose_process_does_not_start_is_worked_on_here(monkeypatch: pytest.MonkeyPatch):
    def refuse(*arguments: Any, **options: Any) -> Popen[bytes]:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert in_processes(half, [1, 2]) == [(os.getpid(), 0.5), (os.getpid(), 1.0)]
