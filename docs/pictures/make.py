"""Make the pictures of the page that the README shows, from the synthetic sample: `python docs/pictures/make.py`.

Needs Chromium on the PATH, and the extras [browse], [sample] and [test].
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from shared import HERE, build_sample, opened_page


def main() -> None:
    """Serve the sample and photograph the gallery and one video."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_sample(folder / "sample", folder / "videos", folder / "frames")
        command = [
            *(sys.executable, "-m", "etl", "browse", "--no-open", "--quiet", "--warehouse", folder / "sample"),
            *("--frames", folder / "frames", "--corrections", folder / "corrections.jsonl"),
        ]
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as server:
            photograph(server.stdout.readline().strip() if server.stdout else "")
            server.terminate()


def photograph(address: str) -> None:
    """Save the gallery and the view of a video as PNG beside this script."""
    with opened_page(1200, 760) as page:
        page.goto(address)
        page.wait_for_selector(".card img")
        page.wait_for_timeout(1500)
        page.screenshot(path=HERE / "browse-gallery.png")
        page.goto(page.url.split("#")[0] + "#video=900006&frame=20")
        page.wait_for_selector("frame-canvas[data-shown='900006/20']")
        page.wait_for_timeout(500)
        page.screenshot(path=HERE / "browse-video.png")


if __name__ == "__main__":
    main()
