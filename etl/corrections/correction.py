"""What an import of corrections found, and how it is reported: the result, its table, its manifest."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from etl.corrections.differences import KINDS, Difference
from etl.corrections.model import Place
from etl.dataset.diff import Diff
from etl.dataset.provenance import CITATION, licence_of
from etl.export.format import FRAME_BASE
from etl.manifest import Beginning
from etl.version import __version__

__all__ = ["Correction", "import_manifest", "write_differences"]

COLUMNS = ("action", "agent", "frame_number", "point_x", "point_y")


@dataclass(frozen=True)
class Correction:
    """The result of an import of corrections."""

    folder: Path | None
    """The new folder with the five annotation files; None if nothing was written."""
    differences: tuple[Difference, ...]
    """Every event that changed."""
    diff: Diff
    """The labels before and after, compared as two releases are."""
    videos_without_events: tuple[str, ...] = ()
    """Ids of the videos that lost their last event, and were left out."""
    notes: tuple[str, ...] = ()
    """What was assumed, such as about events on frames that nobody saw, or agents that the tool dropped."""
    places_returned: int = 0
    """How many videos or frames of the export came back."""
    places_not_returned: tuple[Place, ...] = ()
    """The videos or frames of the export that did not come back, and stay as they are."""

    @property
    def counts(self) -> dict[str, int]:
        """Differences by kind."""
        found = Counter(difference.kind for difference in self.differences)
        return {kind: found[kind] for kind in KINDS}


def write_differences(path: Path, differences: Iterable[Difference]) -> None:
    """Write the differences as CSV, one row each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        sides = [f"{side}_{column}" for side in ("before", "after") for column in COLUMNS]
        writer.writerow(["kind", "video_id", "event_index", *sides, "frames", "pixels"])
        for found in differences:
            before, after = (
                [getattr(side, column) if side else "" for column in COLUMNS] for side in (found.before, found.after)
            )
            index = found.before.event_index if found.before else ""
            pixels = "" if found.pixels is None else f"{found.pixels:.1f}"
            writer.writerow([found.kind, found.video_id, index, *before, *after, found.frames, pixels])


def import_manifest(
    format_name: str, differences: Iterable[Difference], origin: Beginning, **facts: Any
) -> dict[str, Any]:
    """Return what the manifest of corrected files says. `origin`: the files before any correction."""
    counted = Counter(found.kind for found in differences)
    return {
        "exported_by": f"contact-release-warehouse {__version__}",
        "format": "publisher",
        "corrected_in": format_name,
        "frame_base": FRAME_BASE,
        "counts": {kind: counted[kind] for kind in KINDS},
        **facts,
        "licence": licence_of(origin).as_dict(),
        "citation": CITATION,
        "corrected_from": msgspec.to_builtins(origin),
    }
