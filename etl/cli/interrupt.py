"""Ctrl-C while the engine works."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

__all__ = ["interruptible"]

PAUSE_S = 0.1


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` from another thread on Ctrl-C, and make one KeyboardInterrupt of the error that follows.

    Python's own handler waits until the engine returns, which may take hours. For the main thread alone.
    """
    watched, wakeup = socket.socketpair()
    wakeup.setblocking(False)
    is_over, was_interrupted = Event(), Event()

    def watch() -> None:
        if watched.recv(1):  # the number of a signal; nothing once the other end is closed
            was_interrupted.set()
            while not is_over.wait(PAUSE_S):  # again and again: the first may come just before the engine begins
                stop()

    watcher = Thread(target=watch, daemon=True, name="interrupt")
    watcher.start()
    previous = signal.set_wakeup_fd(wakeup.fileno())
    try:
        try:
            yield
        finally:
            signal.set_wakeup_fd(previous)
            is_over.set()
            wakeup.close()
            watcher.join()
            watched.close()
    except Exception:
        if was_interrupted.is_set():
            raise KeyboardInterrupt from None
        raise
