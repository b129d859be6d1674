"""`contact-release views`."""

from __future__ import annotations

import io
import sys

import pytest
from click.testing import CliRunner
from given import ask

from etl.cli import command_line
from etl.views import load_macros, load_views


def run(*arguments):
    return CliRunner().invoke(command_line, ["views", *arguments])


def test_the_list_has_every_view_and_macro_with_its_question():
    result = run()
    assert result.exit_code == 0
    for view in [*load_views(), *load_macros()]:
        (line,) = [line for line in result.output.splitlines() if view.name in line.split()]
        assert view.question in line


def test_a_name_shows_grain_reading_and_every_column():
    (view,) = [view for view in load_views() if view.name == "repeated_actions"]
    output = run("repeated_actions").output
    assert view.question in output
    assert view.grain in output
    assert view.reading in output
    for name, meaning in view.columns:
        assert any(line.split() == [name, *meaning.split()] for line in output.splitlines())


def test_on_a_terminal_no_line_is_wider_than_it(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("COLUMNS", "80")
    for view in [*load_views(), *load_macros()]:
        monkeypatch.setattr(sys, "stdout", Terminal())
        command_line.main(["views", view.name], standalone_mode=False)
        lines = sys.stdout.getvalue().splitlines()
        assert view.name in lines[0]
        assert max(map(len, lines)) <= 80


def test_a_macro_shows_how_to_call_it():
    assert "Example: from events_near_frame(10, within := 2)" in run("events_near_frame").output


def test_the_statement_can_be_asked_as_it_is(small):
    statement = run("hold_times", "--sql").output
    assert ask(small, statement) == ask(small, "from hold_times")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["nonsense"], 2, "no view 'nonsense'"),
        (["hold"], 2, "no view 'hold'; did you mean hold_distribution or hold_times?"),
        (["event_timings"], 2, "did you mean event_timing?"),
        (["--sql"], 2, "give NAME"),
        (["hold_times", "--script"], 2, "leave NAME out"),
        (["--sql", "hold_times", "--script"], 2, "leave NAME out"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, status, message):
    result = run(*arguments)
    assert result.exit_code == status
    assert message in result.output


def test_a_script_over_no_warehouse_is_refused(tmp_path):
    result = CliRunner().invoke(command_line, ["views", "--script", "--warehouse", str(tmp_path)])
    assert result.exit_code == 1
    assert str(result.exception) == f"there is no {tmp_path / 'events.parquet'}. Try: contact-release build"


def test_a_view_over_an_evaluation_is_shown_by_its_name():
    result = CliRunner().invoke(command_line, ["views", "video_failures"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "Which videos are the worst?" in result.output
