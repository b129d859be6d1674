"""From annotation files to a warehouse: the only place that knows the order of the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from etl import __version__
from etl.annotations import read_annotations
from etl.errors import Problem
from etl.load import write_warehouse
from etl.normalize import annotations_to_tables
from etl.publish import publishing
from etl.schema import ACTIONS

__all__ = ["BuildSummary", "build"]


@dataclass(frozen=True)
class BuildSummary:
    """What a build made: rows of each table, events by action, videos in no split.

    `warnings` are about the input; `problems` are those of the records that were set aside.
    """

    warehouse: Path
    rows: dict[str, int]
    actions: dict[str, int]
    unassigned_videos: int
    warnings: tuple[str, ...]
    problems: tuple[Problem, ...]


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
    annotations = read_annotations(metadata, quarantine=quarantine, on_step=on_step)

    inputs, warnings, problems = annotations.inputs, annotations.warnings, annotations.problems
    actions = np.bincount(annotations.events.action, minlength=len(ACTIONS)).tolist()
    tables = annotations_to_tables(annotations)
    del annotations  # now the tables' own, which lets go of them before the engine needs the memory

    on_step(f"writing {warehouse}")
    with publishing(warehouse, on_wait=lambda: on_step("waiting for another build of this warehouse")) as folder:
        rows = write_warehouse(folder, tables, inputs, version=__version__)
    return BuildSummary(
        warehouse=warehouse,
        rows=rows,
        actions=dict(zip(ACTIONS, actions, strict=True)),
        unassigned_videos=rows["videos"] - rows["splits"],
        warnings=warnings,
        problems=problems,
    )
