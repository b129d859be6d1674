"""`contact-release export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etl.cli.completion import export_formats
from etl.cli.messages import say
from etl.cli.options import frames_option, quiet_option, selection_options, warehouse_option
from etl.cli.progress import progress
from etl.wording import counted

if TYPE_CHECKING:
    from etl.warehouse.selection import Selection

__all__ = ["export"]


def _list_formats(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        from etl.export.write import FORMATS

        for name, kind in FORMATS.items():
            click.echo(f"{name:<12} {kind.help}")
        context.exit()


@click.command(short_help="Export events to the format of another program.")
@click.argument("format_name", metavar="FORMAT", shell_complete=export_formats)
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder to make; new or empty."
)
@click.option("--force", is_flag=True, help="Replace an earlier export in DIR.")
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list_formats, help="List formats.")
@frames_option("Folder of the extracted frames: link or embed those that the format uses.", default=None)
@click.option(
    "--link",
    type=click.Choice(["symlink", "hard", "copy"]),
    show_default="symlink",
    help="How frames are put in: relative symbolic links, hard links, or copies.",
)
@click.option(
    "--resize", type=(int, int), metavar="H W", help="Resize the frames; points and boxes move along. Needs --frames."
)
@click.option("--letterbox", is_flag=True, help="Resize with black bars, which keeps the proportions.")
@click.option(
    "--layout",
    type=click.Choice(["flat", "datumaro", "hice"]),
    show_default="flat",
    help="Where files lie: of coco also as Datumaro reads them, of e2e-spot also as HiCE does.",
)
@click.option(
    "--shards", type=click.IntRange(1, 10_000), show_default="1", help="Least number of WebDataset shards per split."
)
@click.option(
    "--by",
    type=click.Choice(["action", "action-agent"]),
    show_default="action",
    help="What makes a category or a label.",
)
@click.option(
    "--coordinates",
    type=click.Choice(["px", "norm01", "grid1000"]),
    show_default="px",
    help="How lmm-qa writes points.",
)
@click.option(
    "--frame-base", type=click.IntRange(0, 1), show_default="1", help="Number of a clip's first frame in lmm-qa."
)
@click.option(
    "--clips",
    metavar="all|paper|N",
    show_default="all",
    help="Clips of lmm-qa: as many as balance, the paper's, or N drawn.",
)
@click.option("--seed", type=int, show_default="0", help="Seed of drawing clips.")
@click.option("--window", type=click.IntRange(1), metavar="N", help="WebDataset: one sample per clip of N frames.")
@click.option("--stride", type=click.IntRange(1), show_default="1", help="Frames of the video per frame of a clip.")
@click.option(
    "--anchor",
    type=click.Choice(["event", "uniform", "all"]),
    show_default="event",
    help="Where clips lie: around every event, one a video, or all over the videos.",
)
@click.option("--negatives", type=float, show_default="0", help="Clips without an event for each one around an event.")
@click.option("--with-objects", is_flag=True, help="Add the objects of SSv2's labels; lmm-qa's prompts name them.")
@click.option("--with-boxes", is_flag=True, help="Add the Something-Else boxes.")
@selection_options
@warehouse_option
@quiet_option
def export(
    format_name: str,
    output: Path,
    force: bool,
    selection: Selection,
    memory_limit: str | None,
    warehouse: Path,
    **values: Any,
) -> None:
    """Export events to the format of another program: FORMAT is one of `contact-release export --list`.

    The folder gets a manifest.json that says what is in it, what was left out and why, and under which licence.

    \b
    Examples:
      contact-release export --list
      contact-release export csv --output exports/csv
      contact-release export huggingface --output exports/hf --unassigned exclude
      contact-release export coco --output exports/coco --split test --by action-agent
      contact-release export coco --output exports/square --frames frames --resize 224 224 --letterbox
      contact-release export parquet --output exports/objects --with-objects --with-boxes
      contact-release export webdataset --output exports/clips --frames frames --window 16 --shards 8
      contact-release export lmm-qa --output exports/qa --clips paper --coordinates px
    """
    from etl.export import export as export_events

    with progress("events") as show:
        made = export_events(
            warehouse,
            format_name,
            output,
            selection,
            force=force,
            memory_limit=memory_limit,
            on_progress=show,
            **values,
        )
    for note in made.account.notes:
        say(f"note: {note}")
    for entry in made.facts["left_out"]:
        say(f"left out: {counted(entry['events'], 'event')}: {entry['reason']}")
    counts = made.facts["counts"]
    say(f"{counts['events_written']:,} of {counts['events_in_warehouse']:,} events exported")
    click.echo(output)
