"""Apply corrections that come from no annotation tool: decisions, an edited table, edited annotation files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from etl.corrections import decisions, published, spreadsheet
from etl.corrections.checking import expected_of
from etl.corrections.correction import Correction, import_manifest, write_differences
from etl.corrections.differences import Difference
from etl.corrections.labels import Facts, Labels, extents_of, labels_of
from etl.corrections.model import described
from etl.corrections.output import METADATA, files_of, output_folder, require_place
from etl.corrections.rewriting import doubled, rewritten
from etl.dataset.diff import compare_releases
from etl.dataset.releases import read_release
from etl.errors import AnnotationError, OptionError, WarehouseError
from etl.files import save_json
from etl.manifest import read_standing_manifest
from etl.names import DATABASE_FILE, MANIFEST_FILE
from etl.warehouse.open import using

__all__ = ["SOURCES", "apply_corrections"]

SHOWN = 5  # of the events in a note
Reader = Callable[[Path, Labels, Facts, list[str]], list[Difference]]
SOURCES: dict[str, Reader] = {
    "corrections": decisions.read,
    "csv": spreadsheet.read,
    "publisher": published.read,
}


def apply_corrections(
    format_name: str,
    source: str | Path,
    metadata: str | Path | None = None,
    output: str | Path | None = None,
    *,
    warehouse: str | Path = "warehouse",
    force: bool = False,
) -> Correction:
    """Apply corrections and write new annotation files, in which only the corrected records differ.

    Next to the five files are `origin.json`, from which a build knows what they were made from, `differences.csv` and
    `manifest.json`. A video that loses its last event is left out.

    Args:
        format_name: corrections (a file of decisions), csv (an edited table of events) or publisher (a folder of edited
            annotation files). In the last two, every difference from the labels is a correction.
        source: that file or folder.
        metadata: the folder of the annotation files to correct; by default those that `warehouse` was built from, if
            they are in the folder metadata or are the sample's, or those in metadata if there is no warehouse.
        output: the folder to make; None: nothing is written.
        warehouse: folder of the warehouse whose labels were corrected. A note lists corrected events past the end of
            their video or outside its picture, if the warehouse knows these.
        force: replace an earlier import in `output`.

    Raises:
        AnnotationError: the corrections have problems, are for other labels, or were applied already; or the annotation
            files have problems or are not found.
        OptionError: the format does not exist.
        OutputError: `output` is taken, cannot be written, or is, contains or lies within an input.
    """
    if format_name not in SOURCES:
        raise OptionError(f"the format {format_name!r} is none of {', '.join(SOURCES)}")
    source, output = Path(source), None if output is None else Path(output)
    folder = Path(metadata) if metadata is not None else _default_files(Path(warehouse))
    inputs = [source, folder]
    require_place(output, inputs, force=force)
    old = read_release(folder)
    labels, facts = labels_of(old)
    notes: list[str] = []
    differences = SOURCES[format_name](source, labels, facts, notes)
    if problems := list(doubled(labels, differences)):
        raise AnnotationError("Nothing was imported", problems)
    if not differences:
        notes.append("Nothing differs from the labels: the files stay as they are.")
    else:
        notes += _beyond(differences, Path(warehouse))
    made = rewritten(folder, differences)
    with output_folder(output, inputs, force=force) as target:
        for name, content in made.files.items():
            (target / name).write_bytes(content)
        found = compare_releases(old, read_release(target))
        write_differences(target / "differences.csv", differences)
        told = {"notes": notes, "videos_without_events": list(made.emptied)}
        save_json(target / MANIFEST_FILE, import_manifest(format_name, differences, made.origin.beginning, **told))
    return Correction(output, tuple(differences), found, made.emptied, tuple(notes))


def _beyond(differences: Iterable[Difference], warehouse: Path) -> list[str]:
    """Return a note of the corrected events that are past the end or outside the picture, as a warehouse has these."""
    if not (warehouse / DATABASE_FILE).exists():
        return []
    try:
        with using(warehouse) as opened:
            extents = extents_of(opened)
    except WarehouseError as error:
        return [f"Whether frames and points lie within the videos was not looked up: {error}"]
    beyond = [
        f"video {found.video_id}, {described(found.after)} (expected {expected})"
        for found in differences
        if found.after and found.video_id in extents and any(extents[found.video_id])
        if (expected := expected_of(found.after, extents[found.video_id]))
    ]
    more = [f"and {len(beyond) - SHOWN:,} more"] if len(beyond) > SHOWN else []
    return [f"Beyond its video, as {warehouse} has it: {'; '.join(beyond[:SHOWN] + more)}"] if beyond else []


def _default_files(warehouse: Path) -> Path:
    standing = read_standing_manifest(warehouse)
    if standing is None:
        return METADATA
    if found := files_of(standing.inputs):
        return found
    raise AnnotationError(
        f"the files that {warehouse} was built from are not in {METADATA}. Give their folder as METADATA"
    )
