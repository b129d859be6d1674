"""From the corrections file to the differences that its decisions make in the labels."""

from __future__ import annotations

from pathlib import Path

from etl.corrections.differences import Difference
from etl.corrections.labels import Facts, Labels
from etl.corrections.log import CorrectedLabels, Label, StaleError, read_decisions
from etl.corrections.model import Marked, described
from etl.errors import AnnotationError, Problem
from etl.wording import counted

__all__ = ["read"]


def read(path: Path, labels: Labels, facts: Facts, notes: list[str]) -> list[Difference]:
    """Apply the decisions of a corrections file in order; return what differs at the end.

    Raises AnnotationError if the file holds anything else, or decisions that do not fit the events.
    """
    decisions = read_decisions(path, lambda cut: notes.append(CUT.format(path.name, cut)))
    if not decisions and not path.exists():
        raise AnnotationError(f"{path} does not exist. Give the file that browse wrote with --corrections")
    now = CorrectedLabels({video_id: map(_numbered, events) for video_id, events in labels.items()})
    problems = []
    for number, decision in enumerate(decisions, 1):
        where = path.name, f"line {number}"
        if decision.video_id not in labels:
            problems.append(Problem(*where, f"the video {decision.video_id!r}", "a video that has labels"))
            continue
        try:
            now.carry_out(decision)
        except StaleError as error:
            before = f"{_told(decision.before)} before the decision" if decision.before else "a removed event"
            hint = "the decision is about other labels, or was applied already"
            problems.append(Problem(*where, _told(error.found), before, hint))
    if problems:
        raise AnnotationError("Nothing was imported", problems)
    accepted = sum(decision.op == "accept" and decision.after is not None for decision in decisions)
    if accepted:
        notes.append(f"{counted(accepted, 'decision')} to accept an event: accepting changes nothing.")
    touched = dict.fromkeys(decision.video_id for decision in decisions)
    return [found for video_id in touched for found in _differences(video_id, labels, now)]


CUT = "The last line of {} was cut off after {:,} bytes and never confirmed: it was left out."


def _differences(video_id: str, labels: Labels, now: CorrectedLabels) -> list[Difference]:
    present = now.events[video_id]
    by_index = {index: label for index, label in present if index is not None}
    found = []
    for event in labels[video_id]:
        index, label = _numbered(event)
        after = by_index.get(index)
        if after != label:
            found.append(Difference(video_id, event, _marked(index, after) if after else None))
    return found + [Difference(video_id, None, _marked(None, label)) for index, label in present if index is None]


def _numbered(event: Marked) -> tuple[int, Label]:
    label = Label(event.action, event.agent, event.frame_number, event.point_x, event.point_y)
    return event.event_index or 0, label


def _marked(index: int | None, label: Label) -> Marked:
    return Marked(index, label.action, label.agent, label.frame_number, label.point_x, label.point_y)


def _told(label: Label | None) -> str:
    return described(_marked(None, label)) if label else "no such event"
