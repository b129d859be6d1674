"""A few kills and full disks for some commands; `make soak` has two hundred for each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WRITING = Path(__file__).with_name("writing.py")
KILLED = ("--only", "build", "--only", "export", "--only", "query --output")
FILLED = ("--only", "evaluate", "--only", "export", "--only", "query --output")


@pytest.mark.parametrize("options", [("--kills", "4", *KILLED), ("--disks", *FILLED)])
def test_no_kill_and_no_full_disk_loses_or_halves_what_stood_there(options: tuple[str, ...]):
    done = subprocess.run([sys.executable, WRITING, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" 0 faults") == options.count("--only")
