"""Annotation files that were edited elsewhere: where they differ from the labels, they correct them."""

from __future__ import annotations

from pathlib import Path

from etl.corrections.differences import Difference, differences_of
from etl.corrections.labels import Facts, Labels, labels_of
from etl.dataset.releases import read_release
from etl.errors import AnnotationError, Problem

__all__ = ["read"]


def read(folder: Path, labels: Labels, facts: Facts, notes: list[str]) -> list[Difference]:
    """Return where the events of another folder of annotation files differ; a video that it lacks loses all of its own.

    Raises AnnotationError where those files hold problems, or other videos, templates or splits.
    """
    edited, edited_facts = labels_of(read_release(folder))
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
        raise AnnotationError("Nothing was imported: events can be corrected, no more", problems)
    differences: list[Difference] = []
    reordered = 0
    for video_id, before in labels.items():
        after = [event._replace(event_index=None) for event in edited.get(video_id, [])]
        changed = differences_of(video_id, before, after)
        reordered += not changed and [event.unnumbered for event in before] != [event.unnumbered for event in after]
        differences += changed
    if reordered:
        notes.append(f"{reordered:,} videos list the same events in another order: theirs stays as it was.")
    return differences
