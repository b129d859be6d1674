"""A release of the labels, read from a warehouse or from a folder of annotation files, as two data frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import AnnotationError, WarehouseError
from etl.names import DATABASE_FILE
from etl.schema import ACTIONS, AGENTS, UNASSIGNED, table_named

if TYPE_CHECKING:
    import polars as pl

    from etl.pages.answers import Queryable

__all__ = ["Release", "read_release", "release_of"]


@dataclass(frozen=True)
class Release:
    """The labels of one release.

    `events`: the columns of the table `events`, by video and event index. `videos`: `video_id`, `template`, `split`
    ("unassigned" if the video is in no split). `name` is what the release is called in messages. `warnings`: what was
    ignored in its files.
    """

    events: pl.DataFrame
    videos: pl.DataFrame
    name: str
    warnings: tuple[str, ...] = ()


def read_release(path: str | Path) -> Release:
    """Read a warehouse's folder, or a folder of the five annotation files, which are checked as a build checks them.

    Raises:
        AnnotationError: the annotation files hold problems.
        WarehouseError: the folder is neither, or the warehouse cannot be opened.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise WarehouseError(f"{folder} is not a folder; expected a warehouse or a folder of the five annotation files")
    if (folder / DATABASE_FILE).exists():
        from etl.warehouse.open import using

        with using(folder) as warehouse:
            return release_of(warehouse, str(folder))
    return _of_files(folder)


def release_of(source: Queryable, name: str) -> Release:
    """Return the labels of an open warehouse, or of a part of one; `name` is what it is called in messages."""
    import polars as pl

    columns = ", ".join(table_named("events").column_names)
    events = pl.DataFrame(source.query(f"select {columns} from events").pl())  # in the order of the file
    videos = pl.DataFrame(source.query("select video_id, template, split from video_labels").pl())
    return Release(events, videos, name)


def _of_files(folder: Path) -> Release:
    import numpy as np
    import polars as pl

    from etl.annotations import read_annotations

    try:
        annotations = read_annotations(folder)
    except AnnotationError as error:
        if not error.problems:
            raise
        raise AnnotationError(f"These are files in {folder}: nothing was compared or changed", error.problems) from None
    found = annotations.events
    events = pl.DataFrame(
        {
            "video_id": np.repeat(np.array(annotations.video_ids, dtype=object), annotations.event_counts),
            "event_index": found.event_index,
            "action": np.array(ACTIONS, dtype=object)[found.action],
            "agent": np.array(AGENTS, dtype=object)[found.agent],
            "frame_number": found.frame_number,
            "point_x": found.point_x,
            "point_y": found.point_y,
        },
        schema_overrides={"video_id": pl.String, "action": pl.String, "agent": pl.String},
    )
    template_of = {video_id: template for template, listed in annotations.templates.items() for video_id in listed}
    split_of = {video_id: split for split, listed in annotations.splits.items() for video_id in listed}
    videos = pl.DataFrame(
        {
            "video_id": annotations.video_ids,
            "template": [template_of[video_id] for video_id in annotations.video_ids],
            "split": [split_of.get(video_id, UNASSIGNED) for video_id in annotations.video_ids],
        },
        schema={"video_id": pl.String, "template": pl.String, "split": pl.String},
    )
    return Release(events, videos, str(folder), tuple(annotations.warnings))
