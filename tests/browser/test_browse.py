"""The page in a real browser: all videos, filters, the same on the command line, charts, and how it looks."""

from __future__ import annotations

import csv
import io
import shlex
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from browsing import EXTRACTED, SHOWN, VIDEOS, Visit, browsing
from click.testing import CliRunner

from etl.cli import command_line


def test_the_gallery_is_filtered_and_its_address_can_be_sent(visit: Visit):
    page = visit.page
    assert page.inner_text("#count") == "60 videos, 166 events"
    assert "token" not in page.url
    page.get_by_role("checkbox", name="release").check()
    page.fill("#where", "frame_number < 5")
    visit.press("Enter")
    expected = {
        video.video_id
        for video in VIDEOS.values()
        if any(event.action == "release" and event.frame_number < 5 for event in video.events)
    }
    visit.counts(f"{len(expected)} of 60 videos")
    assert "action=release" in page.url
    other = visit.context.new_page()
    other.goto(page.url)
    visit.until(lambda: other.inner_text("#count").startswith(f"{len(expected)} of"))
    assert other.locator("#chips button").all_text_contents() == ["release×", "frame_number < 5×"]
    other.click("#chips button >> nth=0")
    visit.until(lambda: "action=release" not in other.url)
    page.fill("#where", "frame_numbr < 5")
    visit.press("Enter")
    visit.until(lambda: "frame_numbr" in page.inner_text("#where-error"))
    assert page.get_attribute("#where", "aria-invalid") == "true"
    visit.said.clear()  # the browser itself reports the refused condition


def test_every_choice_says_how_many_videos_it_would_show(visit: Visit):
    page = visit.page
    page.locator("input[data-word=test]").check()
    visit.counts("10 of")
    for word in ("contact", "release"):
        number = int(page.locator(f"label:has(input[data-word={word}]) small").inner_text())
        expected = [v for v in VIDEOS.values() if v.split == "test" and any(e.action == word for e in v.events)]
        assert number == len(expected), word
    assert page.locator("label:has(input[data-word=train]) small").inner_text() == "38"
    template = VIDEOS[SHOWN].template
    shown = [v for v in VIDEOS.values() if v.split == "test" and v.template == template]
    assert page.locator(f"#template option[value='{template}']").text_content() == f"{template} · {len(shown)}"
    page.get_by_role("button", name="Show all").click()
    visit.counts("60 videos")


@pytest.mark.parametrize(
    "address",
    [
        "split=test&action=contact&agent=hand-object",
        "text=box%20TABLE",
        "object=block",
        "list=repeated_actions",
        "frames=3-9&cells=60-100-200-200",
        "predictions=missed",
        "where=-1%20%3C%20frame_number&split=test",
        "where=frame_number%20%3C%205%20or%20split%20%3D%20'test'&template=Letting%20go%20of%20a%20box&text=o'%22",
    ],
)
def test_the_command_to_copy_selects_what_the_page_shows(visit: Visit, browsed: Path, tmp_path: Path, address: str):
    visit.go(address)
    visit.until(lambda: visit.page.locator("#chips button").count() > 0)
    visit.until(
        lambda: "list=" not in address or " of 60 videos" in visit.page.inner_text("#count")
    )  # lists come later
    program, *arguments = shlex.split(visit.page.inner_text("filter-panel code"))
    assert (program, arguments[:2]) == ("contact-release", ["export", "csv"])
    shown = visit.page.inner_text("#count").split(", ")[1]
    where = arguments.index("--output") + 1
    arguments[where] = str(tmp_path / "out")
    answer = CliRunner().invoke(command_line, arguments)
    if shown == "0 events":
        assert answer.exit_code == 1
        return
    assert answer.exit_code == 0, answer.output
    [table] = (tmp_path / "out").glob("events.csv")
    assert f"{len(list(csv.DictReader(io.StringIO(table.read_text()))))} events" == shown


def test_a_video_is_found_by_keys_only(visit: Visit):
    page = visit.page
    visit.press("/")
    page.keyboard.type("block box")
    visit.press("Enter")
    visit.until(lambda: page.evaluate("document.activeElement.className") == "card")
    assert "text=block+box" in page.url
    visit.press("/", "Escape")
    assert page.input_value("#text") == "block box"  # left, not emptied
    page.locator("#template").focus()
    visit.press("Enter", "h")  # a list gives the keys back
    page.wait_for_selector("linked-charts:not([hidden])")
    assert page.locator("filter-panel label .mark").count() == 5  # what the marks mean


def test_the_command_is_copied(visit: Visit):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.get_by_role("checkbox", name="release").check()
    visit.until(lambda: "--action release" in visit.page.inner_text("filter-panel code"))
    visit.page.get_by_role("button", name="for report").click()
    visit.page.wait_for_selector("#message:has-text('Copied')")
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("contact-release report --output")
    assert copied.endswith("--action release")


def test_cards_are_walked_with_the_arrows_and_the_place_is_kept(visit: Visit):
    page = visit.page
    page.locator(".card").first.focus()
    visit.press("ArrowRight", "ArrowDown", "End")
    last = list(VIDEOS)[-1]
    visit.until(lambda: page.evaluate("document.activeElement.dataset.id") == last)
    assert page.evaluate("scrollY") > 500
    place = page.evaluate("scrollY")
    visit.press("Enter")
    page.wait_for_selector(f"video-view:not([hidden]) h2:has-text('{last}')")
    visit.press("Escape")
    visit.until(lambda: page.evaluate("document.activeElement.dataset?.id") == last)
    assert abs(page.evaluate("scrollY") - place) < 5
    in_order = page.eval_on_selector_all(".card", "cards => cards.map(card => card.dataset.id)")
    assert in_order == sorted(in_order, key=int)


def test_a_card_shows_the_events_frame_with_its_point(visit: Visit):
    for video_id in (*EXTRACTED, "900003"):  # the last one is decoded for it
        card = visit.page.locator(f".card[data-id='{video_id}']")
        event = VIDEOS[video_id].events[0]
        image = card.locator("img")
        assert image.get_attribute("src") == f"/frame/{video_id}/{event.frame_number}.jpg"
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        assert card.locator(".mini .mark").count() == len(VIDEOS[video_id].events)
        assert card.locator(".picture .mark").count() >= 1


def test_a_chart_filters_the_others_and_shows_what_is_chosen(visit: Visit):
    page = visit.page
    visit.press("h")
    page.wait_for_selector("linked-charts[data-drawn='166']")
    plot = visit.box_of(page.locator("linked-charts section").nth(0).locator("svg .background").first)
    page.mouse.move(plot["x"] + 2, plot["y"] + 40)
    page.mouse.down()
    page.mouse.move(plot["x"] + plot["width"] / 3, plot["y"] + 60, steps=4)
    page.mouse.up()
    visit.until(lambda: "frames=" in page.url)
    visit.until(lambda: "166 events" not in page.inner_text("#count"))
    drawn = page.inner_text("#count").split(", ")[1].removesuffix(" events")
    page.wait_for_selector(f"linked-charts[data-drawn='{drawn}']")
    assert page.locator("linked-charts section").nth(0).locator("svg .brush_brush").count() == 1
    page.reload()
    page.wait_for_selector(f"linked-charts[data-drawn='{drawn}']")
    page.click("#chips button")
    page.wait_for_selector("linked-charts[data-drawn='166']")
    page.locator("linked-charts section").nth(2).locator("svg .mark-rect path").first.click()
    visit.until(lambda: "template=" in page.url)


def test_every_key_is_listed(visit: Visit):
    visit.press("?")
    listed = visit.page.inner_text("dialog")
    assert all(key in listed for key in ("Home", "[", "Space", "Delete", "take the prediction", "undo, redo"))
    visit.press("Escape")
    assert not visit.page.locator("dialog").is_visible()


def test_nothing_moves_for_who_wants_no_motion(browser: Any, standing: str):
    visited = Visit(browser, standing, reduced_motion="reduce")
    visited.page.get_by_role("checkbox", name="release").check()
    moving = visited.page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one).transitionDuration) > 0"
        " || getComputedStyle(one).animationName !== 'none').length"
    )
    assert moving == 0
    visited.leave()


PARTS = {"gallery": "", "charts": "part=charts", "review": "part=review", "video": f"video={SHOWN}&frame=9"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_part_is_beyond_reach_for_assistive_technology_or_any_screen(browser: Any, standing: str, scheme: str):
    visited = Visit(browser, standing, color_scheme=scheme)
    page = visited.page
    for part, address in PARTS.items():
        visited.go(address)
        if part == "charts":
            page.wait_for_selector("linked-charts[data-drawn]")
        if part == "review":
            page.wait_for_selector("review-queue h2")
        if part == "video":
            visited.wait_for_frame(9)
        for width in (2560, 1280, 400):
            page.set_viewport_size({"width": width, "height": 800})
            visited.until(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
            if width == 2560:
                continue
            found = [one for one in Axe().run(page)["violations"] if one["impact"] in ("serious", "critical")]
            assert found == [], (part, width, [node["html"] for one in found for node in one["nodes"]][:3])
    visited.press("?")
    assert [one["id"] for one in Axe().run(page)["violations"] if one["impact"] in ("serious", "critical")] == []
    visited.leave()


def test_without_any_picture_there_are_still_events_and_charts(browser: Any, browsed: Path, tmp_path: Path):
    with browsing("--warehouse", browsed / "bare", "--corrections", tmp_path / "corrections.jsonl") as address:
        visited = Visit(browser, address)
        visited.go("video=900003&frame=4")
        visited.page.wait_for_selector("frame-canvas[data-shown='900003/4/empty']")
        assert "--videos DIR" in visited.page.inner_text(".no-picture")
        assert visited.page.locator("event-timeline .mark").count() == len(VIDEOS["900003"].events)
        visited.leave()
