"""`contact-release views`."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.completion import view_names
from etl.cli.options import quiet_option, warehouse_option

if TYPE_CHECKING:
    from etl.views import View

__all__ = ["views"]


@click.command(short_help="List the views by question; show one, or its SQL.")
@click.argument("name", required=False, shell_complete=view_names)
@click.option("--sql", "as_sql", is_flag=True, help="Print the statement of NAME.")
@click.option(
    "--script",
    "as_script",
    is_flag=True,
    help="Print a script that creates all views and macros over the Parquet files.",
)
@warehouse_option
@quiet_option
def views(name: str | None, as_sql: bool, as_script: bool, warehouse: Path) -> None:
    """List the views and macros with the questions they answer; with NAME, that one's grain and columns.

    A macro is a view with parameters: from events_near_frame(10). Those of the family evaluation are in the folder
    that `contact-release evaluate --output` writes. The script works in any DuckDB and needs only the
    warehouse's Parquet tables.

    \b
    Examples:
      contact-release views
      contact-release views interaction_intervals --sql
      contact-release views --script > views.sql && duckdb -init views.sql
    """
    from etl.views import load_evaluation_views, load_macros, load_views, script

    if as_sql and name is None:
        raise click.UsageError("--sql prints one statement: give NAME")
    if as_script and name is not None:
        raise click.UsageError("--script prints everything: leave NAME out")
    known = {view.name: view for view in [*load_views(), *load_macros(), *load_evaluation_views()]}
    if as_script:
        click.echo(script(warehouse), nl=False)
    elif name is None:
        _print_list(list(known.values()))
    elif name not in known:
        similar = [other for other in known if name.lower() in other] or get_close_matches(name, known, n=1)
        hint = f"did you mean {' or '.join(similar)}? " if similar else ""
        raise click.UsageError(f"no view {name!r}; {hint}to see all: contact-release views")
    elif as_sql:
        click.echo(known[name].statement)
    else:
        _print_view(known[name])


def _print_list(listed: list[View]) -> None:
    from etl.cli.output import print_table

    print_table(["family", "view", "question"], [(view.family, view.name, view.question) for view in listed])


def _print_view(view: View) -> None:
    from etl.cli.output import print_paragraph, print_table

    example = view.example and f"Example: {view.example}"
    for paragraph in filter(None, (f"{view.name}: {view.question}", view.grain, view.reading, example)):
        print_paragraph(paragraph)
    print_table(["column", "meaning"], view.columns)
