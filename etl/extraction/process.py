"""A process that extracts videos, one at a time, and can be killed when a video makes the decoder hang or crash.

Nothing else helps against native code that does not return. A process of its own also keeps FFmpeg's messages apart:
they are caught there, and say what was wrong with a damaged video.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from etl.errors import VideoError
from etl.extraction.folders import InTheWayError, StorageError, partial_folder, publish
from etl.extraction.one_video import Job, extract_frames, failed_record
from etl.extraction.record import Record, read_record
from etl.videos.decoder import print_errors
from etl.videos.diagnosis import VideoProblem

__all__ = ["DecodingProcess", "Outcome", "StoppedError", "extract_video", "fail_video", "serve"]

_GRACE_S = 5.0
_KEEPS_FRAMES = ("two_files", "unreadable", "time_limit")  # failures that leave open whether earlier frames are right
_START = "import sys; sys.path[:] = sys.argv[2:]; from etl.extraction.process import serve; serve(int(sys.argv[1]))"
_MESSAGE_MARK = "[OPENCV:FFMPEG:"
_MESSAGE_OF_NO_PICTURE = "Cannot convert"  # of interlaced H.264: then OpenCV returns memory that nobody has filled
_MESSAGES_OF_A_CUT = ("File ended prematurely", "Truncating packet of size")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one video: how many frames are on disk now, and what there is to know of them."""

    video_id: str
    saved_count: int
    problems: tuple[VideoProblem, ...]
    has_failed: bool


class StoppedError(Exception):
    """The process was stopped on purpose, in the middle of a video perhaps: nothing is to be recorded."""


class DecodingProcess:
    """One child process, started when it is first needed, and again after it died.

    For use by one thread; `stop` alone may come from another.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._is_stopped = False
        self._lock = threading.Lock()

    def extract(self, job: Job, folder: Path) -> Record:
        """Have the process extract a video into `folder`; return the record, not yet written.

        A video that takes longer than its limit, or crashes the decoder, costs the process and gives a failed
        record. Raises StorageError when a file cannot be written, StoppedError after `stop`.
        """
        connection = self._connection or self._start()
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

    def _start(self) -> Connection:
        connection, theirs = Pipe()
        with theirs, self._lock:
            if self._is_stopped:
                raise StoppedError
            # A session of its own: Ctrl-C reaches the parent alone, which then stops its children.
            self._process = subprocess.Popen(  # noqa: S603  # nothing of the command comes from outside
                [sys.executable, "-c", _START, str(theirs.fileno()), *sys.path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._connection = connection
        try:
            connection.recv()  # it is ready
        except (EOFError, OSError) as error:
            status = self._end()
            if self._is_stopped:
                raise StoppedError from error
            raise VideoError(f"the decoding process does not start (exit status {status})") from error
        return connection

    def _end(self, grace_s: float = 1.0) -> int | None:
        """Let the process go, and kill it when it does not; return its exit status, None where it cannot be had."""
        process, connection = self._process, self._connection
        if process is None or connection is None:
            raise AssertionError("there is no process")
        self._process = self._connection = None
        connection.close()
        for wait_s in (grace_s, _GRACE_S):
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(wait_s)
            process.kill()
        return None


def extract_video(job: Job, process: DecodingProcess) -> Outcome:
    """Extract one video with a decoding process and publish it: whole, or as a record of why not.

    Raises StorageError when the frames folder cannot be written to, StoppedError when the process was stopped.
    """
    with partial_folder(job.frames) as folder:
        record = process.extract(job, folder)
        return _publish(job, folder, record)


def fail_video(job: Job, reason: str, detail: str) -> Outcome:
    """Publish the record of a video that cannot be extracted. `reason` is one of the schema's EXTRACTION_ERRORS.

    Raises StorageError when the frames folder cannot be written to.
    """
    with partial_folder(job.frames) as folder:
        return _publish(job, folder, failed_record(job, reason, detail))


def _publish(job: Job, folder: Path, record: Record) -> Outcome:
    """Publish a record with its frames. Frames from before stay where the failure says nothing against them."""
    problems = tuple(record.problems)
    if record.has_failed:
        for leftover in folder.iterdir():
            leftover.unlink()
        if all(problem.reason in _KEEPS_FRAMES for problem in problems) and (count := _saved_before(job)):
            return Outcome(job.video_id, count, problems, has_failed=True)
    try:
        publish(folder, record, job.frames / job.video_id)
    except InTheWayError as error:
        return Outcome(job.video_id, 0, (VideoProblem("in_the_way", str(error)),), has_failed=True)
    return Outcome(job.video_id, record.saved_count, problems, record.has_failed)


def _saved_before(job: Job) -> int:
    """Return how many frames an earlier extraction saved."""
    try:
        record = read_record(job.frames / job.video_id)
    except VideoError:
        return 0
    return record.saved_count if record else 0


def serve(descriptor: int) -> None:
    """Extract the videos that come through a connection, until it is closed: the child's whole life."""
    connection = Connection(descriptor)
    with tempfile.TemporaryFile() as messages:
        print_errors()
        os.dup2(messages.fileno(), 1)
        os.dup2(messages.fileno(), 2)
        connection.send(None)
        while True:
            try:
                job, folder = connection.recv()
            except EOFError:
                return
            # Should the parent be gone, nobody else would end a decoder that hangs.
            faulthandler.dump_traceback_later(job.time_limit_s + _GRACE_S, exit=True, file=messages)
            try:
                record = extract_frames(job, folder)
                connection.send(_judged(job, record, _take_messages(messages)))
            except StorageError as error:
                connection.send(error)
            except Exception as error:  # whatever one video brings about, the next one is not to suffer for it
                connection.send(failed_record(job, "crash", f"{job.source}: {type(error).__name__}: {error}"))
            faulthandler.cancel_dump_traceback_later()


def _take_messages(messages: IO[bytes]) -> list[str]:
    """Return the decoder's messages since the last call."""
    messages.seek(0)
    lines = messages.read().decode("utf-8", "replace").splitlines()
    messages.seek(0)
    messages.truncate()
    return [line.partition("]")[2].strip() for line in lines if line.startswith(_MESSAGE_MARK)]


def _judged(job: Job, record: Record, messages: list[str]) -> Record:
    """Return the record in the light of the decoder's messages: with them in its problems, or that of a failure."""
    for message in messages:
        if message.startswith(_MESSAGE_OF_NO_PICTURE) and not record.has_failed:
            detail = f"{job.source}: this build of OpenCV cannot convert its pictures to BGR: {message}"
            return failed_record(job, "undecodable", detail)
    _add_messages(record, messages)
    return record


def _add_messages(record: Record, messages: list[str]) -> None:
    """Put what the decoder complained of into the record's problems; complaints about a sound video are a problem.

    Left out is what says of a video that is known to be cut off only that it is.
    """
    if any(problem.reason == "truncated" for problem in record.problems):
        messages = [message for message in messages if not message.startswith(_MESSAGES_OF_A_CUT)]
    if not messages:
        return
    count = "1 error" if len(messages) == 1 else f"{len(messages)} errors, the first"
    words = f"the decoder reported {count}: {messages[0]}"
    for position, problem in enumerate(record.problems):
        if problem.reason in ("damaged", "undecodable"):
            record.problems[position] = VideoProblem(problem.reason, f"{problem.detail}; {words}")
            return
    if not record.has_failed:
        record.problems.insert(0, VideoProblem("damaged", f"every packet gave a picture, but {words}"))
