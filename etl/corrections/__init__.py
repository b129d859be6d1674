"""Bring labels that were corrected in an annotation tool back as the publisher's JSON files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etl.corrections import coco, cvat, label_studio
from etl.corrections.checking import Extent, faults, twice_corrected
from etl.corrections.differences import KINDS, Difference, compare
from etl.corrections.model import Annotated, Place
from etl.corrections.settling import settled
from etl.dataset.provenance import CITATION, licence_of
from etl.errors import AnnotationError, OptionError, OutputError
from etl.export.formats.publisher import write_files
from etl.export.manifest import LISTED
from etl.files import save_json
from etl.names import MANIFEST_FILE
from etl.outputs import new_folder, require_output
from etl.version import __version__
from etl.warehouse.events import Event, Source, Video
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection

__all__ = ["READERS", "Correction", "import_corrections"]

READERS: dict[str, Callable[[Path], Annotated]] = {
    "cvat": cvat.read,
    "label-studio": label_studio.read,
    "coco": coco.read,
}
EXTENTS = "select video_id, width, height, frame_count from videos"
COLUMNS = ("action", "agent", "frame_number", "point_x", "point_y")


@dataclass(frozen=True)
class Correction:
    """What was corrected."""

    folder: Path
    """The new folder, with the five annotation files."""
    differences: tuple[Difference, ...]
    """Every event that is not as it was exported."""
    places_returned: int
    """How many videos or frames of the export came back."""
    places_not_returned: tuple[Place, ...]
    """The videos or frames of the export that did not come back, and stay as they are."""
    videos_without_events: tuple[str, ...]
    """Ids of the videos that lost their last event, and were left out."""
    notes: tuple[str, ...]
    """What was assumed: of events on frames that nobody saw, of agents that the tool dropped, and their like."""

    @property
    def counts(self) -> dict[str, int]:
        """Differences by kind."""
        found = Counter(difference.kind for difference in self.differences)
        return {kind: found[kind] for kind in KINDS}


def import_corrections(
    warehouse: str | Path | Warehouse,
    format_name: str,
    corrected: str | Path,
    exported: str | Path,
    output: str | Path,
    *,
    force: bool = False,
) -> Correction:
    """Compare corrected labels with the export they come from, and write all labels anew to the folder `output`.

    `warehouse` is the folder of one, or one that is open. `format_name` is cvat, label-studio or coco, `corrected` the
    folder of what the tool gave back, `exported` the untouched export. Places of the export that did not come back stay
    as they are, and so does everything that was not exported. `output` gets the five JSON files, `differences.csv` and
    `manifest.json`. A video that has no event any more is left out.

    Raises:
        OptionError: there is no such format.
        AnnotationError: the corrected files hold problems, all in `.problems`, or `exported` is no such export of this
            warehouse.
        OutputError: `output` is taken, cannot be written, or is, contains or lies within one of the two inputs.
    """
    if not isinstance(warehouse, Warehouse):
        with open_warehouse(warehouse) as opened:
            return import_corrections(opened, format_name, corrected, exported, output, force=force)
    if format_name not in READERS:
        raise OptionError(f"the format {format_name!r} is none of {', '.join(READERS)}")
    inputs = [warehouse.path, Path(corrected), Path(exported)]
    require_output(Path(output), "import", inputs=inputs, replace=force)
    _require_export(Path(exported), format_name, warehouse)
    before = READERS[format_name](Path(exported))
    if before.problems:
        raise AnnotationError(f"{exported} is not as it was exported. Nothing was imported", before.problems)
    after = READERS[format_name](Path(corrected))
    extents = {row[0]: Extent(*row[1:]) for row in warehouse.query(EXTENTS).fetchall()}
    compared = settled(before, after)
    problems = [*after.problems, *compared.problems, *faults(before, after, compared, extents)]
    if not problems:
        differences = compare(compared.before, compared.after)
        problems += twice_corrected(differences)
    if problems or not after.places:
        message = "Nothing was imported" if problems else f"{corrected} holds no {format_name} annotations"
        raise AnnotationError(message, problems)
    not_returned = tuple(_not_returned(before.places, after.places))
    correction = Correction(
        Path(output), tuple(differences), len(after.places), not_returned, (), tuple(compared.notes)
    )
    with new_folder(Path(output), "import", inputs=inputs, replace=force) as folder:
        emptied: list[str] = []
        source = Source(warehouse, Selection())
        videos = _corrected(source.videos(), differences, emptied)
        events = write_files(folder, videos, source.templates(), with_empty_templates=True)
        correction = replace(correction, videos_without_events=tuple(emptied))
        _write_differences(folder / "differences.csv", differences)
        save_json(folder / MANIFEST_FILE, _manifest(correction, format_name, events, warehouse))
    return correction


def _require_export(folder: Path, format_name: str, warehouse: Warehouse) -> None:
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_bytes())
        found, inputs = manifest["format"], manifest["warehouse"].get("inputs")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnnotationError(f"{folder} is no export: its {MANIFEST_FILE} cannot be read") from error
    if found != format_name:
        raise AnnotationError(f"{folder} is an export to {found}, expected {format_name}")
    if inputs != warehouse.manifest.get("inputs"):
        raise AnnotationError(f"{folder} was exported from another warehouse than {warehouse.path}")


def _not_returned(before: Iterable[Place], after: Mapping[Place, object]) -> Iterator[Place]:
    """Yield the exported places that did not come back, of the form that did: videos, or frames."""
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
                events[index] = Event(index, *difference.after[1:])
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


def _write_differences(path: Path, differences: Iterable[Difference]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        sides = [f"{side}_{column}" for side in ("before", "after") for column in COLUMNS]
        writer.writerow(["kind", "video_id", "event_index", *sides, "frames", "pixels"])
        for found in differences:
            before, after = ([""] * len(COLUMNS) if side is None else side[1:] for side in (found.before, found.after))
            index = found.before.event_index if found.before else ""
            pixels = "" if found.pixels is None else f"{found.pixels:.1f}"
            writer.writerow([found.kind, found.video_id, index, *before, *after, found.frames, pixels])


def _manifest(correction: Correction, format_name: str, events: int, warehouse: Warehouse) -> dict[str, Any]:
    return {
        "exported_by": f"contact-release-warehouse {__version__}",
        "format": "publisher",
        "corrected_in": format_name,
        "frame_base": 0,
        "counts": {"events_written": events, **correction.counts},
        "notes": list(correction.notes),
        "places_returned": correction.places_returned,
        "places_not_returned": len(correction.places_not_returned),
        "first_places_not_returned": [list(place) for place in correction.places_not_returned[:LISTED]],
        "videos_without_events": list(correction.videos_without_events),
        "licence": licence_of(warehouse.manifest),
        "citation": CITATION,
        "warehouse": {"inputs": warehouse.manifest.get("inputs")},
    }
