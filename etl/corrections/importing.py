"""Import labels that were corrected in an annotation tool: every difference from the export is a correction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from etl.annotations import read_annotations
from etl.corrections import coco, cvat, label_studio
from etl.corrections.checking import faults, twice_corrected
from etl.corrections.correction import Correction, import_manifest, write_differences
from etl.corrections.differences import Difference, compare
from etl.corrections.labels import extents_of
from etl.corrections.model import Annotated, Place
from etl.corrections.output import files_of, output_folder, require_place
from etl.corrections.resized import resized_of
from etl.corrections.rewriting import rewritten
from etl.corrections.settling import settled
from etl.dataset.diff import compare_releases
from etl.dataset.provenance import listed
from etl.dataset.releases import read_release, release_of
from etl.errors import AnnotationError, OptionError, OutputError
from etl.export.format import LISTED
from etl.export.formats.publisher import write_files
from etl.files import read_file, save_json
from etl.manifest import Beginning, checksums
from etl.names import MANIFEST_FILE
from etl.warehouse.events import Event, Source, Video
from etl.warehouse.open import Warehouse, using
from etl.warehouse.selection import Selection

__all__ = ["READERS", "import_corrections"]

READERS: dict[str, Callable[[Path], Annotated]] = {
    "cvat": cvat.read,
    "label-studio": label_studio.read,
    "coco": coco.read,
}
PASSED_OVER = {".zip", ".gz", ".tar", ".tgz", ".7z", ".csv", ".tsv"}
SHOWN = 5  # of the names of files in a note
WRITTEN_ANEW = (
    "The annotation files that the warehouse was built from were not given, and are not in the folder metadata: all "
    "five were written from the warehouse, in another style, without a record of where they come from."
)


def import_corrections(
    warehouse: str | Path | Warehouse,
    format_name: str,
    corrected: str | Path,
    exported: str | Path,
    output: str | Path | None,
    *,
    metadata: str | Path | None = None,
    force: bool = False,
) -> Correction:
    """Compare corrected labels with the export they come from, and write all labels to the folder `output`.

    `warehouse` is the folder of one, or one that is open. `format_name` is cvat, label-studio or coco, `corrected` the
    folder with the tool's output, `exported` the untouched export. Videos or frames of the export that did not come
    back stay as they are, and so does everything that was not exported. `output` gets the five JSON files,
    `differences.csv` and `manifest.json`; None: nothing is written. A video that loses its last event is left out.

    `metadata` is the folder of the files that the warehouse was built from; by default metadata or the sample's, if
    they are those. Then only the corrected records differ from them, and `origin.json` says what they were made from.

    Raises:
        OptionError: there is no such format.
        AnnotationError: the corrected files have problems, all in `.problems`; `exported` is not such an export of this
            warehouse; or `metadata` has other files.
        OutputError: `output` is taken, cannot be written, or is, contains or lies within an input.
    """
    if not isinstance(warehouse, Warehouse):
        with using(warehouse) as opened:
            return import_corrections(opened, format_name, corrected, exported, output, metadata=metadata, force=force)
    if format_name not in READERS:
        raise OptionError(f"the format {format_name!r} is none of {', '.join(READERS)}")
    output = None if output is None else Path(output)
    files = _annotation_files(metadata, warehouse)
    inputs = [warehouse.path, Path(corrected), Path(exported), *([files] if files else [])]
    require_place(output, inputs, force=force)
    manifest = _export_manifest(Path(exported), format_name, warehouse)
    before = READERS[format_name](Path(exported))
    if before.problems:
        raise AnnotationError(f"{exported} is not as it was exported. Nothing was imported", before.problems)
    after = READERS[format_name](Path(corrected))
    extents = extents_of(warehouse)
    compared = settled(before, after, resized_of(manifest, extents))
    problems = [*after.problems, *compared.problems, *faults(before, after, compared, extents)]
    if not problems:
        differences = compare(compared.before, compared.after)
        problems += twice_corrected(differences)
    passed_over = _passed_over(Path(corrected))
    if problems or not after.places:
        message = "Nothing was imported" if problems else f"{corrected} holds no {format_name} annotations"
        raise AnnotationError(". ".join([message, *([] if problems else [*after.notes, *passed_over])]), problems)
    not_returned = tuple(_not_returned(before.places, after.places))
    notes = [*compared.notes, *passed_over, *([] if files else [WRITTEN_ANEW])]
    with output_folder(output, inputs, force=force) as folder:
        origin, emptied = _write(folder, files, warehouse, differences)
        found = compare_releases(release_of(warehouse, str(warehouse.path)), read_release(folder))
        correction = Correction(
            output, tuple(differences), found, emptied, tuple(notes), len(after.places), not_returned
        )
        write_differences(folder / "differences.csv", differences)
        told = {
            "notes": notes,
            "places_returned": len(after.places),
            "places_not_returned": len(not_returned),
            "first_places_not_returned": [list(place) for place in not_returned[:LISTED]],
            "videos_without_events": list(emptied),
        }
        save_json(folder / MANIFEST_FILE, import_manifest(format_name, differences, origin, **told))
    return correction


def _passed_over(folder: Path) -> list[str]:
    """Return a note about archives and tables below a folder: an annotator's work may be in them."""
    names = sorted(path.name for path in folder.rglob("*") if path.suffix.lower() in PASSED_OVER)
    told = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    return [f"Ignored {told}: unpack archives, and export again what is in another format."] if names else []


def _annotation_files(metadata: str | Path | None, warehouse: Warehouse) -> Path | None:
    """Return the folder of the files that a warehouse was built from, None if it is not known."""
    if metadata is None:
        has_rejects = warehouse.query("from rejects limit 1").fetchall()
        return None if has_rejects else files_of(warehouse.manifest.inputs)
    if checksums(listed(read_annotations(Path(metadata)).inputs)) != checksums(warehouse.manifest.inputs):
        raise AnnotationError(f"{warehouse.path} was built from other files than those in {metadata}")
    return Path(metadata)


def _write(
    folder: Path, files: Path | None, warehouse: Warehouse, differences: list[Difference]
) -> tuple[Beginning, tuple[str, ...]]:
    """Write the corrected annotation files; return what they were made from, and the videos that were left out."""
    if files is not None:
        made = rewritten(files, differences)
        for name, content in made.files.items():
            (folder / name).write_bytes(content)
        return made.origin.beginning, made.emptied
    emptied: list[str] = []
    source = Source(warehouse, Selection())
    videos = _corrected(source.videos(), differences, emptied)
    write_files(folder, videos, source.templates(), with_empty_templates=True)
    before = warehouse.manifest.beginning
    return Beginning(before.inputs, before.corrections + len(differences)), tuple(emptied)


def _export_manifest(folder: Path, format_name: str, warehouse: Warehouse) -> dict[str, Any]:
    """Return the manifest of an export. Raises AnnotationError if it is not of this format and warehouse."""
    try:
        manifest: dict[str, Any] = json.loads(read_file(folder / MANIFEST_FILE))
        found, inputs = manifest["format"], manifest["warehouse"].get("inputs")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnnotationError(f"{folder} is not an export: its {MANIFEST_FILE} cannot be read") from error
    if found != format_name:
        raise AnnotationError(f"{folder} is an export to {found}, expected {format_name}")
    if inputs != [msgspec.to_builtins(listed) for listed in warehouse.manifest.inputs]:
        raise AnnotationError(f"{folder} was exported from another warehouse than {warehouse.path}")
    return manifest


def _not_returned(before: Iterable[Place], after: Mapping[Place, object]) -> Iterator[Place]:
    """Yield the exported places (videos, or frames, whichever came back) that did not come back."""
    forms = {place.frame_number is None for place in after}
    return (place for place in before if place not in after and (place.frame_number is None) in forms)


def _corrected(videos: Iterable[Video], differences: Iterable[Difference], emptied: list[str]) -> Iterator[Video]:
    by_video: dict[str, list[Difference]] = {}
    for difference in differences:
        by_video.setdefault(difference.video_id, []).append(difference)
    for video in videos:
        events: dict[int, Event] = {event.event_index: event for event in video.events}
        for difference in by_video.get(video.video_id, ()):
            index = _index(difference, events)
            if difference.after is None:
                del events[index]
            else:
                events[index] = difference.after.numbered(index)
        if events:
            yield replace(video, events=tuple(events[index] for index in sorted(events)))
        else:
            emptied.append(video.video_id)


def _index(difference: Difference, events: dict[int, Event]) -> int:
    """Return the place of a difference in the video's list; a new event comes last."""
    if difference.before is None:
        return max(events, default=-1) + 1
    index = difference.before.event_index
    if index is None or index not in events:
        raise OutputError(f"the export has an event of video {difference.video_id} that the warehouse does not have")
    return index
