"""Work on the pictures of one clip with several cores."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from etl.cores import usable_cores

__all__ = ["for_each"]

MOST_THREADS = 4


def for_each(work: Callable[..., None], rows: Sequence[tuple[Any, ...]]) -> None:
    """Call `work` with each row of arguments; raises what it raises.

    The calls run in parallel threads, which pays off if they release the interpreter, as OpenCV's decoder does. One of
    several worker processes makes them in turn, because the other cores belong to the other workers.
    """
    threads = 1 if multiprocessing.parent_process() else min(MOST_THREADS, usable_cores(), len(rows))
    if threads <= 1:
        _in_turn(work, rows)
        return
    shares = [rows[first::threads] for first in range(1, threads)]
    others = [_pool(os.getpid()).submit(_in_turn, work, share) for share in shares]
    try:
        _in_turn(work, rows[::threads])
    finally:
        for other in others:
            other.result()


def _in_turn(work: Callable[..., None], rows: Sequence[tuple[Any, ...]]) -> None:
    for row in rows:
        work(*row)


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """Return this process's threads; after a fork, those of the parent cannot be used."""
    return ThreadPoolExecutor(MOST_THREADS - 1, thread_name_prefix="pictures")
