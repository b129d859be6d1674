"""Disks that get full: a real one, a tmpfs, where the system lets us mount it, else files that may not grow."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["FREE_BYTES", "disk_of", "little_room"]

DISK = "disk"
FREE_BYTES = (40_000, 300_000, 3_000_000)


@contextlib.contextmanager
def disk_of(folder: Path) -> Iterator[bool]:
    """Mount a small disk for the outputs, in `folder/disk/outputs`; tells whether that could be done."""
    disk = folder / DISK
    disk.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], capture_output=True, check=False)
    is_mounted = done.returncode == 0
    (disk / "outputs").mkdir(exist_ok=True)
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", disk], check=True)


@contextlib.contextmanager
def little_room(folder: Path, free: int, *, is_mounted: bool) -> Iterator[Callable[[], None]]:
    """Leave so many bytes on the disk; gives what a process calls that is to have no more, where there is no disk."""
    filler = folder / DISK / "filler"

    def bound() -> None:
        if not is_mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (free, free))

    if is_mounted:
        state = os.statvfs(folder / DISK)
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, state.f_bavail * state.f_frsize - free))
    try:
        yield bound
    finally:
        filler.unlink(missing_ok=True)
