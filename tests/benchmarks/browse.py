"""How fast is `contact-release browse` on the real labels, with frames of all 10,130 videos as packs?

    python tests/benchmarks/browse.py [--metadata DIR] [--folder DIR] [--fiftyone PYTHON] [--only NAME …]

The frames are made here, small and cheap, and kept in the folder for the next run. Everything is measured in the
system's Chromium, headless: medians and 95th percentiles, beside the design's figure. `--fiftyone` is the Python of an
environment that has FiftyOne: its app then opens the same samples in the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browse_footage import LEAST_FRAMES, SIZE, make, picture_of
from browse_scripts import FILTER, OPEN, PICTURES, SCROLL, STEP
from playwright.sync_api import Page, sync_playwright

import etl
from etl.dataset.sample.rendering import write_clips

HERE = Path(__file__).resolve().parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SCROLL_PX_PER_S = (4_000, 8_000, 16_000)


@contextmanager
def serving(*options: str | Path) -> Iterator[tuple[str, float, int]]:
    """Run the command; give its address, when it was printed, and its process."""
    command = [sys.executable, "-m", "etl", "browse", "--no-open", "--quiet", *map(str, options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        try:
            yield address, time.perf_counter(), server.pid
        finally:
            server.terminate()


def told(name: str, values: Sequence[float], unit: str, bar: str) -> None:
    """Print a line: median and 95th percentile."""
    ordered = sorted(values)
    late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    figures = f"median {statistics.median(ordered):.0f}, 95 % {late:.0f} {unit}, n = {len(ordered)}"
    print(f"{name:<44} {figures:<42} (aimed at {bar})", flush=True)


def usable(browser: Any, options: Sequence[str | Path]) -> None:
    times = []
    for _ in range(5):
        with serving(*options) as (address, printed, _):
            context = browser.new_context(viewport={"width": 1280, "height": 850})
            page = context.new_page()
            page.goto(address)
            page.wait_for_selector(".card img")
            page.evaluate(PICTURES)
            times.append(1000 * (time.perf_counter() - printed))
            context.close()
    told("page with its pictures after its address", times, "ms", "1,500 ms")


def filters(page: Page, _: list[str]) -> None:
    changes = [("check", "test", ""), ("check", "release", ""), ("check", "object-surface", "")]
    changes += [("check", name, "") for _, name, _ in changes]
    words = ["p", "pu", "put", "putting", "putting somet", "book", "paper on", "1", "table", ""]
    conditions = ["frame_number < 9", "point_x > 200 and action = 'contact'", "template like '%up%'", ""]
    for _turn in range(3):
        told_of = [page.evaluate(FILTER, list(change)) for change in changes]
        told_of += [page.evaluate(FILTER, ["input", "text", word]) for word in words]
        told("a filter's answer on screen", told_of, "ms", "median 150 ms")
        told(
            "  of them by a condition in SQL",
            [page.evaluate(FILTER, ["change", "where", one]) for one in conditions],
            "ms",
            "median 150 ms",
        )


def first_frames(page: Page, ids: list[str]) -> None:
    times = [page.evaluate(OPEN, [video_id, 5]) for video_id in random.Random(1).sample(ids, 61)]
    told("first frame of an extracted video", times[1:], "ms", "100 ms")


def stepping(page: Page, ids: list[str]) -> None:
    page.evaluate(OPEN, [ids[7], 0])
    told("stepping, once loaded", page.evaluate(STEP, 20), "ms", "16 ms")


def scrolling(page: Page, _: list[str]) -> None:
    for speed in SCROLL_PX_PER_S:
        found = page.evaluate(SCROLL, speed)
        print(f"scrolling by {speed:,} px/s, {found['cards']:,} cards in {found['seconds']:.0f} s:", flush=True)
        print(f"  longest place without a card {found['blank']:.0f} ms, longest frame {found['frame']:.0f} ms")
        told("  card in sight without its picture", [0.0, *found["waits"]], "ms", "at most 200 ms")
        print(f"  pictures there after the scrolling ends: {found['end']:.0f} ms", flush=True)


MEASURES: dict[str, Callable[[Page, list[str]], None]] = {
    "filters": filters,
    "first": first_frames,
    "stepping": stepping,
    "scrolling": scrolling,
}


def memory(page: Page, ids: list[str], process: int) -> None:
    look = """async (ids) => { for (const id of ids) for (const path of [`/api/video/${id}`, `/frame/${id}/3.jpg`]) {
      await (await fetch(path)).arrayBuffer(); } }"""
    before = resident(process)
    page.evaluate(look, ids[:2_000])
    print(
        f"memory of the server: {before:.0f} MB, after 2,000 videos {resident(process):.0f} MB (aimed at 300)",
        flush=True,
    )


def resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def decoded(browser: Any) -> None:
    """The first frame of videos that were not extracted: the 60 clips of the sample, as long as SSv2's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        etl.build(sample=True, warehouse=folder / "warehouse")
        write_clips(folder / "videos")
        options = ("--warehouse", folder / "warehouse", "--videos", folder / "videos", "--frames", folder / "none")
        with serving(*options, "--corrections", folder / "c.jsonl") as (address, _, process):
            page = browser.new_page()
            page.goto(address)
            page.wait_for_selector(".card")
            ids = page.evaluate("fetch('/api/labels').then((answer) => answer.json())")["videos"]
            time.sleep(2)
            times = [page.evaluate(OPEN, [video[0], 3]) for video in reversed(ids)]
            told("first frame of a video to be decoded", times, "ms", "300 ms")
            print(f"memory of the server after 60 decoded videos: {resident(process):.0f} MB", flush=True)


def fiftyone(browser: Any, python: Path, folder: Path, page: Page) -> None:
    """FiftyOne's app on the same samples: one image for each video, that of its first event, with its points."""
    images = folder / "images"
    images.mkdir(exist_ok=True)
    labels = {}
    for video in page.evaluate("fetch('/api/labels').then((answer) => answer.json())")["videos"]:
        video_id, events = video[0], video[8]
        frame = min(events[0][3], LEAST_FRAMES)
        image = images / f"{video_id}.jpg"
        if not image.exists():
            image.write_bytes(picture_of(frame))
        at = [event for event in events if event[3] == events[0][3]]
        labels[image.name] = [["event", event[4] / SIZE[0], event[5] / SIZE[1]] for event in at]
    (images / "labels.json").write_text(json.dumps(labels))
    command = [str(python), str(HERE / "fiftyone_app.py"), str(images.absolute()), "15151"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        begin = time.perf_counter()
        for line in app.stdout:
            if line.startswith("made "):
                print(f"FiftyOne: dataset of {len(labels):,} images made in {float(line.split()[1]):.1f} s", flush=True)
            if line.startswith("address "):
                break
        print(f"FiftyOne: command to address {time.perf_counter() - begin:.1f} s", flush=True)
        times = []
        for _ in range(3):
            opened = browser.new_page(viewport={"width": 1280, "height": 850})
            start = time.perf_counter()
            opened.goto(line.split()[1])
            opened.wait_for_selector(
                "[data-cy=fo-grid] canvas, [data-cy=fo-grid] img, .spotlight canvas", timeout=120_000
            )
            times.append(1000 * (time.perf_counter() - start))
            opened.close()
        told("FiftyOne: app usable after its address", times, "ms", "no figure: beside ours")
        app.terminate()


def main() -> None:
    """Make what is missing, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = HERE.parents[2] / "shared" / "data" / "ssv2-contact-release"
    parser.add_argument("--metadata", type=Path, default=data)
    parser.add_argument("--folder", type=Path, default=Path("build") / "browse")
    parser.add_argument("--fiftyone", type=Path)
    names = ["usable", *MEASURES, "memory", "decoded"]
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    options = parser.parse_args()
    make(options.folder, options.metadata)
    warehouse = ["--warehouse", options.folder / "warehouse", "--frames", options.folder / "frames"]
    warehouse += ["--corrections", options.folder / "corrections.jsonl"]
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if "usable" in options.only:
            usable(browser, warehouse)
        with serving(*warehouse) as (address, _, process):
            page = browser.new_page(viewport={"width": 1280, "height": 850})
            page.goto(address)
            page.wait_for_selector(".card img")
            page.wait_for_timeout(3_000)
            found = page.evaluate("fetch('/api/labels').then((answer) => answer.json())")
            ids = [video[0] for video in found["videos"]]
            for name, measure in MEASURES.items():
                if name in options.only:
                    page.evaluate("location.hash = ''")
                    page.wait_for_timeout(500)
                    measure(page, ids)
            if "memory" in options.only:
                memory(page, ids, process)
            if options.fiftyone:
                fiftyone(browser, options.fiftyone, options.folder, page)
        if "decoded" in options.only:
            decoded(browser)
        browser.close()


if __name__ == "__main__":
    main()
