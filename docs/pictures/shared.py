"""What the scripts for pictures share: the sample with its frames, and a page in the system's Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

import etl
from etl.dataset.sample.rendering import write_clips

HERE = Path(__file__).resolve().parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def build_sample(warehouse: Path, videos: Path, frames: Path) -> None:
    """Build the sample's warehouse, its clips, and the frames of all of them."""
    etl.build(sample=True, warehouse=warehouse)
    write_clips(videos)
    etl.extract(videos, frames=frames, warehouse=warehouse)


@contextmanager
def opened_page(width: int, height: int) -> Iterator[Page]:
    """Open an empty page of a size in pixels."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser.new_page(viewport=ViewportSize(width=width, height=height))
        browser.close()
