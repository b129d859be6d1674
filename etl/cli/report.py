"""`contact-release report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.messages import say
from etl.cli.options import frames_option, quiet_option, selection_options, warehouse_option
from etl.wording import counted

if TYPE_CHECKING:
    from etl.warehouse.selection import Selection

__all__ = ["report"]


@click.command(short_help="Write the statistics: a page, Markdown and JSON.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/statistics"),
    show_default=True,
    metavar="DIR",
    help="Folder that the report goes to.",
)
@selection_options
@click.option(
    "--compare", type=click.Path(path_type=Path), metavar="DIR", help="Another warehouse, to compare with this one."
)
@click.option(
    "--examples",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Include N drawn frames of each action and agent. They are pictures of the videos: where these are licensed, "
    "as Something-Something V2 is, do not pass such a report on.",
)
@frames_option("Folder of the extracted frames, for --examples.")
@warehouse_option
@quiet_option
def report(
    output: Path,
    selection: Selection,
    compare: Path | None,
    examples: int,
    frames: Path,
    memory_limit: str | None,
    warehouse: Path,
) -> None:
    """Write statistics of the warehouse: a page, Markdown with figures, and JSON.

    The page is one file that works offline and asks nothing of the network. The options that choose events give a
    report of a part, which says so.

    \b
    Examples:
      contact-release report
      contact-release report --split test --agent hand-object --output reports/test-hands
      contact-release report --compare other-warehouse
    """
    from etl.report import report as write_report

    summary = write_report(
        warehouse,
        output,
        selection,
        compare=compare,
        examples=examples,
        frames=frames,
        memory_limit=memory_limit,
        on_step=say,
    )
    click.echo(
        f"wrote {summary.page}, {summary.markdown.name}, {summary.statistics.name}: {counted(summary.events, 'event')}"
    )
    click.echo(f"open {summary.page.resolve().as_uri()}")
