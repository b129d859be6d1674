"""The labels that are corrected: every video's events, and what else is known about it."""

from __future__ import annotations

from collections.abc import Mapping

from etl.corrections.model import Marked
from etl.dataset.releases import Release

__all__ = ["Facts", "Labels", "labels_of"]

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
