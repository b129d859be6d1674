"""Charts drawn beside other work: the same pictures as without the process that draws them, whatever becomes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from etl.pages.drawing_process import Drawing
from etl.pages.pictures import chart_to_svg, svg_to_pdf
from etl.pages.vega import bundle

CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.1.0.json",
    "data": {"values": [{"kind": "a “name” <b>", "count": 2}, {"kind": "c", "count": 3.5}]},
    "mark": "bar",
    "encoding": {"x": {"field": "count", "type": "quantitative"}, "y": {"field": "kind", "type": "nominal"}},
    "config": {"axis": {"titleFontWeight": "normal"}},  # of two fonts, the writer of PDF puts either first
}
ASKED = (CHART, "bars", 'Bars & "labels"')


def drawn_here() -> tuple[str, bytes]:
    svg = chart_to_svg(*ASKED)
    return svg, svg_to_pdf(svg)


def test_the_process_draws_what_is_drawn_here_and_what_was_drawn_before_leaves_no_trace():
    with Drawing() as drawing:
        first, second = drawing.draw(*ASKED), drawing.draw(*ASKED)
        process = drawing._process
        assert process is not None
        assert first.result() == second.result() == drawn_here()
        assert process.poll() is None  # it has drawn them
    assert process.poll() is not None


def test_the_process_bundles_what_is_bundled_here():
    with Drawing() as drawing:
        assert drawing.bundle("6.1") == bundle("6.1")


def test_where_the_process_ends_too_early_charts_are_drawn_here():
    with Drawing() as drawing:
        assert drawing._process is not None
        drawing._process.kill()
        drawing._process.wait()
        assert drawing.draw(*ASKED).result() == drawn_here()


def test_where_no_process_can_be_started_charts_are_drawn_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with Drawing() as drawing:
        assert drawing.draw(*ASKED).result() == drawn_here()


def test_what_is_not_drawn_yet_is_given_up_where_a_fault_ends_the_work():
    with pytest.raises(ZeroDivisionError), Drawing() as drawing:
        waiting = [drawing.draw(*ASKED) for _ in range(20)]
        raise ZeroDivisionError
    assert waiting[-1].cancelled()
