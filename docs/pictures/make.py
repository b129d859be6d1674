"""Make the pictures of the page that the README shows, from the synthetic sample: `python docs/pictures/make.py`.

Needs Chromium on the PATH, and the extras [browse], [sample] and [test].
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import etl
from etl.dataset.sample.rendering import write_clips

HERE = Path(__file__).resolve().parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VIEWPORT = {"width": 1200, "height": 760}


def main() -> None:
    """Serve the sample and photograph the gallery and one video."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        etl.build(sample=True, warehouse=folder / "sample")
        write_clips(folder / "videos")
        etl.extract(folder / "videos", frames=folder / "frames", warehouse=folder / "sample")
        command = [
            *(sys.executable, "-m", "etl", "browse", "--no-open", "--quiet", "--warehouse", folder / "sample"),
            *("--frames", folder / "frames", "--corrections", folder / "corrections.jsonl"),
        ]
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as server:
            photograph(server.stdout.readline().strip() if server.stdout else "")
            server.terminate()


def photograph(address: str) -> None:
    """Save the gallery and the view of a video as PNG beside this script."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport=VIEWPORT)
        page.goto(address)
        page.wait_for_selector(".card img")
        page.wait_for_timeout(1500)
        page.screenshot(path=HERE / "browse-gallery.png")
        page.goto(page.url.split("#")[0] + "#video=900006&frame=20")
        page.wait_for_selector("frame-canvas[data-shown='900006/20']")
        page.wait_for_timeout(500)
        page.screenshot(path=HERE / "browse-video.png")
        browser.close()


if __name__ == "__main__":
    main()
