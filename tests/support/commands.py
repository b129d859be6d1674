"""How tests run `contact-release`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Command = Callable[..., tuple[int, str, str]]  # the fixture `contact_release`, which runs it in this process
PROJECT = Path(__file__).resolve().parents[2]


def contact_release(*arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `contact-release` in a process of its own and wait for it."""
    command = [sys.executable, "-m", "etl", *map(str, arguments)]
    environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "COLUMNS": "100"}
    return subprocess.run(command, cwd=folder or PROJECT, env=environment, capture_output=True, text=True, timeout=120)
