"""`contact-release import`."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.messages import is_quiet, say
from etl.cli.options import quiet_option, warehouse_option

__all__ = ["import_"]

NAMED = 5
_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("import", short_help="Bring labels corrected in an annotation tool back.")
@click.argument("format_name", metavar="FORMAT")
@click.argument("corrected", metavar="DIR", type=_folder)
@click.option("--export", "exported", type=_folder, required=True, metavar="DIR", help="The export as it was made.")
@click.option("--output", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder to make.")
@click.option("--force", is_flag=True, help="Replace an earlier import or export there.")
@warehouse_option
@quiet_option
def import_(format_name: str, corrected: Path, exported: Path, output: Path, force: bool, warehouse: Path) -> None:
    """Bring labels that were corrected in an annotation tool back as the five JSON files.

    FORMAT is cvat, label-studio or coco, DIR holds what the tool exported. What was changed is what differs from the
    export as it was made; everything else stays. differences.csv lists it: added, removed, moved, relabelled.

    \b
    Examples:
      contact-release export cvat --output exports/cvat --split test
      contact-release import cvat corrected --export exports/cvat --output corrected-metadata
      contact-release build corrected-metadata
    """
    from etl.cli.output import print_table
    from etl.corrections import import_corrections
    from etl.errors import printable

    made = import_corrections(warehouse, format_name, corrected, exported, output, force=force)
    if not is_quiet():
        print_table(["change", "events"], list(made.counts.items()))
    for note in made.notes:
        say(f"note: {note}")
    if made.places_not_returned:
        videos = list(dict.fromkeys(printable(place.video_id) for place in made.places_not_returned))
        named = ", ".join(videos[:NAMED]) + (", …" if len(videos) > NAMED else "")
        what = f"{len(made.places_not_returned):,} videos or frames of the export did not come back"
        say(f"{what} and stay as they are, of {named}")
    for video_id in made.videos_without_events:
        say(f"video {video_id} has no event any more and was left out")
    say(f"Next: contact-release build {output}")
