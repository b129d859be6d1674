"""`contact-release browse` for tests: a folder with everything, the command running, and a page in a browser."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import etl
from etl.dataset.sample import sample_videos
from etl.dataset.sample.rendering import write_clips

VIDEOS = {video.video_id: video for video in sample_videos()}
SHOWN = "900008"  # variable rate, four events
ALARMED = "900001"  # one event, and a confident prediction elsewhere
EXTRACTED = ("900001", "900006", SHOWN)
# What Chromium remarks about its own speed, and nothing else may be said.
REMARKS = ("willReadFrequently",)


def make_folder(folder: Path) -> Path:
    """A warehouse of the sample, its clips, the frames of three of them, and predictions about one."""
    etl.build(sample=True, warehouse=folder / "warehouse")
    etl.build(sample=True, warehouse=folder / "bare")  # without frames
    write_clips(folder / "videos")
    (folder / "some").mkdir()
    for name in EXTRACTED:
        (folder / "some" / f"{name}.webm").symlink_to(folder / "videos" / f"{name}.webm")
    etl.extract(folder / "some", frames=folder / "frames", warehouse=folder / "warehouse")
    first = VIDEOS[SHOWN].events[0]
    rows = [
        {"video_id": SHOWN, "action": first.action, "agent": first.agent, "frame_number": first.frame_number + 1,
         "point_x": first.point_x, "point_y": first.point_y, "score": 0.9, "fold": 0},
        {"video_id": SHOWN, "action": "contact", "agent": "hand-object", "frame_number": 60, "point_x": 5,
         "point_y": 5, "score": 0.95, "fold": 0},
        {"video_id": ALARMED, **VIDEOS[ALARMED].events[0]._asdict(), "score": 0.9, "fold": 1},
        {"video_id": ALARMED, "action": "contact", "agent": "hand-object", "frame_number": 15, "point_x": 5,
         "point_y": 5, "score": 0.95, "fold": 1},
    ]  # fmt: skip
    (folder / "predictions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@contextmanager
def browsing(*options: str | Path) -> Iterator[str]:
    """Run the command; give the address that it prints."""
    command = [sys.executable, "-m", "etl", "browse", "--no-open", "--quiet", "--port", "18560", *map(str, options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def everything(folder: Path, corrections: Path) -> list[str | Path]:
    """The options that show all of a folder."""
    return [
        *("--warehouse", folder / "warehouse", "--frames", folder / "frames", "--videos", folder / "videos"),
        *("--predictions", folder / "predictions.jsonl", "--corrections", corrections),
    ]


class Visit:
    """The page in a browser of its own: what it said on the console, and every address it asked for."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 850}, **options})
        self.page = self.context.new_page()
        self.origin = "http://" + urlsplit(address).netloc
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        self.page.wait_for_selector(".card")

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; the page's policy forbids to evaluate a text there, as Playwright would."""
        end = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < end, "it never came to hold"
            self.page.wait_for_timeout(30)

    def box_of(self, locator: Any) -> dict[str, float]:
        """Wait until a part stands still, which may be drawn anew at any moment; return where it is."""
        boxes: list[dict[str, float] | None] = [None]

        def stands_still() -> bool:
            boxes.append(locator.bounding_box())
            return boxes[-1] is not None and boxes[-1] == boxes[-2]

        self.until(stands_still)
        found: dict[str, float] = boxes[-1] or {}
        return found

    def counts(self, text: str) -> None:
        """Wait until the number of videos and events begins with a text."""
        self.until(lambda: self.page.inner_text("#count").startswith(text))

    def go(self, address: str) -> None:
        """Go to another address of the page: what stands behind the #."""
        self.page.goto(f"{self.origin}/#{address}")

    def wait_for_frame(self, frame: int, video_id: str = SHOWN) -> None:
        self.page.wait_for_selector(f"frame-canvas[data-shown='{video_id}/{frame}']")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def leave(self) -> None:
        """Close the page; it said nothing on the console and asked nobody else."""
        assert [line for line in self.said if not any(remark in line for remark in REMARKS)] == []
        assert [asked for asked in self.asked if not asked.startswith((self.origin, "blob:", "data:"))] == []
        self.context.close()
