"""`contact-release import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.completion import import_formats
from etl.cli.messages import is_quiet, say
from etl.cli.options import quiet_option, warehouse_option

if TYPE_CHECKING:
    from etl.corrections import Correction

__all__ = ["import_"]

TOOLS = ("cvat", "label-studio", "coco")
SOURCES = ("corrections", "csv", "publisher")
_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("import", short_help="Bring corrected labels back.")
@click.argument("format_name", metavar="FORMAT", shell_complete=import_formats)
@click.argument("corrected", metavar="SOURCE", type=click.Path(exists=True, path_type=Path))
@click.argument("metadata", metavar="[METADATA]", type=_folder, required=False)
@click.option(
    "--export",
    "exported",
    type=_folder,
    metavar="DIR",
    help="For a tool: the export that it was given, as it was made.",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder to make.")
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
@click.option("--force", is_flag=True, help="Replace an earlier import or export there.")
@warehouse_option
@quiet_option
def import_(
    format_name: str,
    corrected: Path,
    metadata: Path | None,
    exported: Path | None,
    output: Path | None,
    dry_run: bool,
    force: bool,
    warehouse: Path,
) -> None:
    """Bring corrected labels back as the five JSON files, in which only the corrected records differ.

    \b
    FORMAT and SOURCE are
      corrections   a file of decisions, as browse writes it
      csv           a table of events, exported to CSV and edited in a spreadsheet
      publisher     a folder of the five files that was edited
      cvat, label-studio, coco   a folder of what the tool exported, with --export

    METADATA holds the files that are corrected: by default those that the warehouse was built from, if they are in the
    folder metadata or are the sample's. What differs from them, or from the export, is the correction. The new folder
    tells what it was made from, and so does a warehouse that is built from it. differences.csv lists what changed.

    \b
    Examples:
      contact-release import corrections corrections.jsonl --dry-run
      contact-release import corrections corrections.jsonl --output corrected-metadata
      contact-release import csv events.csv metadata --output corrected-metadata
      contact-release import cvat corrected --export exports/cvat --output corrected-metadata
      contact-release build corrected-metadata
    """
    from etl.corrections import apply_corrections, import_corrections

    if format_name not in (*TOOLS, *SOURCES):
        raise click.UsageError(f"FORMAT is one of {', '.join((*SOURCES, *TOOLS))}, found {format_name!r}")
    if (output is None) != dry_run:
        raise click.UsageError("give either --output DIR or --dry-run")
    if (exported is None) != (format_name in SOURCES):
        needed = "give the export that was handed out as --export DIR" if exported is None else "leave out --export"
        raise click.UsageError(f"import {format_name}: {needed}")
    if corrected.is_dir() != (format_name not in ("corrections", "csv")):
        raise click.UsageError(f"import {format_name} reads a {'file' if corrected.is_dir() else 'folder'}")
    if exported is None:
        made = apply_corrections(format_name, corrected, metadata, output, warehouse=warehouse, force=force)
    else:
        made = import_corrections(warehouse, format_name, corrected, exported, output, metadata=metadata, force=force)
    _tell(made)
    if output is not None:
        say(f"Next: contact-release build {output}")


def _tell(made: Correction) -> None:
    from etl.cli.diff import print_diff
    from etl.cli.output import print_table
    from etl.errors import printable
    from etl.warehouse.events import named
    from etl.wording import counted

    if made.folder is None:
        print_diff(made.diff)
    elif not is_quiet():
        print_table(["change", "events"], list(made.counts.items()))
    for note in made.notes:
        say(f"note: {note}")
    if made.places_not_returned:
        videos = list(dict.fromkeys(printable(place.video_id) for place in made.places_not_returned))
        what = counted(len(made.places_not_returned), "video or frame", "videos or frames")
        say(f"{what} of the export did not come back: kept as exported (of the videos {named(videos)})")
    for video_id in made.videos_without_events:
        say(f"video {video_id} has no events left and was left out")
