"""`contact-release tables`."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.completion import table_names
from etl.cli.options import quiet_option, warehouse_option

__all__ = ["tables"]


@click.command(short_help="List the tables, or one table's columns.")
@click.argument("name", required=False, shell_complete=table_names)
@warehouse_option
@quiet_option
def tables(name: str | None, warehouse: Path) -> None:
    """List the tables with their rows and grain; with NAME, that table's columns.

    \b
    Examples:
      contact-release tables
      contact-release tables events
    """
    from etl.cli.output import print_table
    from etl.schema import TABLES, column_comment
    from etl.warehouse.open import using

    if name is None:
        with using(warehouse) as opened:
            print_table(["table", "rows", "grain"], opened.tables().fetchall())
        return
    table = {table.name: table for table in TABLES}.get(name)
    if table is None:
        raise click.UsageError(f"no table {name!r}; there are {', '.join(table.name for table in TABLES)}")
    click.echo(f"{table.name}: {table.grain} Key: {', '.join(table.key) or 'none'}.")
    columns = [(c.name, c.type + ("" if c.nullable else " not null"), column_comment(c)) for c in table.columns]
    print_table(["column", "type", "meaning"], columns)
