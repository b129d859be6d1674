"""How fast is `contact-release browse` on the real labels, with frames of all 10,130 videos as packs?

    python tests/benchmarks/browse.py [--metadata DIR] [--folder DIR] [--fiftyone PYTHON] [--only NAME …]

The frames are made here, small and cheap, and kept in the folder for the next run. Everything is measured in the
system's Chromium, headless: medians and 95th percentiles, beside the design's figure. `--fiftyone` is the Python of an
environment that has FiftyOne: its app then opens the same samples in the same run.
"""

from __future__ import annotations

import argparse
import hashlib
import io
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

import msgspec
from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

import etl
from etl.annotations.model import EVENTS_FILE
from etl.dataset.sample.rendering import write_clips
from etl.extraction.pack_file import write_pack
from etl.extraction.record import FrameColumns, Record
from etl.names import frame_name, pack_file
from etl.videos.video import VideoFacts

HERE = Path(__file__).resolve().parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZE = (427, 240)
LEAST_FRAMES, MOST_FRAMES, RATE = 24, 90, 12.0
SCROLL_PX_PER_S = (4_000, 8_000, 16_000)

# The time until the number of videos has changed and the next frame was painted, in milliseconds.
FILTER = """async (change) => {
  const count = document.querySelector("#count"), begin = performance.now();
  const changed = new Promise((done) => new MutationObserver((_, watch) => { watch.disconnect(); done(); })
    .observe(count, { childList: true, characterData: true, subtree: true }));
  const [kind, name, value] = change;
  if (kind === "check") document.querySelector(`input[data-word=${name}]`).click();
  else {
    const input = document.querySelector(`#${name}`);
    input.value = value;
    input.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  await changed;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begin;
}"""
# Waits until all pictures in sight are there.
PICTURES = """() => Promise.all([...document.querySelectorAll(".card img")]
  .filter((image) => image.getBoundingClientRect().top < innerHeight).map((image) => image.decode()))"""
# The time until the canvas says that it shows the first frame of a video.
OPEN = """async ([id, frame]) => {
  const place = document.querySelector("frame-canvas"), begin = performance.now();
  const shown = new Promise((done) => new MutationObserver((_, watch) => {
    if (place.dataset.shown === `${id}/${frame}`) { watch.disconnect(); done(); }
  }).observe(place, { attributes: true }));
  location.hash = `video=${encodeURIComponent(id)}&frame=${frame}`;
  await Promise.race([shown, new Promise((_, failed) => setTimeout(() => failed(new Error(`${id} ${frame}`)), 20000))]);
  return performance.now() - begin;
}"""
# The time from a key to the frame on the canvas, once the frames are loaded.
STEP = """async (steps) => {
  const place = document.querySelector("frame-canvas"), taken = [];
  await new Promise((done) => setTimeout(done, 1500));
  for (let step = 0; step < steps; step += 1) {
    const before = place.dataset.shown, begin = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    while (place.dataset.shown === before) await new Promise((done) => setTimeout(done));
    taken.push(performance.now() - begin);
    await new Promise((done) => setTimeout(done, 20));
  }
  return taken;
}"""
# Scroll through all cards: how long, at most, a place in sight had no card; how long each card in sight had no picture;
# and how long, at the end, until all pictures in sight were there.
SCROLL = """async (speed) => {
  const list = document.querySelector(".cards"), begin = performance.now(), since = new Map(), waits = [];
  let blank = 0, last = begin, longestBlank = 0, longestFrame = 0;
  scrollTo(0, 0);
  while (scrollY + innerHeight < document.documentElement.scrollHeight - 2) {
    scrollTo(0, (performance.now() - begin) * speed / 1000);
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now(), cards = [...list.children].map((card) => [card, card.getBoundingClientRect()])
      .filter(([, place]) => place.bottom > 60 && place.top < innerHeight);
    const box = list.getBoundingClientRect(), rows = Math.floor((innerHeight - Math.max(60, box.top)) / 232);
    const columns = Math.floor(box.width / 220);
    blank = cards.length < Math.min(rows, 1) * columns || cards.length < (rows - 1) * columns ? blank + now - last : 0;
    longestBlank = Math.max(longestBlank, blank);
    longestFrame = Math.max(longestFrame, now - last);
    last = now;
    const empty = new Set(cards.filter(([card]) => !card.querySelector("img")?.complete).map(([card]) => card));
    cards.filter(([card]) => !since.has(card)).forEach(([card]) => since.set(card, empty.has(card) ? now : 0));
    for (const [card, from] of since) if (from && !empty.has(card)) { waits.push(now - from); since.set(card, 0); }
  }
  const seconds = (performance.now() - begin) / 1000, end = performance.now();
  const inSight = [...list.querySelectorAll("img")].filter((one) => one.getBoundingClientRect().top < innerHeight);
  await Promise.all(inSight.map((one) => one.decode()));
  return { blank: longestBlank, frame: longestFrame, seconds, cards: since.size, waits, end: performance.now() - end };
}"""


def make(folder: Path, metadata: Path) -> None:
    """Write packs of small frames for every video, and the warehouse that has them."""
    frames, warehouse = folder / "frames", folder / "warehouse"
    if warehouse.exists():
        return
    frames.mkdir(parents=True, exist_ok=True)
    pictures = [_picture(number) for number in range(MOST_FRAMES)]
    hashes = [hashlib.sha256(picture).hexdigest() for picture in pictures]
    labels = json.loads((metadata / EVENTS_FILE).read_text())
    with tempfile.TemporaryDirectory(dir=folder) as name:
        for number, picture in enumerate(pictures):
            Path(name, frame_name(number)).write_bytes(picture)
        for video_id, events in labels.items():
            last = max(int(event["frameNumber"]) for event in events)
            count = min(MOST_FRAMES, max(LEAST_FRAMES, last + 10))
            record = _record(video_id, [len(one) for one in pictures[:count]], hashes[:count])
            Path(name, "extraction.json").write_bytes(msgspec.json.encode(record))
            if not (frames / pack_file(video_id)).exists():
                write_pack(Path(name), record, frames / pack_file(video_id))
    etl.build(metadata, warehouse=warehouse, frames=frames)


def _picture(number: int) -> bytes:
    picture = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    drawing = ImageDraw.Draw(picture)
    for disc in range(40):
        x, y = (disc * 37 + number * 5) % SIZE[0], (disc * 23) % SIZE[1]
        drawing.ellipse([x, y, x + 30, y + 30], fill=((disc * 50) % 256, (disc * 90) % 256, number * 2))
    drawing.text((20, 20), str(number), fill="white", font_size=60)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=85)
    return content.getvalue()


def _record(video_id: str, sizes: list[int], hashes: list[str]) -> Record:
    count = len(sizes)
    facts = {
        "width": SIZE[0],
        "height": SIZE[1],
        "frame_count": count,
        "frame_rate": RATE,
        "duration_s": count / RATE,
        "is_variable_rate": False,
        "codec": "vp9",
        "declared_frame_count": count,
    }
    columns = FrameColumns(
        time_s=[round(number / RATE, 4) for number in range(count)],
        width=[SIZE[0]] * count,
        height=[SIZE[1]] * count,
        size_bytes=list(sizes),
        sha256=list(hashes),
    )
    return Record(video_id, None, 85, "made", "1", facts=msgspec.convert(facts, VideoFacts), frames=columns)


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
            image.write_bytes(_picture(frame))
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
