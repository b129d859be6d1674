"""Extract frames on a Dask cluster: the same jobs as on one machine.

Every worker needs this package, and must see the videos and the frames folder under the same paths. If a worker dies,
its video is given to another one.
"""

from __future__ import annotations

import itertools
import logging
import threading
from asyncio import CancelledError
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from etl.errors import ContactReleaseError, MissingExtraError
from etl.extraction.folders import StorageError
from etl.extraction.one_video import Job
from etl.extraction.outcome import Outcome, extract_video, fail_video
from etl.extraction.process import DecodingProcess

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["run_on_dask"]

_CONNECT_TIMEOUT_S = 30
_JOBS_AT_ONCE = 2000  # bounds what the scheduler holds; enough to keep any cluster busy

_thread = threading.local()


def run_on_dask(jobs: Sequence[Job], address: str) -> Generator[Outcome]:
    """Run jobs on the cluster whose scheduler is at `address`; yield the outcomes as they come, in no order.

    Closing the iterator cancels what is waiting. Raises MissingExtraError without Dask, ContactReleaseError when the
    cluster cannot be reached, has no workers or fails, StorageError when frames cannot be written.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise MissingExtraError("cluster", "extraction on a Dask cluster") from error
    # When a connection is lost it logs tracebacks; what matters in them is raised.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_CONNECT_TIMEOUT_S)
    except (OSError, ValueError) as error:
        raise ContactReleaseError(f"the Dask scheduler {address} cannot be reached: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT_TIMEOUT_S)
        except TimeoutError as error:
            raise ContactReleaseError(f"no worker has connected to {address}. Try: dask worker {address}") from error
        yield from _run(client, jobs)


def _run(client: Client, jobs: Sequence[Job]) -> Generator[Outcome]:
    """Keep the cluster busy, with a bounded number of jobs at a time."""
    from distributed import KilledWorker, as_completed

    waiting = iter(jobs)
    job_of = {}
    running = as_completed()

    def submit(count: int) -> None:
        for job in itertools.islice(waiting, count):
            future = client.submit(_extract, job, pure=False)
            job_of[future.key] = job
            running.add(future)

    submit(_JOBS_AT_ONCE)
    while job_of:
        future = next(running)
        job = job_of.pop(future.key)
        try:
            outcome = future.result()
        except StorageError:
            raise
        except KilledWorker:
            outcome = fail_video(job, "crash", f"{job.source}: every worker that tried it died")
        except (Exception, CancelledError) as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())
            raise ContactReleaseError(f"the Dask cluster failed: {what}") from error
        yield outcome
        submit(1)


def _extract(job: Job) -> Outcome:
    """Extract one video on a worker, with the decoding process of the worker's thread."""
    if not hasattr(_thread, "process"):
        _thread.process = DecodingProcess()
    return extract_video(job, _thread.process)
