"""What the decoding process does: it extracts the videos that it is sent, and catches FFmpeg's messages about them."""

from __future__ import annotations

import faulthandler
import os
import tempfile
from multiprocessing.connection import Connection

from etl.extraction.folders import StorageError
from etl.extraction.one_video import extract_frames, failed_record
from etl.videos.decoder import print_errors
from etl.videos.messages import Messages

__all__ = ["GRACE_S", "serve"]

GRACE_S = 5.0


def serve(descriptor: int) -> None:
    """Extract the videos that come through a connection, until it is closed: the child's whole life."""
    connection = Connection(descriptor)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # those that NumPy would start are never used, and look for work
    try:
        printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    except OSError as error:  # nowhere may be written
        connection.send(StorageError(f"the decoder's messages cannot be kept: {error.strerror}. Try: TMPDIR=DIR"))
        return
    with printed:
        print_errors()
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
        messages = Messages(printed.fileno())
        connection.send(None)
        while True:
            try:
                job, folder = connection.recv()
            except EOFError:
                return
            # If the parent is gone, nobody else would end a decoder that hangs.
            faulthandler.dump_traceback_later(job.time_limit_s + GRACE_S, exit=True, file=printed)
            try:
                connection.send(extract_frames(job, folder, messages))
            except StorageError as error:
                connection.send(error)
            except Exception as error:  # no video may affect the next one
                connection.send(failed_record(job, "crash", f"{job.source}: {type(error).__name__}: {error}"))
            faulthandler.cancel_dump_traceback_later()
