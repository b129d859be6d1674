"""The report's page in a real browser: silent, sealed, sortable, searchable, readable, accessible."""

from __future__ import annotations

import itertools
import json
import shutil

import pytest
from datasets import dataset, event, write

import etl
from etl.build import build
from etl.report.write import ReportOptions, write_report

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
LONG = "Pretending or failing to wipe something off of something that is eighty long, now"
PHONE = {"viewport": {"width": 400, "height": 800}}


@pytest.fixture(scope="module")
def page_of_sample(sample_warehouse, tmp_path_factory):
    with etl.open_warehouse(sample_warehouse) as warehouse:
        return write_report(warehouse, tmp_path_factory.mktemp("sample")).page


@pytest.fixture(scope="module")
def page_of_hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    videos = {"1": [event(), event("release", frame=9)], "2": [event()], "3": [event(x=90)], "4": [event()]}
    templates = {HOSTILE: ["1", "2"], LONG: ["3"], "W" * 90: ["4"]}
    build(write(folder / "metadata", dataset(videos, templates, train=["1", "2"])), folder / "warehouse")
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        return write_report(warehouse, folder / "reports").page


def names(opened):
    return opened.page.locator("#table-templates tbody tr:visible button.open").all_inner_texts()


def records(page, name):
    answer = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["answers"][name]
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def column(opened, position):
    cells = opened.page.locator(f"#table-templates tbody tr td:nth-child({position})")
    return [float(value) for value in cells.evaluate_all("cells => cells.map(cell => cell.dataset.value)")]


@pytest.mark.parametrize(("which", "scheme"), [("page_of_sample", "light"), ("page_of_hostile", "dark")])
def test_the_page_says_nothing_and_asks_for_nothing(open_page, request, which, scheme):
    path = request.getfixturevalue(which)
    opened = open_page(path, color_scheme=scheme)
    opened.draw_everything()
    for button in opened.page.locator("button.open").all()[:3]:
        button.click()
        opened.page.wait_for_function("document.querySelectorAll('#template-section svg').length === 3")
    assert opened.said == []
    assert opened.asked == [path.as_uri()]


def test_templates_are_sorted_by_a_click_on_a_heading(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    table = opened.page.locator("#table-templates table")
    heading = table.get_by_role("columnheader", name="events", exact=True)
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(opened, 4) == sorted(column(opened, 4), reverse=True)
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column(opened, 4) == sorted(column(opened, 4))
    table.get_by_role("button", name="template", exact=True).click()
    assert names(opened) == sorted(names(opened), key=str.lower)
    assert heading.get_attribute("aria-sort") is None


def test_the_small_bars_of_a_column_begin_at_one_edge(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    for position in (3, 5):
        bars = opened.page.locator(f"#table-templates tbody td:nth-child({position}) .bar")
        assert bars.count() > 5
        assert len({bar.bounding_box()["x"] for bar in bars.all()}) == 1


def test_templates_are_found_by_a_part_of_their_name(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    everything = names(opened)
    opened.page.get_by_label("Search the templates").fill("TABLE")
    found = names(opened)
    assert found == [name for name in everything if "table" in name.lower()]
    assert 0 < len(found) < len(everything)
    assert opened.page.locator("#template-count").inner_text() == f"{len(found)} of {len(everything)} templates"


def test_a_template_opens_with_its_mix_timing_and_heat_map(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    button = opened.page.locator("button.open").nth(2)
    button.focus()
    opened.page.keyboard.press("Enter")
    section = opened.page.locator("#template-section")
    opened.page.wait_for_function("document.querySelectorAll('#template-section svg').length === 3")
    assert section.locator("h3").inner_text() == button.inner_text()
    assert all(section.locator(".chart").evaluate_all("charts => charts.map(chart => chart.ariaLabel)"))
    assert section.locator("li").count() > 0
    events = records(page_of_sample, "templates")[2]["events"]
    assert section.locator("figcaption p").all_inner_texts() == [f"n = {events} events."] * 3
    sources = section.locator("details.source")
    assert sources.locator("summary").all_inner_texts() == [
        "View: template_mix",
        "View: template_timing",
        "View: coordinate_grid",
        "View: template_intervals",
    ]
    sources.first.locator("summary").click()
    assert "select" in sources.first.locator("pre").last.inner_text()


def test_a_hostile_template_is_text_in_table_section_and_tooltip(open_page, page_of_hostile):
    opened = open_page(page_of_hostile)
    opened.draw_everything()  # first: what a chart moves on the page, a click may miss
    assert HOSTILE in names(opened)
    opened.page.get_by_role("button", name=HOSTILE).click()
    assert opened.page.locator("#template-section h3").inner_text() == HOSTILE
    opened.page.locator("#figure-split_templates .live .role-mark path[fill='#0072b2']").hover(force=True)
    tooltip = opened.page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible")
    assert HOSTILE in tooltip.inner_text()
    assert opened.page.locator("img").count() == 0
    assert opened.said == []


def test_hovering_a_bar_shows_its_numbers(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    opened.draw_everything()
    opened.page.locator("#figure-event_mix .mark-rect path").first.hover()
    tooltip = opened.page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible")
    assert "hand-object" in tooltip.inner_text()


def test_a_click_on_the_legend_shows_one_split_alone(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    opened.draw_everything()
    bars = opened.page.locator("#figure-events_per_video .live .mark-rect.role-mark path")
    opacities = "bars => [...new Set(bars.map(bar => bar.getAttribute('opacity') ?? '1'))].sort()"
    assert bars.evaluate_all(opacities) == ["1"]
    opened.page.locator("#figure-events_per_video .role-legend-symbol path").first.click()
    opened.page.wait_for_function(
        "document.querySelector('#figure-events_per_video .mark-rect.role-mark path[opacity=\"0.15\"]')"
    )
    assert bars.evaluate_all(opacities) == ["0.15", "1"]


def test_the_numbers_and_the_sql_of_a_figure_are_one_click_away(open_page, page_of_sample):
    opened = open_page(page_of_sample)
    figure = opened.page.locator("#figure-event_mix")
    figure.locator("details.numbers summary").click()
    assert figure.locator("details.numbers tbody tr").count() == 6
    figure.locator("details.source summary").click()
    assert "group by action, agent" in figure.locator("details.source pre").last.inner_text()


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
