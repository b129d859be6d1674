"""Fixtures that the whole test suite shares."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from given import SMALL_EVENTS, SMALL_VIDEOS, given, load
from hypothesis import settings

from etl import cli
from etl.build import build
from etl.dataset.sample import sample_folder

PROJECT = Path(__file__).resolve().parent.parent
REAL_METADATA = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"

# The same examples in every run of CI; no deadline, for the machine may be busy.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, where everything that a test needs has to be there, a skipped test is a failed one."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests out of the user's own cache folder; all processes of a run share another one."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    os.environ["XDG_CACHE_HOME"] = str(run / "cache")


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root."""
    return PROJECT


@pytest.fixture(scope="session")
def real_metadata() -> Path:
    """The folder of the real annotation files; absent, the test is skipped, but in CI it fails."""
    if not REAL_METADATA.is_dir():
        message = f"the real annotation files are not at {REAL_METADATA}"
        if os.environ.get("CI"):
            pytest.fail(message + ", and CI requires them")
        pytest.skip(message)
    return REAL_METADATA


@pytest.fixture(scope="session")
def sample_with_objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the synthetic sample with its label files and boxes."""
    folder = tmp_path_factory.mktemp("objects") / "warehouse"
    build(warehouse=folder, sample=True)
    return folder


@pytest.fixture(scope="session")
def companions() -> Path:
    """The folder of real label files and boxes; absent, the test is skipped, but in CI it fails."""
    folder = REAL_METADATA.with_name("companions")
    if not folder.is_dir():
        message = f"the real label files and boxes are not at {folder}"
        if os.environ.get("CI"):
            pytest.fail(message + ", and CI requires them")
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def small() -> duckdb.DuckDBPyConnection:
    """The small database that is written out in `given.py`."""
    return given(SMALL_VIDEOS, SMALL_EVENTS)


@pytest.fixture(scope="session")
def real(real_metadata: Path) -> duckdb.DuckDBPyConnection:
    """The real annotations in a database in memory."""
    return load(real_metadata)


@pytest.fixture(scope="session")
def sample_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse of the bundled sample; not to be changed."""
    folder = tmp_path_factory.mktemp("sample") / "warehouse"
    build(sample_folder(), folder)
    return folder


class Outcome(NamedTuple):
    """What a command did: its exit status, what it printed to stdout and to stderr."""

    status: int | str | None
    out: str
    err: str


@pytest.fixture
def contact_release(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """The installed command, run in this process: takes its arguments, gives its outcome."""

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["contact-release", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_request:
            cli.main()
        return Outcome(exit_request.value.code or 0, *capfd.readouterr())

    return run
