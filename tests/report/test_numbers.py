"""Every number of a report equals one that was counted without SQL; page, Markdown and JSON tell the same."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser

import pytest
from recount import recount

import etl
from etl.build import build
from etl.dataset.sample import sample_folder
from etl.report.write import write_report

# Columns of quality's examples are rows of the warehouse, which the tests of the views compare.
EXAMPLES = {
    "event_outliers",
    "event_relations",
    "event_signals",
    "event_suspicion",
    "rated_events",
    "suspect_events",
    "events_far_from_boxes",
    "exceptional_videos",
    "frames_past_end",
    "mixed_action_frames",
    "near_duplicate_events",
    "points_outside_picture",
    "repeated_actions",
}


def reported(metadata, folder):
    build(metadata, folder / "warehouse")
    with etl.open_warehouse(folder / "warehouse") as warehouse:
        return write_report(warehouse, folder / "reports")


@pytest.fixture(
    scope="module",
    params=[pytest.param("sample", id="sample"), pytest.param("real", marks=pytest.mark.real_data, id="real data")],
)
def case(request, tmp_path_factory):
    metadata = sample_folder() if request.param == "sample" else request.getfixturevalue("real_metadata")
    return metadata, reported(metadata, tmp_path_factory.mktemp("report"))


def records(statistics, name):
    answer = statistics["answers"][name]
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    return [{column: value for column, value in row.items() if value is not None} for row in rows]


def in_order(rows):
    def key(row):
        return sorted((name, value) for name, value in row.items() if isinstance(value, str)), sorted(
            (name, value) for name, value in row.items() if isinstance(value, int)
        )

    return sorted(rows, key=key)


def test_every_number_equals_one_counted_without_sql(case):
    metadata, summary = case
    statistics = json.loads(summary.statistics.read_text(encoding="utf-8"))
    expected = recount(metadata)
    assert statistics["answers"].keys() == expected.keys()
    for name, rows in expected.items():
        found = records(statistics, name)
        if name in EXAMPLES:
            found = [{"found": row["found"]} for row in found]
        assert len(found) == len(rows), name
        for found_row, row in zip(in_order(found), in_order(rows), strict=True):
            assert found_row == pytest.approx(row, abs=1e-8), name


class Tables(HTMLParser):
    """The tables of a page, as lists of rows of cells."""

    def __init__(self):
        super().__init__()
        self.tables, self.is_cell = [], False

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")
            self.is_cell = True

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.is_cell = False

    def handle_data(self, data):
        if self.is_cell:
            self.tables[-1][-1][-1] += data


def tables_of_page(text):
    parser = Tables()
    parser.feed(text)
    return [[[cell.strip() for cell in row] for row in table] for table in parser.tables]


def tables_of_markdown(text):
    tables = []
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block.splitlines()]
        rows = [[re.sub(r"\\(.)", r"\1", cell).strip() for cell in line] for line in lines]
        tables.append([rows[0], *rows[2:]])
    return tables


def test_page_and_markdown_show_the_same_tables(case):
    _, summary = case
    page = tables_of_page(summary.page.read_text(encoding="utf-8"))
    assert len(page) >= 10
    assert page == tables_of_markdown(summary.markdown.read_text(encoding="utf-8"))


def test_the_tables_show_the_numbers_of_the_json(case):
    _, summary = case
    statistics = json.loads(summary.statistics.read_text(encoding="utf-8"))
    tables = tables_of_page(summary.page.read_text(encoding="utf-8"))
    mix = next(table for table in tables if table[0][:3] == ["action", "agent", "events"] and "share" in table[0])
    assert mix[1:] == [
        [row["action"], row["agent"], f"{row['events']:,}", f"{100 * row['share']:.1f} %", f"{row['videos']:,}"]
        for row in records(statistics, "event_mix")
    ]
    templates = next(table for table in tables if table[0][0] == "template")
    assert [row[:2] + row[3:4] for row in templates[1:]] == [
        [row["template"], f"{row['videos']:,}", f"{row['events']:,}"] for row in records(statistics, "templates")
    ]


def test_the_page_holds_the_json_itself(case):
    _, summary = case
    page = summary.page.read_text(encoding="utf-8")
    (inside,) = re.findall(r'<script type="application/json" id="statistics">(.*?)</script>', page, flags=re.DOTALL)
    assert json.loads(html.unescape(inside)) == json.loads(summary.statistics.read_text(encoding="utf-8"))


def test_every_figure_has_its_svg_and_names_its_view(case):
    _, summary = case
    page, markdown = (path.read_text(encoding="utf-8") for path in (summary.page, summary.markdown))
    names = re.findall(r'<figure id="figure-([a-z_]+)">', page)
    pictures = re.findall(r"^!\[.+\]\(statistics-figures/([a-z_]+)\.svg\)$", markdown, flags=re.MULTILINE)
    assert names == pictures
    files = {path.stem for path in (summary.page.parent / "statistics-figures").iterdir()}
    assert files == set(names)
    for figure in re.findall(r"<figure id=.*?</figure>", page, flags=re.DOTALL):
        assert '<details class="source"><summary>View' in figure
        assert "<p>n = " in figure
