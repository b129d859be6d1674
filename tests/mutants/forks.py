"""Run tests in forks of a process that has collected them, and put a mutant's code into its functions."""

from __future__ import annotations

import functools
import gc
import os
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType

import pytest
from changes import Mutant
from functions import changed_code, codes_in, key_of

__all__ = ["OPTIONS", "PASSED", "Quick", "anew", "in_fork", "in_pairs", "noticed_by"]

OPTIONS = ["-o", "addopts=--import-mode=importlib", "-m", "not real_data"]
OPTIONS += [option for name in ("cacheprovider", "terminal", "xdist") for option in ("-p", f"no:{name}")]
PASSED, FAILED, BROKEN = 0, 1, 100  # the exit status of a fork


class Quick:
    """The plugin for a run that is to end with the first failure."""

    def pytest_collection(self) -> None:
        """Before the tests are imported: no failing example of hypothesis is made smaller."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", derandomize=True, deadline=None, phases=phases)
        settings.load_profile("mutants")


def noticed_by(mutant: Mutant, session: pytest.Session, tests: list[pytest.Item], clean_s: float) -> str:
    """Run tests against a mutant; return the name of that which failed, or how the run ended, or "" if it survived."""
    path = Path(mutant.path)
    original, times = path.read_bytes(), path.stat()
    failed = Path.cwd() / "failed"
    failed.unlink(missing_ok=True)

    def run() -> int:
        if not mutant.code or not put_in(mutant):  # test modules may read .sql files when they are imported
            return anew(tests)
        for test, following in in_pairs(tests):
            test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            if session.testsfailed:
                failed.write_text(test.nodeid)
                return FAILED
        return PASSED

    path.write_text(mutant.text, encoding="utf-8")  # for the processes that tests start, and modules not yet imported
    try:
        if in_fork(run, time_limit_s=int(20 + 4 * clean_s)) == PASSED:
            return ""
        return failed.read_text() if failed.exists() else "imported anew, or no end"
    finally:
        path.write_bytes(original)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that its compiled file stays valid


def put_in(mutant: Mutant) -> bool:
    """Give the functions of a module their changed code; tell whether that is all that the change needs."""
    assert mutant.code is not None
    root = f"{Path.cwd()}/"
    if not all(code.co_flags & 2 for code in changed_code(mutant)):  # of a module or class: run at import only
        return False
    new = {key_of(code, ""): code for code in codes_in(mutant.code)}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == root + mutant.path:
            code = new[key_of(thing.__code__, root)]
            if len(code.co_freevars) != len(thing.__code__.co_freevars):
                return False
            thing.__code__ = code.replace(co_filename=root + mutant.path)
        elif isinstance(thing, functools._lru_cache_wrapper) and thing.__module__.startswith("etl"):
            thing.cache_clear()
    return True


def anew(tests: list[pytest.Item]) -> int:
    """Import the program and the tests anew, and run them."""
    names = [test.nodeid for test in tests]
    for name in list(sys.modules):
        if name.partition(".")[0] in ("etl", "tests") or name == "conftest":
            del sys.modules[name]
    return int(pytest.main(["-x", *OPTIONS, *names], plugins=[Quick()]))


def in_pairs(tests: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Yield each test with the one that comes after it, for which pytest keeps the fixtures that both need."""
    return zip(tests, [*tests[1:], None], strict=True)


def in_fork(work: Callable[[], int], time_limit_s: int) -> int:
    """Do some work in a fork of this process, with a folder for its files; return its exit status, or a signal's."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        child = os.fork()
        if child == 0:
            status = BROKEN
            try:
                os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = folder
                resource.setrlimit(resource.RLIMIT_CPU, (time_limit_s, time_limit_s))
                status = work()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        status = wait(child, 10 * time_limit_s)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == BROKEN:
            raise SystemExit("the run itself is at fault: the exception stands above")
        return status


def wait(child: int, limit_s: float) -> int:
    """Wait for a process to end; kill it when it sleeps too long."""
    ends = time.monotonic() + limit_s
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > ends:
            os.kill(child, 9)
        time.sleep(0.01)
