"""The review in a real browser: suspects by their score, lists of quality, one key for each decision."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from browsing import ALARMED, VIDEOS, Visit

import etl
from etl.corrections.log import read_decisions


def test_suspects_come_by_their_score_with_reasons_parts_and_what_to_compare_with(visit: Visit, browsed: Path):
    page = visit.page
    visit.press("r")
    page.wait_for_selector("review-queue h2")
    found = etl.suspects(browsed / "warehouse", browsed / "predictions.jsonl").events
    assert page.inner_text("review-queue [role=status]") == f"1 of {len(found)} · 0 decided"
    for row in found.head(4).iter_rows(named=True):
        article = page.inner_text("review-queue article")
        assert row["video_id"] in article
        assert f"Score {row['score']:.1f}" in article
        assert all(reason in article for reason in row["reasons"].split("; "))
        parts = {name.removesuffix("_part"): value for name, value in row.items() if name.endswith("_part") and value}
        shown = page.locator("table.parts tr").all_inner_texts()
        assert {line.split("\t")[0] for line in shown} == {name.replace("_", " ") for name in parts}
        assert page.locator(".strip .now span").first.inner_text() == str(row["frame_number"])
        if row["compared_events"]:
            assert f"usual: median of {row['compared_events']} of this {row['compared_with']}" in article
        visit.press("j")
    visit.press("k")
    visit.until(lambda: page.inner_text("review-queue [role=status]").startswith("4 of"))


def test_one_key_accepts_corrects_skips_takes_the_prediction_and_undoes(correcting: Visit, browsed: Path, log: Path):
    visit, page = correcting, correcting.page
    found = etl.suspects(browsed / "warehouse", browsed / "predictions.jsonl").events
    rows = found.select("video_id", "event_index", "predicted_frame").rows()
    status = "review-queue [role=status]"
    visit.press("r")
    page.wait_for_selector("review-queue h2")
    alarm = next(at for at, (video_id, index, _) in enumerate(rows) if index is None)
    labelled = [at for at, (_, index, _) in enumerate(rows) if index is not None]
    at = 0
    while at < labelled[0]:
        visit.press("s")
        at += 1
    visit.press("Enter")
    visit.until(lambda: page.inner_text(status).startswith(f"{at + 2} of"))
    [accepted] = read_decisions(log)
    assert (accepted.op, accepted.video_id, accepted.event_index) == ("accept", *rows[at][:2])
    assert accepted.note == "suspects"
    visit.press("u")
    visit.until(lambda: page.inner_text(status).startswith(f"{at + 1} of") and "0 decided" in page.inner_text(status))
    page.reload()
    page.wait_for_selector("review-queue h2")
    for _ in range(alarm):
        visit.press("j")
    page.wait_for_selector(".told:has-text('no label here')")
    visit.press("t")
    visit.until(lambda: page.inner_text(status).startswith(f"{alarm + 2} of"))
    assert len(read_decisions(log)) == 3
    added = read_decisions(log)[-1]
    assert (added.op, added.video_id, added.after.frame_number, added.after.point_x) == ("add", ALARMED, 15, 5)
    visit.press("k", "c")
    page.wait_for_selector("video-view:not([hidden])")
    visit.wait_for_frame(15, ALARMED)
    visit.press("Escape")
    page.wait_for_selector("review-queue:not([hidden]) h2")
    visit.until(lambda: page.inner_text(status).startswith(f"{alarm + 1} of"))


def test_a_review_goes_through_a_list(correcting: Visit, log: Path):
    visit, page = correcting, correcting.page
    visit.press("r")
    page.select_option("#queue", "repeated_actions")
    visit.until(lambda: "queue=repeated_actions" in page.url)
    page.wait_for_selector("review-queue section h3:has-text('?')")
    before = page.inner_text("review-queue article")
    page.evaluate("document.activeElement.blur()")
    visit.press("Enter")
    visit.until(lambda: page.inner_text("review-queue [role=status]").startswith("2 of"))
    [accepted] = read_decisions(log)
    assert (accepted.op, accepted.note) == ("accept", "repeated_actions")
    assert page.inner_text("review-queue article") != before


def test_a_review_keeps_to_the_filter(visit: Visit, browsed: Path):
    test_videos = {video_id for video_id, video in VIDEOS.items() if video.split == "test"}
    found = etl.suspects(browsed / "warehouse", browsed / "predictions.jsonl").events
    expected = len(found.filter(pl.col("video_id").is_in(test_videos)))
    visit.go("part=review&split=test")
    visit.until(lambda: f"of {expected} in the videos that the filter shows" in visit.page.inner_text("review-queue"))
