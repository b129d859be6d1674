"""From annotation files to a warehouse: the only place that knows the order of the steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from etl import __version__
from etl.annotations import read_annotations
from etl.publish import publishing
from etl.schema import ACTIONS

__all__ = ["BuildSummary", "build"]


@dataclass(frozen=True)
class BuildSummary:
    """What a build made: rows of each table, events by action, videos in no split, warnings about the input."""

    warehouse: Path
    rows: dict[str, int]
    actions: dict[str, int]
    unassigned_videos: int
    warnings: tuple[str, ...]


def build(
    metadata: Path,
    warehouse: Path,
    *,
    quarantine: bool = False,
    on_step: Callable[[str], None] = lambda step: None,
) -> BuildSummary:
    """Build the warehouse of the five annotation files in `metadata` and publish it whole or not at all.

    With `quarantine`, records with problems are set aside into the table `rejects`. `on_step` is told what is
    being done, once a step.

    Raises:
        AnnotationError: the annotation files are missing or hold problems; nothing was written.
        WarehouseError: the warehouse cannot be written; the standing one is untouched.
    """
    on_step(f"reading {metadata}")
    annotations = read_annotations(metadata, quarantine=quarantine)

    # Imported here, so that faults in the input are told before a second goes by.
    from etl.load import write_warehouse
    from etl.normalize import annotations_to_tables

    tables = annotations_to_tables(annotations)
    counts = Counter(annotations.events.action.tolist())
    on_step(f"writing {warehouse}")
    with publishing(warehouse, on_wait=lambda: on_step("waiting for another build of this warehouse")) as folder:
        write_warehouse(folder, tables, annotations.inputs, version=__version__)
    return BuildSummary(
        warehouse=warehouse,
        rows={name: table.num_rows for name, table in tables.items()},
        actions={action: counts[code] for code, action in enumerate(ACTIONS)},
        unassigned_videos=tables["videos"].num_rows - tables["splits"].num_rows,
        warnings=annotations.warnings,
    )
