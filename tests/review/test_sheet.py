"""The sheet of suspects: a page that lists all, with strips of what frames there are, and nothing of it is trusted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PIL import Image

import etl
from etl.names import frame_file
from etl.review.sheet import write_sheet
from etl.review.suspects import Suspects

PAGE = "suspects.html"


@pytest.fixture(scope="module")
def found(sample_warehouse: Path) -> Suspects:
    return etl.suspects(sample_warehouse, limit=4)


@pytest.fixture
def frames(found: Suspects, tmp_path: Path) -> Path:
    """Frames of all suspects' videos."""
    for video_id in found.events["video_id"]:
        for number in range(70):
            path = tmp_path / "frames" / frame_file(video_id, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (64, 48), (90, 90, 90)).save(path)
    return tmp_path / "frames"


def test_the_page_lists_every_suspect_with_its_reasons_and_the_strips_that_there_are(
    sample_warehouse: Path, found: Suspects, frames: Path, tmp_path: Path
):
    sheet = write_sheet(sample_warehouse, found, tmp_path / "sheet", frames=frames)
    page = sheet.page.read_text(encoding="utf-8")
    shown = re.findall(r'<img src="([^"]+)"', page)
    assert len(re.findall("<section ", page)) == 4
    assert len(shown) == sheet.strips >= 4
    assert all((tmp_path / "sheet" / name).is_file() for name in shown)
    assert sheet.problems == []
    assert "<script" not in page
    for reasons in found.events["reasons"]:
        assert reasons in page


def test_without_frames_the_page_has_all_but_the_strips_and_the_problems_are_said(
    sample_warehouse: Path, found: Suspects, tmp_path: Path
):
    sheet = write_sheet(sample_warehouse, found, tmp_path / "sheet", frames=tmp_path / "nowhere")
    assert sheet.strips == 0
    assert "there is no frame" in sheet.problems[0]
    assert sheet.page.read_text(encoding="utf-8").count("Its frames are missing.") == 4


def test_what_a_suspect_says_is_escaped(sample_warehouse: Path, found: Suspects, tmp_path: Path):
    hostile = Suspects(found.events.with_columns(reasons=pl.lit("<script>alert(1)</script>")), ("<b>",))
    page = write_sheet(sample_warehouse, hostile, tmp_path / "sheet", frames=tmp_path / "nowhere").page
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_a_folder_of_something_else_is_left_alone(sample_warehouse: Path, found: Suspects, tmp_path: Path):
    (tmp_path / "sheet").mkdir()
    (tmp_path / "sheet" / "mine.txt").write_text("mine")
    with pytest.raises(etl.OutputError):
        write_sheet(sample_warehouse, found, tmp_path / "sheet")
    assert (tmp_path / "sheet" / "mine.txt").read_text() == "mine"


def test_the_command_draws_what_it_lists(sample_warehouse: Path, frames: Path, contact_release: Callable[..., Any]):
    sheet = frames.parent / "drawn"
    options = ("--warehouse", str(sample_warehouse), "--limit", "4", "--frames", str(frames), "--sheet", str(sheet))
    done = contact_release("suspects", *options)
    assert done.status == 0
    assert (sheet / PAGE).is_file()
    assert f"wrote {sheet / PAGE}" in done.err
