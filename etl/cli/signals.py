"""End a command when a signal asks for it, or its time is over: tidily where that is quick, and in any case soon.

The system calls a handler of Python's only between two steps of the program, which may be far apart while the engine
computes. So a thread waits for signals, too: it makes the engine stop, and where the command has not ended soon after,
it removes what is unfinished and ends the process. A second signal ends it at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from etl.files import remove_unfinished

__all__ = ["Ending", "ending_on_signals", "limit_time"]

# SIGALRM comes when the time of --timeout is over.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
GRACE_S = 0.9  # to tidy up; the whole is to take less than two seconds
PAUSE_S = 0.05
FAILED = 1


class Stopped(BaseException):
    """A signal ends the command. No KeyboardInterrupt, for which the library of commands prints a line of its own."""


class Ending:
    """Which signal, if any, has asked the command to end."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.is_over = threading.Event()

    @property
    def status(self) -> int:
        """The exit status that tells of the signal, as shells have it; 1 for the time that is over."""
        return FAILED if self.signal == signal.SIGALRM else 128 + (self.signal or 0)

    def message(self) -> str:
        """Return what is said of it."""
        return "error: not finished within --timeout" if self.signal == signal.SIGALRM else "interrupted"


@contextmanager
def ending_on_signals(ending: Ending) -> Iterator[None]:
    """End what runs in the block on SIGINT, SIGTERM, SIGHUP and SIGALRM; those that the caller ignores stay ignored.

    What ends it there is `Stopped`, or what the engine and libraries make of it. In another thread than the
    main one, which signals do not reach, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]

    def raise_once(number: int, frame: FrameType | None) -> None:
        if ending.signal is None and not ending.is_over.is_set():
            ending.signal = number
            raise Stopped

    watcher = threading.Thread(target=_watch, args=(theirs, ending), daemon=True, name="signals")
    watcher.start()
    report = sys.unraisablehook

    def report_others(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, Stopped):  # lost in a finalizer: the thread ends the command
            report(unraisable)

    sys.unraisablehook = report_others
    before = {number: signal.signal(number, raise_once) for number in heeded}
    wakeup = signal.set_wakeup_fd(ours.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        ending.is_over.set()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = report
        ours.close()
        watcher.join()
        theirs.close()


def limit_time(context: click.Context, parameter: click.Parameter, seconds: float | None) -> None:
    """Have the command end after so many seconds: the callback of --timeout."""
    if seconds and threading.current_thread() is threading.main_thread():
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _watch(signals: socket.socket, ending: Ending) -> None:
    """Wait for the first signal, and see to it that the command ends: a thread's whole life."""
    first = signals.recv(1)
    if not first:
        return
    number = first[0]
    deadline = time.monotonic() + GRACE_S
    signals.settimeout(PAUSE_S)
    while time.monotonic() < deadline and not ending.is_over.is_set():
        _interrupt_engines()
        with contextlib.suppress(TimeoutError):
            if signals.recv(1):
                _end(number)
            return
    if not ending.is_over.is_set():
        remove_unfinished()
        _end(number)


def _interrupt_engines() -> None:
    opened = sys.modules.get("etl.warehouse.open")  # not imported: then there is none
    if opened is not None:
        with contextlib.suppress(Exception):  # the command goes on meanwhile, and may close what is being stopped
            opened.interrupt_all()


def _end(number: int) -> None:
    ending = Ending()
    ending.signal = number
    with contextlib.suppress(OSError):
        os.write(2, f"{ending.message()}\n".encode())
    os._exit(ending.status)
