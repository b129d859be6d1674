"""The statistics report: what it says of its source, of a part, of nothing; hostile names; how it is written."""

from __future__ import annotations

import re
import sys

import pytest
from click.testing import CliRunner
from datasets import dataset, event, write
from given import SMALL_EVENTS, SMALL_VIDEOS, given
from reporting import HOSTILE, LONG, OpenDatabase, statistics, text, totals

import etl
from etl.build import build
from etl.cli import command_line
from etl.errors import MissingExtraError, OutputError, QueryError, WarehouseError
from etl.pages.answers import ask
from etl.report.distributions import coordinates
from etl.report.questions import QUESTIONS
from etl.report.write import ReportOptions, write_report
from etl.warehouse.selection import Selection

NO_EVENT = Selection(where="frame_number > 9999")


def test_the_same_warehouse_gives_the_same_bytes(sample, of_sample, tmp_path):
    first = of_sample.page.parent
    write_report(sample, tmp_path)
    files = sorted(path.relative_to(first) for path in first.rglob("*.*"))
    assert len(files) > 10
    for file in files:
        assert (tmp_path / file).read_bytes() == (first / file).read_bytes(), file


def test_the_sample_is_said_to_be_synthetic_loudly(of_sample, hostile):
    summary = of_sample
    line = "This is the synthetic sample. No row of it is real"
    assert line in text(summary.page)
    assert line in text(summary.markdown)
    assert statistics(summary)["provenance"]["is_sample"] is True
    assert line not in text(hostile.page)
    assert "neither the released dataset nor the bundled sample" in text(hostile.page)


@pytest.mark.real_data
def test_the_released_dataset_is_named_with_licence_and_citation(real_metadata, tmp_path):
    build(real_metadata, tmp_path / "warehouse")
    with etl.open_warehouse(tmp_path / "warehouse") as warehouse:
        inputs_modified = warehouse.manifest.inputs_modified
        summary = write_report(warehouse, tmp_path / "reports", ReportOptions(Selection(splits=("test",))))
    page = text(summary.page)
    assert "hararid/ssv2-contact-release-interaction-dataset, commit 3a8444a5" in page
    assert "Data License Agreement – Research Use Only" in page
    assert "arXiv:2511.20162" in page
    assert "7468cc2122ec3421741ac92e178fbc3c6ea0d7ccbcddc62f32a529f2307b14cf" in page
    assert f"files last changed {inputs_modified}" in " ".join(re.sub("<[^>]+>", " ", page).split())
    assert summary.events == 2_397


def test_the_first_section_says_what_surprises_in_the_labels(hostile, tmp_path):
    twice = [event(frame=5), event(frame=3), event(frame=3), event("release", frame=3)]
    build(write(tmp_path / "metadata", dataset({"1": twice}, {"push": ["1"]}, train=["1"])), tmp_path / "warehouse")
    with etl.open_warehouse(tmp_path / "warehouse") as warehouse:
        said = text(write_report(warehouse, tmp_path / "reports").markdown)
    assert "not the order in time in 1 of 1 video with several events, so event\\_index gives no order" in said
    assert "3 pairs of events of one action and agent, at most 2 frames apart" in said
    assert "1 frame with a contact and a release: with one label per frame, one of them is lost" in said
    assert "in no split" in text(hostile.markdown)
    assert "1 video with 1 event; templates that are in no split at all: 1" in text(hostile.markdown)
    assert "order of the lists" not in text(hostile.markdown)
    assert "perhaps twice" not in text(hostile.markdown)


def test_a_hostile_template_is_shown_and_never_markup(hostile):
    page = text(hostile.page)
    assert page.count("<script") == page.count("</script>") == 4
    page = page[: page.index('<script type="application/json"')]
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img" not in page
    markdown = text(hostile.markdown)
    assert r"\<img src=x onerror=alert\(2\)\> \| \*a\* \[b\]\(c\) \`d\`" in markdown
    assert r"\@g http\://h" in markdown
    assert statistics(hostile)["answers"]["templates"]["rows"][0][1] == HOSTILE


def test_long_template_names_are_shown_whole(hostile):
    assert LONG in text(hostile.page)
    assert LONG in text(hostile.markdown)


def test_the_page_may_ask_for_nothing(hostile):
    page = text(hostile.page)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy.startswith("default-src &#39;none&#39;; img-src data:; ")
    assert "unsafe" not in policy
    head = page[: page.index('<script type="application/json"')]
    assert not re.findall(r'(?:src|href)="(?!#|data:|statistics\.(?:json|md)")[^"]*"', head)
    assert not re.findall(r'\s(?:style|on[a-z]+)="', head)


def test_a_part_counts_the_selected_events_alone_and_says_so(sample, tmp_path):
    chosen = Selection(actions=("contact",), agents=("hand-object",), where="frame_number < 12")
    summary = write_report(sample, tmp_path, ReportOptions(chosen))
    expected = sample.query(
        "select count(*), count(distinct video_id) from events "
        "where action = 'contact' and agent = 'hand-object' and frame_number < 12"
    ).fetchall()[0]
    counted = totals(summary)
    assert (counted["events"], counted["videos"]) == expected
    assert counted["contacts"] == counted["events"]
    assert counted["intervals"] == 0
    for path in (summary.page, summary.markdown):
        assert "A part of the data" in text(path)
    assert "<code>frame_number &lt; 12</code>" in text(summary.page)
    assert statistics(summary)["selection"] == {
        "action": "contact",
        "agent": "hand-object",
        "where": "frame_number < 12",
    }


def test_a_part_of_one_split_has_its_videos_templates_and_intervals(sample, tmp_path):
    summary = write_report(sample, tmp_path, ReportOptions(Selection(splits=("train",))))
    videos, events, templates = sample.query(
        "select videos, events, templates from split_distribution where split = 'train'"
    ).fetchall()[0]
    intervals = sample.query("select count(*) from interaction_intervals where split = 'train'").fetchall()[0][0]
    counted = totals(summary)
    assert (counted["videos"], counted["events"], counted["templates"], counted["intervals"]) == (
        videos,
        events,
        templates,
        intervals,
    )


def test_a_legend_of_one_split_offers_no_choice(of_sample, sample, tmp_path):
    assert "Click a split" in text(of_sample.page)
    part = write_report(sample, tmp_path, ReportOptions(Selection(splits=("test",))))
    assert "Click a split" not in text(part.page)


def test_a_report_of_no_event_says_so(sample, tmp_path):
    summary = write_report(sample, tmp_path, ReportOptions(NO_EVENT))
    assert summary.events == 0
    for path in (summary.page, summary.markdown):
        assert "No event is selected" in text(path)
    assert "<figure" not in text(summary.page)


def test_a_wrong_condition_writes_nothing(sample, tmp_path):
    with pytest.raises(QueryError, match="nonsense"):
        write_report(sample, tmp_path / "reports", ReportOptions(Selection(where="nonsense = 1")))
    assert not (tmp_path / "reports").exists()


def test_every_figure_is_a_pdf_as_well(of_sample):
    figures = of_sample.page.parent / "statistics-figures"
    assert {path.stem for path in figures.glob("*.svg")} == {path.stem for path in figures.glob("*.pdf")}
    assert all(path.read_bytes().startswith(b"%PDF") for path in figures.glob("*.pdf"))


def test_long_lists_of_quality_show_the_worst(tmp_path):
    events = [event(frame=frame, x=x) for frame, x in enumerate((0, 90, 10, 200, 30, 0, 500, 1))]
    build(write(tmp_path / "metadata", dataset({"1": events})), tmp_path / "warehouse")
    with etl.open_warehouse(tmp_path / "warehouse") as warehouse:
        summary = write_report(warehouse, tmp_path / "reports")
    answer = statistics(summary)["answers"]["near_duplicate_events"]
    distances = [row[answer["columns"].index("distance_px")] for row in answer["rows"]]
    assert distances == sorted(distances)
    assert f"The worst 5 of {answer['rows'][0][0]}:" in text(summary.markdown)


def test_relative_heat_maps_are_shown_where_videos_are_decoded(of_sample):
    assert statistics(of_sample)["answers"]["relative_heat_map"]["rows"] == []
    database = given(SMALL_VIDEOS, SMALL_EVENTS)
    answers = ask(OpenDatabase(database), QUESTIONS)
    titles = [getattr(block, "title", "") for block in coordinates(answers)]
    assert "Where in the picture events happen, in tenths of its width and height" in titles


def test_seconds_that_a_frame_rate_gave_are_said_to_be_assumed(sample, of_sample, tmp_path):
    videos = {"1": [event(), event("release", frame=9)], "2": [event()]}
    build(write(tmp_path / "metadata", dataset(videos)), tmp_path / "warehouse", assumed_rate=12)
    with etl.open_warehouse(tmp_path / "warehouse") as warehouse:
        summary = write_report(warehouse, tmp_path / "reports")
    for path in (summary.page, summary.markdown):
        head = text(path).split('<script type="application/json"')[0]
        assert "assumed, at 12 frames per second" in head
        assert head.count("The seconds of 3 of 3 events are assumed") >= 4
    assert "events are assumed" not in text(of_sample.markdown)


def test_markdown_leads_from_every_view_and_macro_to_its_sql(of_sample):
    markdown = text(of_sample.markdown)
    named = set(re.findall(r"\[`([a-z_]+)`\]\(#\1\)", markdown))
    assert {"event_mix", "event_timing", "timing_histogram", "template_sequences"} <= named
    assert set(re.findall(r"^### ([a-z_]+)\n\n```sql\n", markdown, flags=re.MULTILINE)) == named
    assert "n = 166 events. From the view [`event_mix`]" in markdown


def test_the_report_has_no_pictures_unless_asked(of_sample):
    assert '<figure class="picture">' not in text(of_sample.page)


def test_a_missing_extra_is_an_instruction(sample, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtraError, match=r"pip install '.\[report\]'"):
        write_report(sample, tmp_path)


def test_a_warehouse_without_the_views_says_how_to_get_them(tmp_path):
    database = given("7 push train", "7 contact hand-object 2 10 40")
    database.execute("drop view totals")
    with pytest.raises(WarehouseError, match=r"lacks the views totals.+contact-release build"):
        ask(OpenDatabase(database), QUESTIONS)


def test_a_file_in_the_place_of_the_folder_is_an_error(sample, tmp_path):
    (tmp_path / "reports").write_text("mine")
    with pytest.raises(OutputError, match="is a file, expected a folder"):
        write_report(sample, tmp_path / "reports")
    assert (tmp_path / "reports").read_text() == "mine"


def test_a_second_report_replaces_the_first_but_no_other_file(sample, tmp_path):
    output = tmp_path / "out"
    for _ in range(2):
        write_report(sample, output, ReportOptions(NO_EVENT))
    files = ["manifest.json", "statistics.html", "statistics.json", "statistics.md"]
    assert sorted(path.name for path in output.iterdir()) == files
    (output / "README.md").write_text("mine")
    with pytest.raises(OutputError, match=r"README\.md was not written by this program"):
        write_report(sample, output, ReportOptions(NO_EVENT))
    assert (output / "README.md").read_text() == "mine"


def test_the_command_tells_each_section_and_where_to_open_the_page(sample_warehouse, tmp_path):
    arguments = ["report", "--warehouse", str(sample_warehouse), "--output", str(tmp_path / "out")]
    result = CliRunner().invoke(command_line, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert {"overview", "timing", "coordinates", "templates", "splits", "quality"} <= set(result.stderr.splitlines())
    assert f"open {(tmp_path / 'out' / 'statistics.html').as_uri()}" in result.stdout
    quiet = CliRunner().invoke(command_line, [*arguments, "--quiet", "--where", "false"], catch_exceptions=False)
    assert quiet.stderr == ""


def test_a_warehouse_that_is_not_there_is_an_error(tmp_path):
    result = CliRunner().invoke(command_line, ["report", "--warehouse", str(tmp_path / "none")])
    assert isinstance(result.exception, WarehouseError)
