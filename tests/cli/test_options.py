"""The options that commands share, and what commands say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from etl.cli import command_line
from etl.cli.messages import fail, print_lines, say, warn
from etl.cli.options import quiet_option


def options_of(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}


def test_every_command_has_quiet():
    assert [name for name, command in command_line.commands.items() if "--quiet" not in options_of(command)] == []


def test_the_environment_names_the_warehouse_of_every_command_that_has_one(
    contact_release: Callable[..., tuple[int | str | None, str, str]],
    sample_warehouse: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    commands = [command for command in command_line.commands.values() if "--warehouse" in options_of(command)]
    assert len(commands) > 10
    for command in commands:
        (option,) = (parameter for parameter in command.params if "--warehouse" in parameter.opts)
        assert isinstance(option, click.Option)
        assert (option.envvar, option.show_envvar) == ("CONTACT_RELEASE_WAREHOUSE", True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTACT_RELEASE_WAREHOUSE", str(sample_warehouse))
    assert contact_release("query", "select count(*) > 50 as many from videos", "--format", "csv")[1] == "many\ntrue\n"
    assert contact_release("verify", "--warehouse", "elsewhere")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [([], "a step\nwarning: beware\n"), (["--quiet"], "warning: beware\n"), (["-q"], "warning: beware\n")],
)
def test_quiet_silences_what_is_said_but_no_warning_and_no_result(arguments: list[str], told: str):
    @click.command()
    @quiet_option
    def command() -> None:
        say("a step")
        warn("beware")
        click.echo("the result")

    result = CliRunner().invoke(command, arguments)
    assert (result.stdout, result.stderr, result.exit_code) == ("the result\n", told, 0)


def test_of_many_lines_the_first_are_printed_and_the_rest_counted(capsys: pytest.CaptureFixture[str]):
    print_lines("failed", ["a\x1bb"] * 1021, advice="; advice")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [r"failed: a\x1bb"] * 20 + ["and 1,001 more; advice"]


def test_a_command_that_fails_exits_with_1_and_no_message():
    @click.command()
    def command() -> None:
        fail()

    result = CliRunner().invoke(command)
    assert (result.output, result.exit_code) == ("", 1)
