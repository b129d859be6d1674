"""What the tab key completes beyond commands and options: names of views, tables, checks, formats, and templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["check_names", "completing", "export_formats", "import_formats", "table_names", "templates", "view_names"]

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def completing(names: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Completer:
    """Return what completes a word by names, each with a word of help; a fault in finding them completes nothing."""

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            return [CompletionItem(name, help=told) for name, told in names(context) if name.startswith(begun)]
        except Exception:  # a message here would stand in the middle of the line that is being typed
            return []

    complete.__doc__ = names.__doc__
    return complete


@completing
def view_names(context: click.Context) -> Iterable[tuple[str, str]]:
    """Complete names of views and macros."""
    from etl.views import load_evaluation_views, load_macros, load_views

    return [(view.name, view.question) for view in (*load_views(), *load_macros(), *load_evaluation_views())]


@completing
def table_names(context: click.Context) -> Iterable[tuple[str, str]]:
    """Complete names of tables."""
    from etl.schema import TABLES

    return [(table.name, table.grain) for table in TABLES]


@completing
def check_names(context: click.Context) -> Iterable[tuple[str, str]]:
    """Complete names of checks."""
    from etl.warehouse.checks import load_checks

    return [(check.name, check.question) for check in load_checks()]


@completing
def export_formats(context: click.Context) -> Iterable[tuple[str, str]]:
    """Complete formats of exports."""
    from etl.export.write import FORMATS

    return [(name, kind.help) for name, kind in FORMATS.items()]


@completing
def import_formats(context: click.Context) -> Iterable[tuple[str, str]]:
    """Complete formats that `import` reads."""
    from etl.corrections import READERS, SOURCES

    return [(name, "") for name in (*SOURCES, *READERS)]


@completing
def templates(context: click.Context) -> Iterable[tuple[str, str]]:
    """Complete the templates of the warehouse that the line names, or of the one in its usual place."""
    from etl.warehouse.open import using

    with using(context.params.get("warehouse") or Path("warehouse")) as opened:
        rows = opened.query("select template from templates order by template").fetchall()
    return [(template, "") for (template,) in rows]
