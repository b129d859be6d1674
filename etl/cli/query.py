"""`contact-release query`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.files import refuse_warehouse_file
from etl.cli.options import quiet_option, warehouse_option
from etl.cli.output import FORMATS, print_answer

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["query"]


@click.command(short_help="Ask the warehouse in SQL.")
@click.argument("sql", required=False)
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="Read the query from FILE.")
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the answer to FILE.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Give the first N rows alone.")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Bind VALUE, as text, to $NAME in the query; repeats. For a number write $NAME::integer.",
)
@click.option("--memory-limit", metavar="SIZE", help="Bound the engine's memory, as in 500MB; the rest goes to disk.")
@warehouse_option
@quiet_option
def query(
    sql: str | None,
    file: Path | None,
    output_format: str,
    output: Path | None,
    limit: int | None,
    params: tuple[str, ...],
    memory_limit: str | None,
    warehouse: Path,
) -> None:
    """Ask the warehouse one query in SQL (DuckDB's dialect).

    A query reads the warehouse and nothing else: files and network are out of its reach.

    \b
    Examples:
      contact-release query "select * from template_distribution limit 5"
      contact-release query "from event_timing where video_id = '900001'" --format csv --output timing.csv
      contact-release query 'from events where video_id = $video' --param video=900001
      contact-release query 'from events_near_frame($frame::integer)' --param frame=10
      contact-release query --file question.sql --format markdown
    """
    import duckdb

    from etl.warehouse.open import open_warehouse, query_error

    if (sql is None) == (file is None):
        raise click.UsageError("give either the SQL or --file FILE")
    text = sql if sql is not None else _read(file)
    if output:
        refuse_warehouse_file(output, warehouse)
    with open_warehouse(warehouse, memory_limit=memory_limit) as opened:
        bindings = _bindings(params)

        def answer() -> None:
            try:
                print_answer(opened.query(text, bindings), output_format, output, limit=limit)
            except duckdb.Error as error:  # what shows only while the answer is computed, such as a failing cast
                raise query_error(error) from error

        _run_interruptibly(answer, opened)


def _run_interruptibly(work: Callable[[], None], opened: Warehouse) -> None:
    """Run the work in a thread: Ctrl-C reaches the main thread alone, and not while the engine computes there."""
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(work)
        try:
            running.result()
        except KeyboardInterrupt:
            while not running.done():  # again and again: between two steps of the work there is nothing to stop
                opened.interrupt()
                wait([running], timeout=0.1)
            raise


def _bindings(params: tuple[str, ...]) -> dict[str, str] | None:
    pairs = [param.partition("=") for param in params]
    for (name, sign, _), param in zip(pairs, params, strict=True):
        if not sign or not name.isidentifier():
            raise click.UsageError(f"--param: found {param!r}, expected NAME=VALUE")
    return {name: value for name, _, value in pairs} or None


def _read(path: Path | None) -> str:
    try:
        return Path(path or "").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--file {path}: {getattr(error, 'strerror', None) or 'no text in UTF-8'}") from error
