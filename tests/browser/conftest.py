"""A real browser for the tests of the page: the system's Chromium, headless."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Visit, browsing, everything, make_folder
from datasets import dataset, event, write
from reporting import HOSTILE, LONG

import etl
from etl.build import build
from etl.report.write import write_report

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """The path of Chromium; absent, the test is skipped, but in CI it fails."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        message = f"no browser: none of {', '.join(NAMES)} is on the PATH"
        if os.environ.get("CI"):
            pytest.fail(message + ", and CI requires one")
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    path = find_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Opened:
    """A page with what it said and asked for: messages on the console, errors, requests beyond its own file."""

    def __init__(self, browser: Any, path: Any, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def _dismiss(self, dialog: Any) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    def draw_everything(self) -> None:
        """Scroll to every chart, which draws it, and wait until all are drawn."""
        for chart in self.page.locator(".chart[data-figure]").all():
            chart.scroll_into_view_if_needed()
            self.page.wait_for_function("chart => chart.dataset.drawn", arg=chart.element_handle())


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """A function that opens a file in a fresh context: `open_page(path, color_scheme="dark")`."""
    opened: list[Opened] = []

    def open_one(path: Any, **options: Any) -> Opened:
        opened.append(Opened(browser, path, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()


@pytest.fixture(scope="session")
def browsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that `browse` shows."""
    return make_folder(tmp_path_factory.mktemp("browsed"))


@pytest.fixture(scope="session")
def standing(browsed: Path) -> Iterator[str]:
    """The address of a server for the tests that correct nothing."""
    with browsing(*everything(browsed, browsed / "corrections.jsonl")) as address:
        yield address


@pytest.fixture
def visit(browser: Any, standing: str) -> Iterator[Visit]:
    """The page, for looking."""
    visited = Visit(browser, standing)
    yield visited
    visited.leave()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The corrections file of the test."""
    return tmp_path / "corrections.jsonl"


@pytest.fixture
def correcting(browser: Any, browsed: Path, log: Path) -> Iterator[Visit]:
    """The page of a server of its own, for correcting."""
    with browsing(*everything(browsed, log)) as address:
        visited = Visit(browser, address)
        yield visited
        visited.leave()


@pytest.fixture(scope="module")
def page_of_sample(sample_warehouse, tmp_path_factory):
    with etl.open_warehouse(sample_warehouse) as warehouse:
        return write_report(warehouse, tmp_path_factory.mktemp("sample")).page


@pytest.fixture(scope="module")
def page_of_hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    videos = {"1": [event(), event("release", frame=9)], "2": [event()], "3": [event(x=90)], "4": [event()]}
    templates = {HOSTILE: ["1", "2"], LONG: ["3"], "W" * 90: ["4"]}
    build(write(folder / "metadata", dataset(videos, templates, train=["1", "2"])), folder / "warehouse")
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        return write_report(warehouse, folder / "reports").page
