"""The page in Firefox, where it is installed: filter, step, correct, review, and nothing said on the console."""

from __future__ import annotations

from pathlib import Path

from browsing import SHOWN, browsing, everything
from firefox import find_firefox, running

from etl.corrections.log import read_decisions

SHOWS = "document.querySelector('frame-canvas').dataset.shown === arguments[0]"
RIGHT = "\ue014"

if find_firefox():

    def test_a_journey_through_the_page(browsed: Path, tmp_path: Path):
        (tmp_path / "profile").mkdir()
        log = tmp_path / "corrections.jsonl"
        with browsing(*everything(browsed, log)) as address, running(tmp_path / "profile") as firefox:
            firefox.go(address)
            firefox.until("document.querySelectorAll('.card img').length > 4")
            firefox.run("document.querySelector('input[data-word=release]').click()")
            firefox.until("document.querySelector('#count').textContent.includes(' of 60 videos')")
            firefox.run(f"location.hash = 'video={SHOWN}&frame=9'")
            firefox.until(SHOWS, f"{SHOWN}/9")
            for frame in range(10, 30):
                firefox.press(RIGHT)
                firefox.until(SHOWS, f"{SHOWN}/{frame}")
                assert firefox.run("return document.querySelector('.frame-number').textContent") == f"frame {frame}"
            firefox.press("m")
            firefox.until("document.querySelector('.history')?.textContent.startsWith('was contact')")
            [moved] = read_decisions(log)
            assert (moved.after.frame_number if moved.after else None) == 29
            firefox.run("location.hash = 'part=charts'")
            firefox.until("document.querySelector('linked-charts').dataset.drawn")
            firefox.run("location.hash = 'part=review'")
            firefox.until("document.querySelector('review-queue .parts')")
            firefox.press("s")
            firefox.until("document.querySelector('review-queue [role=status]').textContent.startsWith('2 of')")
            said = [
                line for line in firefox.log.read_text().splitlines() if line.startswith(("console.", "JavaScript"))
            ]
            assert [line for line in said if "127.0.0.1" in line] == []
