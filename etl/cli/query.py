"""`contact-release query`."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from pathlib import Path

import click

from etl.cli.answers import FORMATS, SUFFIXES, format_of, print_answer
from etl.cli.files import refuse_warehouse_file
from etl.cli.options import engine_options, quiet_option, warehouse_option
from etl.cli.streams import end_when_unread

__all__ = ["query"]

MAX_QUERY_BYTES = 10_000_000


class CommandThatTakesComments(click.Command):
    """A command whose argument may begin with a comment in SQL, which otherwise would be taken for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        known = {name for param in self.get_params(ctx) for name in param.opts}
        return super().parse_args(ctx, [f"\n{arg}" if _is_sql_with_comment(arg, known) else arg for arg in args])


def _is_sql_with_comment(arg: str, options: set[str]) -> bool:
    first_word = re.match(r"--[^\s=]*", arg)
    if first_word is None or not any(map(str.isspace, arg)):
        return False
    return first_word[0] not in options or not arg.startswith("=", first_word.end())


@click.command(cls=CommandThatTakesComments, short_help="Ask the warehouse in SQL.")
@click.argument("sql", required=False)
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="Read the query from FILE.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    help=f"By default what FILE ends in: {' '.join(SUFFIXES)}; else a table.",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the answer to FILE, every row.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Give only the first N rows.")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Bind VALUE, as text, to $NAME in the query; repeats. For a number write $NAME::integer.",
)
@engine_options
@warehouse_option
@quiet_option
def query(
    sql: str | None,
    file: Path | None,
    output_format: str | None,
    output: Path | None,
    limit: int | None,
    params: tuple[str, ...],
    memory_limit: str | None,
    warehouse: Path,
) -> None:
    """Ask the warehouse one query in SQL (DuckDB's dialect).

    A query reads the warehouse and nothing else: files and network are out of its reach. "-" reads it from standard
    input. In a terminal a table shows 100 rows; every other format, and every file, holds all of them.

    \b
    Examples:
      contact-release query "select * from template_distribution limit 5"
      contact-release query "from event_timing where video_id = '900001'" --output timing.csv
      contact-release query 'from events where video_id = $video' --param video=900001
      contact-release query 'from events_near_frame($frame::integer)' --param frame=10
      contact-release query --file question.sql --format markdown
      contact-release query "from split_mix" --output split_mix.tex
      contact-release query "from template_failures limit 10" --warehouse scores
    """
    import duckdb

    from etl.outputs import refuse_inputs
    from etl.warehouse.faults import query_error
    from etl.warehouse.open import open_for_queries

    if (sql is None) == (file is None):
        raise click.UsageError("give either the SQL or --file FILE")
    text = sql if sql not in (None, "-") else _read(file)
    bindings = _bindings(params)
    output_format = format_of(output_format, output)
    if output:
        refuse_warehouse_file(output, warehouse)
        refuse_inputs(output, [file] if file else [])
    with open_for_queries(warehouse, memory_limit=memory_limit) as opened:
        try:
            end_when_unread()
            print_answer(opened.query(text, bindings), output_format, output, limit=limit)
        except duckdb.Error as error:  # what shows only while the answer is computed, such as a failing cast
            raise query_error(error) from error


def _bindings(params: tuple[str, ...]) -> dict[str, str] | None:
    pairs = [param.partition("=") for param in params]
    for (name, sign, _), param in zip(pairs, params, strict=True):
        if not sign or not name.isidentifier():
            raise click.UsageError(f"--param: found {param!r}, expected NAME=VALUE")
    bindings: dict[str, str] = {}
    for name, _, value in pairs:
        if name in bindings:
            raise click.UsageError(f"--param {name} is given twice: {bindings[name]!r} and {value!r}")
        bindings[name] = value
    return bindings or None


def _read(path: Path | None) -> str:
    """Return the text of a file; None: of standard input."""
    name = "standard input" if path is None else f"--file {path}"
    try:
        with nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as file:
            content = file.read(MAX_QUERY_BYTES + 1)
        if len(content) > MAX_QUERY_BYTES:
            raise click.UsageError(f"{name}: more than {MAX_QUERY_BYTES:,} bytes, which is not a query")
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{name}: {getattr(error, 'strerror', None) or 'not text in UTF-8'}") from error
