"""From annotation files and frames to a warehouse: the only place that knows the order of the steps."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from etl.annotations import read_annotations
from etl.annotations.model import FILE_NAMES
from etl.annotations.origin import read_origin
from etl.build.normalize import annotations_to_tables
from etl.build.publish import publishing
from etl.build.replacing import require_replaceable
from etl.build.standing import decoded_videos, manifest_of, standing_companions, standing_tables
from etl.build.table_files import write_warehouse
from etl.dataset.provenance import listed
from etl.errors import Problem
from etl.files import refuse_builds
from etl.outputs import refuse_inputs
from etl.schema import ACTIONS
from etl.version import __version__
from etl.wording import counted

if TYPE_CHECKING:
    from etl.annotations.model import Annotations
    from etl.build.companion_files import CompanionFiles
    from etl.build.companions import CompanionTables

__all__ = ["BuildSummary", "build_warehouse", "take_up_frames"]


@contextmanager
def _thrifty() -> Iterator[None]:
    """Save time and memory while millions of small objects come and go; afterwards the settings are restored.

    The search for reference cycles takes a fifth of a build's time, and the events have none. Arrow's own allocator
    keeps freed memory, which at half a million events is a third of the memory.
    """
    was_collecting, pool = gc.isenabled(), pa.default_memory_pool()
    gc.disable()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        if was_collecting:
            gc.enable()


@dataclass(frozen=True)
class BuildSummary:
    """What a build made."""

    warehouse: Path
    """The folder of the warehouse."""
    rows: dict[str, int]
    """The number of rows of each table."""
    actions: dict[str, int]
    """The number of events of each action."""
    unassigned_videos: int
    """How many videos are in no split."""
    warnings: tuple[str, ...]
    """Lines about the input."""
    problems: tuple[Problem, ...]
    """The problems of the records that were set aside."""


@_thrifty()
def build_warehouse(
    metadata: str | Path,
    warehouse: str | Path,
    *,
    quarantine: bool = False,
    frames: str | Path | None = None,
    assumed_rate: float | None = None,
    companions: CompanionFiles | None = None,
    force: bool = False,
    on_step: Callable[[str], None] = lambda step: None,
) -> BuildSummary:
    """Build the warehouse of the five annotation files in `metadata` and publish it whole or not at all.

    With `quarantine`, records with problems are set aside into the table `rejects`. `frames` is a folder that
    `extract` has filled, whose frames are indexed. From `assumed_rate` (1/s) the annotated frames of videos that were
    never decoded get a time. `companions` are SSv2's label files and boxes to include. `force` replaces a standing
    warehouse even if `etl.build.replacing` would not. `on_step` is called at each step with what is being done.

    Raises:
        AnnotationError: the annotation files are missing or hold problems; nothing was written.
        CompanionError: the companion files hold problems; the standing warehouse is untouched.
        VideoError: the frames folder is damaged; the standing warehouse is untouched.
        OutputError: the warehouse is, contains or lies within an input, or would replace a larger or a real one.
        WarehouseError: the warehouse cannot be written; the standing one is untouched.
    """
    metadata, warehouse = Path(metadata), Path(warehouse)
    frames = None if frames is None else Path(frames)
    refuse_builds(warehouse)
    refuse_inputs(warehouse, [*(metadata / name for name in FILE_NAMES), *([frames] if frames else [])])
    on_step(f"reading {metadata}")
    annotations = read_annotations(metadata, quarantine=quarantine, on_step=on_step)
    origin = read_origin(metadata, annotations.inputs)
    inputs, warnings, problems = annotations.inputs, annotations.warnings, annotations.problems
    actions = np.bincount(annotations.events.action, minlength=len(ACTIONS)).tolist()
    tables = with_frames(annotations_to_tables(annotations), frames, assumed_rate)
    taken_up = _read_companions(companions, annotations, quarantine, on_step)
    del annotations  # only the tables refer to them now, and free them before the engine needs the memory

    latest = datetime.fromtimestamp(max(file.modified_s for file in inputs), UTC)
    on_step(f"writing {warehouse}")
    with publishing(warehouse, on_wait=lambda: on_step("waiting for another build of this warehouse")) as folder:
        if not force:
            require_replaceable(warehouse, inputs, sum(actions))
        if frames is None and (decoded := decoded_videos(warehouse)):
            lost = f"the earlier warehouse had the frames of {counted(decoded, 'decoded video')}, and this one has none"
            warnings += (f"{lost}; to include them: contact-release build --frames DIR",)
        if taken_up is None:
            if options := standing_companions(warehouse):
                lost = "the earlier warehouse had SSv2's labels or boxes, and this one has none"
                warnings += (f"{lost}; to include them: contact-release build {' '.join(options)}",)
        else:
            from etl.build.companions import with_companions

            tables = with_companions(tables, taken_up, folder)
        rows = write_warehouse(
            folder,
            tables,
            listed(inputs),
            version=__version__,
            inputs_modified=latest.date().isoformat(),
            assumed_rate=assumed_rate,
            origin=origin.beginning if origin else None,
            companions=taken_up.facts if taken_up else dict,
        )
    if taken_up:
        problems += taken_up.problems
    return BuildSummary(
        warehouse=warehouse,
        rows=rows,
        actions=dict(zip(ACTIONS, actions, strict=True)),
        unassigned_videos=rows["videos"] - rows["splits"],
        warnings=warnings,
        problems=problems,
    )


def take_up_frames(warehouse: Path, frames: Path) -> dict[str, int]:
    """Publish a standing warehouse again, with the frames that a folder holds now.

    The frame rate that was assumed when it was built is kept. Returns the number of rows of each table.

    Raises:
        VideoError: the frames folder is damaged; the warehouse is untouched.
        WarehouseError: the warehouse cannot be read or written; it is untouched.
    """
    with publishing(warehouse) as folder:
        manifest = manifest_of(warehouse)
        assumed_rate = manifest.assumed_frame_rate
        tables = with_frames(standing_tables(warehouse), frames, assumed_rate)
        return write_warehouse(
            folder,
            tables,
            manifest.inputs,
            version=__version__,
            inputs_modified=manifest.inputs_modified,
            assumed_rate=assumed_rate,
            origin=manifest.origin,
            companions=lambda: manifest.companions,
        )


def _read_companions(
    files: CompanionFiles | None, annotations: Annotations, quarantine: bool, on_step: Callable[[str], None]
) -> CompanionTables | None:
    if files is None or (files.ssv2 is None and not files.boxes):
        return None
    from etl.build.companions import CompanionTables

    return CompanionTables(files, annotations.templates, quarantine=quarantine, on_step=on_step)


def with_frames(
    tables: Iterator[tuple[str, pa.Table | Iterator[pa.RecordBatch]]], frames: Path | None, assumed_rate: float | None
) -> Iterator[tuple[str, pa.Table | Iterator[pa.RecordBatch]]]:
    """Yield tables as they come, those about frames completed from the frames folder."""
    if frames is None and assumed_rate is None:
        yield from tables
        return
    from etl.build.frame_index import DecodedVideos, annotated_frames

    for name, table in tables:
        if name == "videos":
            videos = table  # complete when all frames were read
        elif name == "frame_index":
            decoded = DecodedVideos(annotated_frames(videos, table), frames, assumed_rate=assumed_rate)
            yield name, decoded.frame_batches()
            yield "videos", decoded.videos(videos)
        elif name == "unlabelled_videos":
            yield name, decoded.unlabelled()
        elif name == "extraction_problems":
            yield name, decoded.problems()
        else:
            yield name, table
