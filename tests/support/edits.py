"""What the tests of edits in annotation tools share: the twelve kinds, and a correction told in a few words."""

from __future__ import annotations

from typing import Any

from etl.corrections import Correction

__all__ = ["KINDS", "Change", "changes", "results", "told"]

KINDS = (
    "moved",
    "relabelled",
    "agent changed",
    "removed",
    "added",
    "shape over several frames",
    "skipped task",
    "two annotations",
    "overlap of jobs",
    "project of two videos",
    "last frame",
    "half pixel",
)

Change = tuple[str, int | None, tuple[object, ...] | None]  # kind, index of the exported event, what it is now


def told(made: Correction) -> tuple[str, ...]:
    """The notes, but that the annotation files themselves were not there: in these tests they never are."""
    return tuple(note for note in made.notes if not note.startswith("The annotation files that the warehouse was"))


def changes(made: Correction) -> list[Change]:
    return [
        (found.kind, found.before and found.before.event_index, found.after and found.after[1:])
        for found in made.differences
    ]


def results(task: dict[str, Any]) -> list[dict[str, Any]]:
    """What is annotated in a task of Label Studio."""
    found: list[dict[str, Any]] = task["annotations"][0]["result"]
    return found
