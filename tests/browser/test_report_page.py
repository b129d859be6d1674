"""The report's page in a real browser: silent, sealed, sortable, searchable."""

from __future__ import annotations

import pytest
from reporting import HOSTILE, records


def names(opened):
    return opened.page.locator("#table-templates tbody tr:visible button.open").all_inner_texts()


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
