"""Extract frames on a Dask cluster: the same jobs as on one machine.

Every worker needs this package, and sees the videos and the frames folder under the same paths. A video whose worker
dies is given to another one.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence

from etl.decoding_process import DecodingProcess, Outcome, extract_video
from etl.diagnosis import VideoProblem
from etl.errors import ContactReleaseError, MissingExtraError
from etl.frames import Job

__all__ = ["run_on_dask"]

_CONNECT_TIMEOUT_S = 30
_JOBS_AT_ONCE = 2000  # bounds what the scheduler holds; enough to keep any cluster busy

_thread = threading.local()


def run_on_dask(jobs: Sequence[Job], address: str) -> Generator[Outcome]:
    """Run jobs on the cluster whose scheduler is at `address`; yield the outcomes as they come, in no order.

    Closing the iterator cancels what is waiting. Raises MissingExtraError without Dask, ContactReleaseError when the
    scheduler cannot be reached, StorageError when frames cannot be written.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError as error:
        raise MissingExtraError("cluster", "extraction on a Dask cluster") from error
    try:
        client = Client(address, timeout=_CONNECT_TIMEOUT_S)
    except (OSError, ValueError) as error:
        raise ContactReleaseError(f"the Dask scheduler {address} cannot be reached: {error}") from error
    with client:
        waiting = iter(jobs)
        job_of = {}

        def submit() -> object:
            job = next(waiting, None)
            if job is None:
                return None
            future = client.submit(_extract, job, pure=False)
            job_of[future.key] = job
            return future

        running = as_completed([future for _ in range(_JOBS_AT_ONCE) if (future := submit())])
        for future in running:
            job = job_of.pop(future.key)
            try:
                yield future.result()
            except KilledWorker as error:
                yield Outcome(job.video_id, 0, (VideoProblem("crash", f"its workers died: {error}"),), True)
            if following := submit():
                running.add(following)


def _extract(job: Job) -> Outcome:
    """Extract one video on a worker, with the decoding process of the worker's thread."""
    if not hasattr(_thread, "process"):
        _thread.process = DecodingProcess()
    return extract_video(job, _thread.process)
