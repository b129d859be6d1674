"""Companion files become tables: SSv2's videos with their objects, and the boxes of hands and objects."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl.annotations.model import InputFile
from etl.build.table_files import ROWS_PER_GROUP
from etl.companions.box_frames import HAND
from etl.companions.boxes import read_boxes
from etl.companions.labels import read_ssv2_labels, template_key
from etl.companions.model import BoxFiles, SSv2Labels
from etl.dataset.provenance import SAMPLE_LICENCE, Licence, listed
from etl.manifest import CompanionFacts
from etl.names import video_sort_key
from etl.schema import arrow_schema, table_named
from etl.wording import counted

if TYPE_CHECKING:
    from etl.build.companion_files import CompanionFiles
    from etl.companions.box_spool import VideoBoxes
    from etl.errors import Problem

__all__ = ["CompanionTables", "with_companions"]

SSV2_LICENCE = Licence("Something-Something V2, for research only", "labels, templates and placeholders")
BOXES_LICENCE = Licence("not stated: treat as research only", "the Something-Else boxes (CVPR 2020)")


class CompanionTables:
    """The rows of the companion tables and, once all have been read, the facts about their files."""

    def __init__(
        self,
        files: CompanionFiles,
        templates: Mapping[str, Sequence[str]],
        *,
        quarantine: bool,
        on_step: Callable[[str], None] = lambda step: None,
    ) -> None:
        """Read the label files. `templates` has the annotated videos of each template; `on_step` gets what is read.

        Raises CompanionError if a label file has faults.
        """
        self._files = files
        self._quarantine = quarantine
        self._on_step = on_step
        self._template_of = {video_id: template for template, listed in templates.items() for video_id in listed}
        self._labels: SSv2Labels | None = None
        if files.ssv2 is not None:
            on_step(f"reading {files.ssv2}")
            self._labels = read_ssv2_labels(files.ssv2, self._template_of, quarantine=quarantine)
        self._boxes = BoxFiles()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the records that were set aside."""
        return (*(self._labels.problems if self._labels else ()), *self._boxes.problems)

    def facts(self) -> dict[str, CompanionFacts]:
        """Return what the manifest says about the companion files."""
        told = {}
        if self._labels:
            inputs = self._labels.inputs
            told["ssv2"] = CompanionFacts(listed(inputs), _licence(inputs, SSV2_LICENCE))
        if self._files.boxes:
            boxes = self._boxes
            licence = _licence(boxes.inputs, BOXES_LICENCE)
            told["boxes"] = CompanionFacts(listed(boxes.inputs), licence, boxes.videos, boxes.videos_left_out)
        return told

    def ssv2_videos(self) -> pa.Table:
        """Return the table `ssv2_videos`."""
        classes = self._labels.class_ids if self._labels else {}
        rows = self._ordered()
        columns = {
            "video_id": [row.video_id for row in rows],
            "label": [row.label for row in rows],
            "template": [row.template for row in rows],
            "class_id": [None if row.template is None else classes.get(template_key(row.template)) for row in rows],
            "ssv2_split": [row.split for row in rows],
            "is_annotated": [row.video_id in self._template_of for row in rows],
        }
        return pa.table(columns, schema=arrow_schema(table_named("ssv2_videos")))

    def objects(self) -> pa.Table:
        """Return the table `objects`. This frees the label files' rows, because the boxes need the memory."""
        rows = [
            (row.video_id, index, placeholder, text)
            for row in self._ordered()
            for index, (placeholder, text) in enumerate(zip(row.placeholders, row.objects, strict=True))
        ]
        if self._labels:
            self._labels = replace(self._labels, rows=())
        return _table("objects", rows)

    def boxes(self, folder: Path) -> Iterator[pa.RecordBatch]:
        """Yield the rows of the table `boxes` in order; until all are read they are kept in `folder`.

        Raises:
            CompanionError: before the first row, if a file of boxes has faults.
            OSError: the boxes cannot be written to `folder`, as on a full disk.
        """
        files, found = self._files, self._boxes
        wanted = self._template_of.keys()
        if files.boxes:
            self._on_step(f"reading {counted(len(files.boxes), 'file')} of boxes")
        videos = read_boxes(
            files.boxes, wanted, found, all_boxes=files.all_boxes, quarantine=self._quarantine, folder=folder
        )
        group: list[VideoBoxes] = []
        rows = 0
        for video in videos:
            if group and rows + len(video.records) > ROWS_PER_GROUP:
                yield _box_rows(group)
                group, rows = [], 0
            group.append(video)
            rows += len(video.records)
        if group:
            yield _box_rows(group)

    def rejects(self, others: pa.Table) -> pa.Table:
        """Return the table `rejects`, with what was set aside here after the others."""
        found = [*(self._labels.rejects if self._labels else ()), *self._boxes.rejects]
        rows = [(reject.file, reject.location, reject.problem, reject.record) for reject in found]
        return pa.concat_tables([others, _table("rejects", rows)]) if rows else others

    def _ordered(self) -> list[Any]:
        rows = self._labels.rows if self._labels else ()
        return sorted(rows, key=lambda row: video_sort_key(row.video_id))


def with_companions(
    tables: Iterator[tuple[str, pa.Table | Iterator[pa.RecordBatch]]], companions: CompanionTables, folder: Path
) -> Iterator[tuple[str, pa.Table | Iterator[pa.RecordBatch]]]:
    """Yield tables as they come, those of the companion files filled; `folder` is where their files will be."""
    for name, table in tables:
        if name == "ssv2_videos":
            yield name, companions.ssv2_videos()
        elif name == "objects":
            yield name, companions.objects()
        elif name == "boxes":
            yield name, companions.boxes(folder)
        elif name == "rejects" and isinstance(table, pa.Table):
            yield name, companions.rejects(table)
        else:
            yield name, table


def _table(name: str, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    schema = arrow_schema(table_named(name))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _box_rows(videos: Sequence[VideoBoxes]) -> pa.RecordBatch:
    """Return the boxes of videos as rows of the table `boxes`."""
    counts = [len(video.records) for video in videos]
    ids, categories = [video.video_id for video in videos], [text for video in videos for text in video.categories]
    records = np.concatenate([video.records for video in videos])
    first_category = np.cumsum([0, *(len(video.categories) for video in videos)])[:-1]
    columns = {
        "video_id": pa.array(ids).take(pa.array(np.repeat(range(len(ids)), counts))),
        "instance": _of_four_letters(records["instance"]),
        "is_hand": pa.array(records["instance"] == HAND.encode()),
        "category": pa.array(categories, pa.string()).take(
            pa.array(records["category"] + np.repeat(first_category, counts))
        ),
    }
    schema = arrow_schema(table_named("boxes"))
    arrays = [columns[name] if name in columns else pa.array(records[name]) for name in schema.names]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _of_four_letters(texts: NDArray[np.bytes_]) -> pa.Array:
    offsets = np.arange(0, 4 * len(texts) + 1, 4, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(texts.tobytes())]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)


def _licence(inputs: Sequence[InputFile], licence: Licence) -> dict[str, str]:
    """Return the licence of files; those of the sample are recognised by their checksums."""
    from etl.dataset.sample.companions import companion_files

    sample = {hashlib.sha256(content).hexdigest() for content in companion_files().values()}
    told = SAMPLE_LICENCE if sample.issuperset(entry.sha256 for entry in inputs) else licence
    return told.as_dict()
