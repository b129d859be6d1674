"""The command line: parse, call, print, exit code.

Heavy imports are deferred into the commands, so that `--help` is instant.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections import UserDict
from contextlib import nullcontext
from typing import Any

import click

from etl.cli.limits import told_of_limit
from etl.cli.messages import one_line
from etl.cli.signals import Ending, ending_on_signals
from etl.cli.streams import harmless_streams
from etl.errors import ContactReleaseError, LocatedError, OptionError
from etl.version import __version__

__all__ = ["command_line", "main"]

# Set by the shell that completes with the tab key, for which click writes bytes: names of ours, nothing of the data's.
COMPLETION = "_CONTACT_RELEASE_COMPLETE"
# Where each command stands in this folder: a run imports only the one it needs.
COMMANDS = {
    "annotate": "annotate.annotate",
    "browse": "browse.browse",
    "build": "build.build",
    "check": "check.check",
    "diff": "diff.diff",
    "evaluate": "evaluate.evaluate",
    "explain": "explain.explain",
    "export": "export.export",
    "extract": "extract.extract",
    "fetch": "fetch.fetch",
    "import": "import_.import_",
    "pack": "pack.pack",
    "query": "query.query",
    "report": "report.report",
    "sample": "sample.sample",
    "suspects": "suspects.suspects",
    "tables": "tables.tables",
    "unpack": "pack.unpack",
    "verify": "verify.verify",
    "views": "views.views",
}


class _Commands(UserDict[str, Any]):
    """Commands by name, each imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        """Return a command. Raises KeyError if there is none of that name."""
        module, function = self.data[name].split(".")
        command: click.Command = getattr(importlib.import_module(f"etl.cli.{module}"), function)
        return command


class _Group(click.Group):
    """The commands; what a function of the public door says of its arguments is a fault of the command line.

    So is an option that takes one value and is given two.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except OptionError as error:
            raise click.UsageError(str(error), ctx) from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command's name, the command, and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            _refuse_repeated(command, click.Context(command, parent=ctx, info_name=name), rest)
        return name, command, rest


def _refuse_repeated(command: click.Command, context: click.Context, args: list[str]) -> None:
    parser = command.make_parser(context)
    parser.ignore_unknown_options = True  # the command itself refuses these
    try:
        _, _, given = parser.parse_args(list(args))
    except click.UsageError:  # which the command tells, too
        return
    for param in given:
        is_one = isinstance(param, click.Option) and not (param.multiple or param.is_flag or param.count)
        if is_one and given.count(param) > 1:
            raise click.UsageError(f"{max(param.opts, key=len)} is given twice", context)


@click.group(
    cls=_Group,
    commands=_Commands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="contact-release")
def command_line() -> None:
    """Contact and release events in video: build the warehouse, ask it, hand it on.

    \b
    Examples:
      contact-release build --sample
      contact-release query "select * from template_distribution limit 5"
    """


def main() -> None:
    """Run the command line; the one place where an error becomes a message and an exit status."""
    ending = Ending()
    try:
        with nullcontext() if COMPLETION in os.environ else harmless_streams():
            status = _run(ending)
    except BaseException as error:
        if ending.signal is None and not isinstance(error, click.Abort | KeyboardInterrupt):
            raise
        ending.signal = ending.signal or signal.SIGINT
    if ending.signal is not None:
        click.echo(ending.message(), err=True)
        sys.exit(ending.status)
    sys.exit(status)


def _run(ending: Ending) -> int | str | None:
    """Run the command, print its error if there is one, and return the exit status."""
    try:
        with ending_on_signals(ending):
            status: int | str | None = command_line.main(standalone_mode=False)
            sys.stdout.flush()  # here, where a disk that is full is still an error with a message
            return status
    except click.Abort:
        raise
    except click.ClickException as error:
        error.message = one_line(error.message)  # type: ignore[misc]  # only its type says that it is final
        error.show()
        return error.exit_code
    except BrokenPipeError:  # the reader, such as head, has had enough
        return 1
    except ContactReleaseError as error:
        has_lines = isinstance(error, LocatedError) and error.problems
        click.echo(f"error: {error if has_lines else one_line(str(error))}", err=True)
        return 1
    except BaseException as error:
        told = told_of_limit(error)
        if told is None and isinstance(error, OSError):  # a full disk, a folder without the right to write
            told = f"{one_line(str(error.filename or 'the system'))}: {error.strerror or error}"
        if told is None or ending.signal is not None:  # a signal came while a library could not go back
            raise
        click.echo(f"error: {told}", err=True)
        return 1
