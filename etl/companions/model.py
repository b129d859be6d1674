"""The content of the companion files, as reading them returns it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from etl.annotations.located_json import pointer
from etl.annotations.model import InputFile, Reject
from etl.companions.strict_json import is_text
from etl.errors import CompanionError, Problem

__all__ = ["SSV2_SPLITS", "BoxFiles", "Faults", "LabelRow", "Place", "SSv2Labels", "merged_rejects"]

SSV2_SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One video of SSv2's label files. `template` is as published; `label` and `template` are None if not given.

    `placeholders` are the words in the template's brackets, `objects` what replaces each, both in order.
    """

    video_id: str
    split: str
    label: str | None = None
    template: str | None = None
    placeholders: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()


@dataclass(frozen=True)
class SSv2Labels:
    """The sound content of SSv2's label files: rows in the order of the files, and each template's class number.

    `class_ids` has templates without brackets as keys; it is empty where `labels.json` was not given.
    """

    rows: tuple[LabelRow, ...]
    class_ids: dict[str, int]
    inputs: tuple[InputFile, ...]
    rejects: tuple[Reject, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class BoxFiles:
    """What was noticed while the box files were read; complete when all batches have been taken."""

    inputs: list[InputFile] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    videos: int = 0
    videos_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is: its file, its place in it (a JSON Pointer, or a line), and the record or its text."""

    file: str
    location: str
    record: object

    @property
    def text(self) -> str:
        """The record as text, for the table `rejects`."""
        if isinstance(self.record, str):
            return self.record
        if isinstance(self.record, msgspec.Raw):
            return bytes(self.record).decode()
        text = json.dumps(self.record, ensure_ascii=False)
        return text if is_text(text) else json.dumps(self.record)

    def __str__(self) -> str:
        return f"{self.file} {self.location}"


@dataclass
class Faults:
    """Collects problems, with the records that they concern, in the order in which they are found."""

    problems: list[Problem] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    has_unreadable: bool = False

    def add(self, place: Place, found: str, expected: str, *steps: str | int, hint: str = "") -> None:
        """Note what is wrong with a record; `steps` lead to the value at fault within it."""
        problem = Problem(place.file, place.location + pointer(*steps), found, expected, hint)
        self.problems.append(problem)
        words = f"found {found}, expected {expected}"
        self.set_aside(place, f"{problem.location}: {words}" if steps else words)

    def set_aside(self, place: Place, why: str) -> None:
        """Set a record aside, perhaps for one more reason."""
        self.rejects.append(Reject(place.file, place.location, why, place.text))

    def add_file(self, problem: Problem) -> None:
        """Note a problem that makes the whole file unreadable."""
        self.problems.append(problem)
        self.has_unreadable = True

    def raise_problems(self, *, quarantine: bool) -> None:
        """Raise CompanionError if there are problems, except those that a quarantine can set aside."""
        if not self.problems or (quarantine and not self.has_unreadable):
            return
        advice = "Nothing was built"
        if not self.has_unreadable:
            advice += ". To build from the sound records only, add --quarantine"
        raise CompanionError(advice, self.problems)


def merged_rejects(rejects: list[Reject]) -> Iterator[Reject]:
    """Yield each record that was set aside, once, with everything that is wrong with it."""
    reasons: dict[tuple[str, str], list[Reject]] = {}
    for reject in rejects:
        reasons.setdefault((reject.file, reject.location), []).append(reject)
    for (file, location), found in reasons.items():
        yield Reject(file, location, "; ".join(dict.fromkeys(r.problem for r in found)), found[0].record)
