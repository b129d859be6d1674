"""`contact-release browse` in a real browser: a journey through every part, and pixels of the frames it shows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe

import etl
from etl.corrections.log import read_decisions
from etl.dataset.sample import sample_videos
from etl.dataset.sample.rendering import write_clips

VIDEOS = {video.video_id: video for video in sample_videos()}
SHOWN = "900008"  # variable rate, four events
PIXELS = """async ([address, frame]) => {
  const canvas = document.querySelector("frame-canvas canvas");
  const bitmap = await createImageBitmap(await (await fetch(address)).blob());
  const copy = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  copy.getContext("2d").drawImage(bitmap, 0, 0);
  const bytes = (one) => one.getContext("2d").getImageData(0, 0, one.width, one.height).data;
  const [shown, wanted] = [bytes(canvas), bytes(copy)];
  return shown.length === wanted.length && shown.every((value, position) => value === wanted[position]);
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browsed")
    etl.build(sample=True, warehouse=folder / "warehouse")
    write_clips(folder / "videos")
    for name in ("900001", "900006", SHOWN):
        (folder / "some").mkdir(exist_ok=True)
        (folder / "some" / f"{name}.webm").write_bytes((folder / "videos" / f"{name}.webm").read_bytes())
    etl.extract(folder / "some", frames=folder / "frames", warehouse=folder / "warehouse")
    first = VIDEOS[SHOWN].events[0]
    rows = [
        {"video_id": SHOWN, "action": first.action, "agent": first.agent, "frame_number": first.frame_number + 1,
         "point_x": first.point_x, "point_y": first.point_y, "score": 0.9},
        {"video_id": SHOWN, "action": "contact", "agent": "hand-object", "frame_number": 60, "point_x": 5,
         "point_y": 5, "score": 0.8},
    ]  # fmt: skip
    (folder / "predictions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@contextmanager
def browsing(folder: Path, corrections: Path) -> Iterator[str]:
    """Run the command; give the address that it prints."""
    command = [
        *(sys.executable, "-m", "etl", "browse", "--no-open", "--quiet", "--port", "18560"),
        *("--warehouse", folder / "warehouse", "--frames", folder / "frames", "--videos", folder / "videos"),
        *("--predictions", folder / "predictions.jsonl", "--corrections", corrections),
    ]
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture(scope="module")
def standing(folder: Path) -> Iterator[str]:
    """The address of a server for the tests that correct nothing."""
    with browsing(folder, folder / "corrections.jsonl") as address:
        yield address


@pytest.fixture
def address(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[str]:
    if "tmp_path" not in request.node.function.__code__.co_varnames:
        yield request.getfixturevalue("standing")
        return
    with browsing(folder, tmp_path / "corrections.jsonl") as own:
        yield own


class Visit:
    """The page in a browser of its own: what it said on the console, and every address it asked for."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 850}, **options})
        self.page = self.context.new_page()
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
            self.page.wait_for_timeout(50)

    def counts(self, text: str) -> None:
        """Wait until the number of videos and events begins with a text."""
        self.until(lambda: self.page.inner_text("#count").startswith(text))

    def wait_for_frame(self, frame: int) -> None:
        self.page.wait_for_selector(f"frame-canvas[data-shown='{SHOWN}/{frame}']")


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    visited = Visit(browser, address)
    yield visited
    assert [line for line in visited.said if "willReadFrequently" not in line] == []
    origin = re.match(r"http://[^/]+", address)
    assert origin
    assert all(asked.startswith((origin[0], "blob:", "data:")) for asked in visited.asked)
    visited.context.close()


def test_the_gallery_is_filtered_and_its_address_can_be_sent(visit: Visit, browser: Any):
    page = visit.page
    assert page.inner_text("#count") == "60 of 60 videos, 166 events"
    assert "token" not in page.url
    page.get_by_role("checkbox", name="release").check()
    page.fill("#where", "frame_number < 5")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('#count').textContent.includes(' of 60 videos') && "
        "!document.querySelector('#count').textContent.startsWith('60')"
    )
    expected = {
        video.video_id
        for video in VIDEOS.values()
        if any(event.action == "release" and event.frame_number < 5 for event in video.events)
    }
    visit.counts(f"{len(expected)} of")
    assert "action=release" in page.url
    assert page.inner_text("filter-panel code") == "--action 'release' --where '(frame_number < 5)'"
    other = visit.context.new_page()
    other.goto(page.url)
    visit.until(lambda: other.inner_text("#count").startswith(f"{len(expected)} of"))
    page.fill("#where", "frame_numbr < 5")
    page.keyboard.press("Enter")
    visit.until(lambda: "frame_numbr" in page.inner_text("#where-error"))
    visit.said.clear()  # the browser itself reports the refused condition


def test_every_frame_that_is_shown_is_the_one_that_was_decoded(visit: Visit):
    page = visit.page
    page.goto(page.url.split("#")[0] + f"#video={SHOWN}&frame=0")
    count = VIDEOS[SHOWN].scene.frame_count
    for frame in range(count):
        visit.wait_for_frame(frame)
        assert page.evaluate(PIXELS, [f"/frame/{SHOWN}/{frame}.jpg", frame]), frame
        assert page.inner_text(".frame-number") == f"frame {frame}"
        page.keyboard.press("ArrowRight")
    visit.wait_for_frame(count - 1)


def test_a_video_that_was_not_extracted_is_decoded_when_it_is_looked_at(visit: Visit):
    page = visit.page
    page.goto(page.url.split("#")[0] + "#video=900003&frame=4")
    page.wait_for_selector("frame-canvas[data-shown='900003/4']")


def test_keys_step_and_jump_and_play(visit: Visit):
    page = visit.page
    frames = sorted({event.frame_number for event in VIDEOS[SHOWN].events})
    page.goto(page.url.split("#")[0] + f"#video={SHOWN}&frame=0")
    visit.wait_for_frame(0)
    page.keyboard.press("Shift+ArrowRight")
    visit.wait_for_frame(10)
    page.keyboard.press("[")
    visit.wait_for_frame(max(frame for frame in frames if frame < 10))
    page.keyboard.press("]")
    visit.wait_for_frame(min(frame for frame in frames if frame > max(f for f in frames if f < 10)))
    page.keyboard.press("Space")
    visit.until(lambda: page.inner_text(".frame-number") != "frame 11")
    page.keyboard.press("Space")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    visit.until(lambda: SHOWN not in page.url)
    page.keyboard.press("Escape")
    page.wait_for_selector("video-gallery:not([hidden])")


def test_predictions_lie_under_the_labels(visit: Visit):
    page = visit.page
    page.select_option("#predictions", "false alarm")
    visit.counts("1 of")
    page.click(".card")
    page.wait_for_selector("event-timeline .match", state="attached")
    assert page.locator("event-timeline .predicted").count() == 2
    assert page.locator("event-timeline .predicted.alarm").count() == 1
    assert page.locator("event-timeline .match").count() == 1


def test_a_correction_takes_two_keys_and_can_be_undone(visit: Visit, tmp_path: Path):
    page, log = visit.page, tmp_path / "corrections.jsonl"
    page.goto(page.url.split("#")[0] + f"#video={SHOWN}&frame=9")
    visit.wait_for_frame(9)
    page.keyboard.press("ArrowRight")
    visit.wait_for_frame(10)
    page.keyboard.press("m")
    page.wait_for_selector("text=was contact, frame 9")
    [moved] = read_decisions(log)
    assert (moved.op, moved.before.frame_number, moved.after.frame_number) == ("move", 9, 10)
    page.keyboard.press("p")
    box = page.locator("frame-canvas canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.until(lambda: "(213, 1" in page.inner_text(".events"))
    page.keyboard.press("u")
    visit.until(lambda: "(213, 1" not in page.inner_text(".events"))
    page.keyboard.press("Delete")
    visit.until(lambda: page.locator(".events li").count() == 3)
    page.keyboard.press("u")
    visit.until(lambda: page.locator(".events li").count() == 4)
    assert [decision.op for decision in read_decisions(log)] == ["move", "move", "move", "remove", "add"]


def test_a_second_window_does_not_overwrite_the_first(visit: Visit, tmp_path: Path):
    first = visit.page
    second = visit.context.new_page()
    for page in (first, second):
        page.goto(first.url.split("#")[0] + f"#video={SHOWN}&frame=10")
        page.reload()
        page.wait_for_selector(f"frame-canvas[data-shown='{SHOWN}/10']")
        page.locator(".events button").first.click()
        page.keyboard.press("ArrowRight")
    first.bring_to_front()
    first.keyboard.press("m")
    first.wait_for_selector("text=was contact, frame 9")
    second.bring_to_front()
    second.keyboard.press("ArrowRight")
    second.keyboard.press("m")
    second.wait_for_selector("text=Another window has changed this event")
    assert len(read_decisions(tmp_path / "corrections.jsonl")) == 1
    visit.said.clear()


def test_a_review_goes_through_a_list(visit: Visit, tmp_path: Path):
    page = visit.page
    page.click("#show-review")
    page.select_option("#queue", "repeated_actions")
    page.wait_for_selector("review-queue article h3")
    before = page.inner_text("review-queue article")
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Enter")
    visit.until(lambda: page.inner_text("review-queue p").startswith("2 of"))
    [accepted] = read_decisions(tmp_path / "corrections.jsonl")
    assert (accepted.op, accepted.note) == ("accept", "repeated_actions")
    assert page.inner_text("review-queue article") != before
    page.keyboard.press("c")
    page.wait_for_selector("video-view:not([hidden])")


def test_a_chart_filters_the_others(visit: Visit):
    page = visit.page
    page.click("#show-charts")
    page.wait_for_selector("linked-charts[data-drawn]")
    plot = page.locator("linked-charts section").nth(0).locator("svg .background").first.bounding_box()
    page.mouse.move(plot["x"] + 2, plot["y"] + 40)
    page.mouse.down()
    page.mouse.move(plot["x"] + plot["width"] / 3, plot["y"] + 60, steps=4)
    page.mouse.up()
    visit.until(lambda: "frames=" in page.url)
    visit.until(lambda: "166 events" not in page.inner_text("#count"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_no_part_is_beyond_reach_for_assistive_technology_or_a_narrow_screen(
    browser: Any, address: str, scheme: str, width: int
):
    visited = Visit(browser, address, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = visited.page
    for part in ("", "#show-charts", "#show-review", ".card"):
        if part == ".card":
            page.click("#show-gallery")
        if part:
            page.click(f"{part} >> nth=0")
            page.wait_for_timeout(600)
        found = Axe().run(page)["violations"]
        serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], (part, [node["html"] for one in found for node in one["nodes"]][:3])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), part
    visited.context.close()
