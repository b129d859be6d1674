"""A process that extracts videos, one at a time, and can be killed when a video makes the decoder hang or crash.

Native code that does not return cannot be stopped in any other way.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from etl.child_process import start_child
from etl.errors import VideoError
from etl.extraction.child import GRACE_S
from etl.extraction.folders import StorageError
from etl.extraction.one_video import Job, failed_record
from etl.extraction.record import Record

__all__ = ["DecodingProcess", "StoppedError"]


class StoppedError(Exception):
    """The process was stopped on purpose, perhaps in the middle of a video: nothing is to be recorded."""


class DecodingProcess:
    """One child process, started when it is first needed or before, and again after it has died.

    For use by one thread; only `stop` may be called from another.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._is_ready = False
        self._is_stopped = False
        self._lock = threading.Lock()

    def start(self) -> Connection:
        """Start the process and return the connection to it, without waiting until it is ready: that takes a while."""
        connection, theirs = Pipe()
        with theirs, self._lock:
            if self._is_stopped:
                raise StoppedError
            self._process = start_child("etl.extraction.child", theirs)
        self._connection, self._is_ready = connection, False
        return connection

    def extract(self, job: Job, folder: Path) -> Record:
        """Have the process extract a video into `folder`; return the record, not yet written.

        If a video takes longer than its limit or crashes the decoder, the process ends and the record is a failed one.
        Raises StorageError if a file cannot be written, StoppedError after `stop`.
        """
        connection = self._ready()
        try:
            connection.send((job, folder))
            if not connection.poll(job.time_limit_s):
                self._end(grace_s=0)
                detail = f"{job.source} took longer than the time limit of {job.time_limit_s:g} s"
                return failed_record(job, "time_limit", detail)
            reply: Record | StorageError = connection.recv()
        except (EOFError, OSError):
            status = self._end()
            if self._is_stopped:
                raise StoppedError from None
            return failed_record(job, "crash", f"{job.source} crashed the decoder (exit status {status})")
        if isinstance(reply, StorageError):
            raise reply
        return reply

    def stop(self) -> None:
        """End the process for good, at once."""
        with self._lock:
            self._is_stopped = True
            process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def _ready(self) -> Connection:
        """Return the connection to the process, which is started if it is not, once it is ready."""
        connection = self._connection or self.start()
        if self._is_ready:
            return connection
        try:
            fault = connection.recv()  # None: it is ready
        except (EOFError, OSError) as error:
            status = self._end()
            if self._is_stopped:
                raise StoppedError from error
            raise VideoError(f"the decoding process does not start (exit status {status})") from error
        if fault is not None:
            self._end()
            raise fault
        self._is_ready = True
        return connection

    def _end(self, grace_s: float = 1.0) -> int | None:
        """Let the process end, or kill it; return its exit status, None if it is unknown."""
        process, connection = self._process, self._connection
        if process is None or connection is None:
            raise AssertionError("there is no process")
        self._process = self._connection = None
        connection.close()
        for wait_s in (grace_s, GRACE_S):
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(wait_s)
            process.kill()
        return None
