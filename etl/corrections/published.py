"""Annotation files that were edited elsewhere: their differences from the labels are corrections."""

from __future__ import annotations

from pathlib import Path

from etl.corrections.differences import Difference, differences_of
from etl.corrections.labels import Facts, Labels, labels_of
from etl.dataset.releases import read_release
from etl.errors import AnnotationError, Problem
from etl.wording import counted

__all__ = ["read"]


def read(folder: Path, labels: Labels, facts: Facts, notes: list[str]) -> list[Difference]:
    """Return how the events of another folder of annotation files differ; a video that it lacks loses all its events.

    Raises AnnotationError if those files have problems, or other videos, templates or splits.
    """
    release = read_release(folder)
    notes += (f"In {folder}, {warning}" for warning in release.warnings)
    edited, edited_facts = labels_of(release)
    problems = []
    for video_id in edited:
        if video_id not in labels:
            problems.append(
                Problem(str(folder), f"video {video_id}", "a new video", "events of videos that were there")
            )
            continue
        for name, value in facts[video_id].items():
            if (found := edited_facts[video_id][name]) != value:
                problems.append(
                    Problem(str(folder), f"video {video_id}", f"the {name} {found!r}", f"{value!r}, as it was")
                )
    if problems:
        raise AnnotationError("Nothing was imported: only events can be corrected", problems)
    differences: list[Difference] = []
    reordered = 0
    for video_id, before in labels.items():
        after = [event._replace(event_index=None) for event in edited.get(video_id, [])]
        changed = differences_of(video_id, before, after)
        reordered += not changed and [event.unnumbered for event in before] != [event.unnumbered for event in after]
        differences += changed
    if reordered:
        notes.append(f"{counted(reordered, 'video')} with the same events in another order: the order is kept.")
    return differences
