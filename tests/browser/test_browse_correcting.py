"""Correcting in a real browser: with keys, in two windows, and without the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browsing import SHOWN, VIDEOS, Visit, browsing

from etl.corrections.log import read_decisions


def test_a_correction_takes_two_keys_and_can_be_undone(correcting: Visit, log: Path):
    visit, page = correcting, correcting.page
    visit.go(f"video={SHOWN}&frame=9")
    visit.wait_for_frame(9)
    visit.press("ArrowRight")
    visit.wait_for_frame(10)
    visit.press("m")
    page.wait_for_selector("text=was contact, hand-object, frame 9")
    [moved] = read_decisions(log)
    assert (moved.op, moved.before.frame_number, moved.after.frame_number) == ("move", 9, 10)
    visit.press("p")
    box = visit.box_of(page.locator("frame-canvas canvas"))
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.until(lambda: "(213, 1" in page.inner_text(".events"))
    assert page.locator("frame-canvas .was").count() == 1  # where the point was
    visit.press("u")
    visit.until(lambda: "(213, 1" not in page.inner_text(".events"))
    visit.press("U")
    visit.until(lambda: "(213, 1" in page.inner_text(".events"))
    visit.press("u")
    visit.until(lambda: "(213, 1" not in page.inner_text(".events"))
    visit.press("Delete")
    visit.until(lambda: page.locator(".events li").count() == 3)
    visit.press("u")
    visit.until(lambda: page.locator(".events li").count() == 4)
    visit.press("u")  # the move, of the event that came back
    visit.until(lambda: "frame 9 " in page.inner_text(".events"))
    decisions = read_decisions(log)
    assert [one.op for one in decisions] == ["move", "move", "move", "move", "move", "remove", "add", "move"]
    assert len({one.event_index for one in decisions}) == 1  # the same event throughout


def test_a_point_is_set_and_an_event_added_with_the_keyboard(correcting: Visit, log: Path):
    visit, page = correcting, correcting.page
    event = VIDEOS[SHOWN].events[0]
    visit.go(f"video={SHOWN}&frame={event.frame_number}")
    visit.wait_for_frame(event.frame_number)
    visit.press("p", "ArrowLeft", "Shift+ArrowUp", "Enter")
    visit.until(lambda: f"({event.point_x - 1}, {event.point_y - 10})" in page.inner_text(".events"))
    visit.press("p", "ArrowLeft", "Escape")  # no
    visit.press("ArrowRight")
    visit.wait_for_frame(event.frame_number + 1)
    note = 'a <b>second</b> touch & "<img src=x onerror=alert(1)>'  # text, whatever it holds
    page.fill("video-view .side > input", note)
    page.evaluate("document.activeElement.blur()")
    visit.press("n", "Enter")
    visit.until(lambda: page.locator(".events li").count() == 5)
    visit.until(lambda: f"added — {note}" in page.inner_text(".events"))
    assert page.locator(".events img, .events b").count() == 0
    visit.press("g")
    visit.until(lambda: len(read_decisions(log)) == 3)
    moved, added, relabelled = read_decisions(log)
    assert (moved.op, moved.after.point_x, moved.after.point_y) == ("move", event.point_x - 1, event.point_y - 10)
    assert (added.op, added.after.frame_number, added.note) == ("add", event.frame_number + 1, note)
    assert (relabelled.op, relabelled.before, relabelled.event_index) == ("relabel", added.after, None)
    visit.press("a", "u", "u", "u")
    visit.until(lambda: page.locator(".events li").count() == 4)


def test_a_second_window_does_not_overwrite_the_first(correcting: Visit, log: Path):
    first = correcting.page
    second = correcting.context.new_page()
    for page in (first, second):
        page.goto(f"{correcting.origin}/#video={SHOWN}&frame=10")
        page.reload()
        page.wait_for_selector(f"frame-canvas[data-shown='{SHOWN}/10']")
        page.locator(".events button").first.click()
        page.keyboard.press("ArrowRight")
    first.bring_to_front()
    first.keyboard.press("m")
    first.wait_for_selector("text=was contact, hand-object, frame 9")
    second.bring_to_front()
    second.keyboard.press("ArrowRight")
    second.keyboard.press("m")
    second.wait_for_selector("text=Another window has changed this event")
    second.wait_for_selector("text=was contact, hand-object, frame 9")
    assert len(read_decisions(log)) == 1


def test_a_page_whose_server_has_gone_says_so(browser: Any, browsed: Path, log: Path):
    with browsing(
        "--warehouse", browsed / "warehouse", "--frames", browsed / "frames", "--corrections", log
    ) as address:
        visited = Visit(browser, address)
        visited.go(f"video={SHOWN}&frame=9")
        visited.wait_for_frame(9)
    visited.press("ArrowRight", "m")
    visited.page.wait_for_selector("text=Not written: the server does not answer")
    assert not log.exists()
    visited.context.close()
