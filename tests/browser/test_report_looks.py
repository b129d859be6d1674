"""The looks of the report's page: dark, on a phone, printed, without scripts, accessible."""

from __future__ import annotations

import itertools
import shutil

import pytest
from datasets import dataset, event, write
from reporting import LONG, records

import etl
from etl.build import build
from etl.report.write import ReportOptions, write_report

PHONE = {"viewport": {"width": 400, "height": 800}}


@pytest.mark.parametrize("is_drawn", [True, False])
def test_dark_mode_turns_ground_and_ink_around(open_page, page_of_sample, is_drawn):
    opened = open_page(page_of_sample, color_scheme="dark", java_script_enabled=is_drawn)
    if is_drawn:
        opened.draw_everything()
    lightness = "element => Math.max(...getComputedStyle(element).{}.match(/[0-9.]+/g).slice(0, 3).map(Number))"
    assert opened.page.locator("body").evaluate(lightness.format("backgroundColor")) < 60
    for name in ("event_mix", "timing_by_frame", "split_mix"):
        label = opened.page.locator(f"#figure-{name} svg text").first
        assert label.evaluate(lightness.format("fill")) > 200


@pytest.mark.parametrize("which", ["page_of_sample", "page_of_hostile"])
def test_nothing_is_wider_than_a_phone(open_page, request, which):
    opened = open_page(request.getfixturevalue(which), **PHONE)
    opened.draw_everything()
    opened.page.locator("button.open").first.click()
    opened.page.wait_for_function("document.querySelectorAll('#template-section svg').length === 3")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 400
    widths = opened.page.locator(".chart svg").evaluate_all("all => all.map(svg => svg.getBoundingClientRect().right)")
    assert max(widths) <= 400
    for text in opened.page.locator(".chart svg text:visible").all()[:200]:
        box = text.bounding_box()
        assert box is None or (box["x"] >= -1 and box["x"] + box["width"] <= 401), text.inner_html()


@pytest.mark.parametrize("size", [PHONE, {}], ids=["phone", "desktop"])
def test_long_names_of_compared_warehouses_stay_in_the_legend(open_page, sample_warehouse, tmp_path, size):
    shutil.copytree(sample_warehouse, tmp_path / LONG, symlinks=True)
    with etl.open_warehouse(sample_warehouse) as warehouse, etl.open_warehouse(tmp_path / LONG) as other:
        page = write_report(warehouse, tmp_path / "reports", ReportOptions(other=other)).page
    opened = open_page(page, **size)
    opened.draw_everything()
    width = opened.page.viewport_size["width"]
    for name in ("compared_mix", "compared_timing"):
        labels = opened.page.locator(f"#figure-{name} .live .role-legend-label text")
        boxes = [label.bounding_box() for label in labels.all()]
        assert len(boxes) == 2
        assert all(box["x"] + box["width"] <= width for box in boxes)
        assert size or labels.last.text_content() == LONG


def test_labels_of_thousands_stand_apart_on_a_phone(open_page, tmp_path):
    videos = {str(number): [event()] for number in range(1, 6_762)}
    build(write(tmp_path / "metadata", dataset(videos)), tmp_path / "warehouse")
    with etl.open_warehouse(tmp_path / "warehouse") as warehouse:
        opened = open_page(write_report(warehouse, tmp_path / "reports").page, **PHONE)
    opened.draw_everything()
    labels = opened.page.locator("#figure-event_mix .live .role-axis-label text[text-anchor=middle]:visible").all()
    boxes = [label.bounding_box() for label in labels if label.get_attribute("opacity") != "0"]
    assert len(boxes) > 2
    gaps = [after["x"] - before["x"] - before["width"] for before, after in itertools.pairwise(boxes)]
    assert min(gaps) > 3


@pytest.mark.parametrize("size", [PHONE, {}], ids=["phone", "desktop"])
def test_labels_on_axes_do_not_overlap(open_page, page_of_sample, size):
    opened = open_page(page_of_sample, **size)
    opened.draw_everything()
    overlaps = opened.page.evaluate(
        """() => [...document.querySelectorAll('.chart')].flatMap((chart) => {
            const labels = [...chart.querySelectorAll('.role-axis-label text')].filter((text) =>
                text.getAttribute('opacity') !== '0' && !text.getAttribute('transform').includes('rotate'));
            const boxes = labels.map((text) => [text.textContent, text.getBoundingClientRect()]);
            return boxes.flatMap(([one, box], at) => boxes.slice(at + 1).flatMap(([other, beside]) => {
                const apart = box.left >= beside.right || beside.left >= box.right
                    || box.top >= beside.bottom - 2 || beside.top >= box.bottom - 2;
                return apart ? [] : [`${chart.dataset.figure}: ${one} | ${other}`];
            }));
        })"""
    )
    assert overlaps == []


def test_the_page_is_printed_with_every_figure(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    pdf = opened.page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") >= 4
    opened.draw_everything()
    opened.page.emulate_media(media="print")
    figures = opened.page.locator("figure .chart svg:visible")
    assert figures.count() == opened.page.locator("figure .chart").count() >= 10
    assert figures.evaluate_all("all => all.every((svg) => svg.closest('.still'))")
    assert opened.page.get_by_text("View: event_mix").first.is_visible()


def test_without_scripts_every_figure_is_there(open_page, page_of_sample):
    opened = open_page(page_of_sample, java_script_enabled=False)
    assert opened.page.locator("figure .chart svg").count() >= 10
    assert opened.page.get_by_text("This is the synthetic sample").is_visible()
    assert "Scripts are off" in opened.page.locator("noscript").text_content()


def test_still_pictures_hold_their_labels_in_fonts_wider_than_the_measured_one(open_page, page_of_sample):
    opened = open_page(page_of_sample, java_script_enabled=False)
    cut = opened.page.evaluate(
        """() => [...document.querySelectorAll('.still > svg')].flatMap((svg) => {
            const edge = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter((text) => {
                const box = text.getBoundingClientRect();
                return box.left < edge.left - 1 || box.right > edge.right + 1;
            }).map((text) => `${svg.closest('.chart').dataset.figure}: ${text.textContent}`);
        })"""
    )
    assert cut == []


def test_charts_are_as_wide_as_the_page_and_every_column_of_the_matrix_is_named(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    opened.draw_everything()
    page = opened.page.locator("main").bounding_box()["width"]
    for name in ("event_mix", "timing_by_frame", "coordinate_heat_map"):
        assert opened.page.locator(f"#figure-{name} .live svg").bounding_box()["width"] > 0.9 * page, name
    labels = opened.page.locator("#figure-transition_counts .live .role-axis-label text[transform*=rotate]")
    kinds = {row["next_action"] + row["next_agent"] for row in records(page_of_sample, "transition_counts")}
    assert len([text for text in labels.all() if text.is_visible()]) == len(kinds)


def test_short_cells_stand_on_one_line(open_page, page_of_sample):
    opened = open_page(page_of_sample, **PHONE)
    agents = opened.page.locator("#table-event_mix tbody td:nth-child(2)")
    assert max(box.bounding_box()["height"] for box in agents.all()) < 40


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", **PHONE}], ids=["desktop", "dark phone"])
def test_axe_finds_nothing_serious(open_page, page_of_sample, options):
    from axe_core_python.sync_playwright import Axe

    # The page's policy lets no script in: axe is for the test to bring, past it.
    opened = open_page(page_of_sample, bypass_csp=True, **options)
    opened.draw_everything()
    opened.page.locator("button.open").first.click()
    opened.page.wait_for_function("document.querySelectorAll('#template-section svg').length === 3")
    found = Axe().run(opened.page)
    assert found["passes"]
    serious = [issue for issue in found["violations"] if issue["impact"] in ("serious", "critical")]
    assert [(issue["id"], [node["html"][:200] for node in issue["nodes"]][:3]) for issue in serious] == []
