"""The labels that are corrected: every video's events, and what else is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from etl.corrections.model import Extent, Marked
from etl.dataset.releases import Release

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Facts", "Labels", "extents_of", "labels_of"]

Labels = Mapping[str, list[Marked]]  # video id → its events, in their published order
Facts = Mapping[str, Mapping[str, str]]  # video id → its template and split


def labels_of(release: Release) -> tuple[Labels, Facts]:
    """Return the events of every video of a release, and its template and split."""
    labels: dict[str, list[Marked]] = {video_id: [] for video_id in release.videos["video_id"]}
    for video_id, *event in release.events.sort("event_index", maintain_order=True).iter_rows():
        labels[video_id].append(Marked(*event))
    facts = {
        video_id: {"template": template, "split": split} for video_id, template, split in release.videos.iter_rows()
    }
    return labels, facts


def extents_of(warehouse: Warehouse) -> dict[str, Extent]:
    """Return what decoding found of the picture and the length of every video."""
    sql = "select video_id, width, height, frame_count from videos"
    return {video_id: Extent(*facts) for video_id, *facts in warehouse.query(sql).fetchall()}
