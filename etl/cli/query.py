"""`contact-release query`."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.options import warehouse_option
from etl.cli.output import FORMATS, print_answer

__all__ = ["query"]


@click.command()
@click.argument("sql", required=False)
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="Read the query from FILE.")
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the answer to FILE.")
@warehouse_option
def query(sql: str | None, file: Path | None, output_format: str, output: Path | None, warehouse: Path) -> None:
    """Ask the warehouse one query in SQL (DuckDB's dialect).

    A query reads the warehouse and nothing else: files and network are out of its reach.

    \b
    Examples:
      contact-release query "select * from template_distribution limit 5"
      contact-release query "from event_timing where video_id = '900001'" --format csv --output timing.csv
      contact-release query --file question.sql --format markdown
    """
    import duckdb

    from etl.warehouse import open_warehouse, query_error

    if (sql is None) == (file is None):
        raise click.UsageError("give either the SQL or --file FILE")
    text = sql if sql is not None else _read(file)
    with open_warehouse(warehouse) as opened:
        try:
            print_answer(opened.query(text), output_format, output)
        except duckdb.Error as error:  # what shows only while the answer is computed, such as a failing cast
            raise query_error(error) from error


def _read(path: Path | None) -> str:
    try:
        return Path(path or "").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--file {path}: {getattr(error, 'strerror', None) or 'no text in UTF-8'}") from error
