"""What every recount of a report shares: events with their labels, intervals, quantiles, signatures, divergence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from given import read_annotations

Rows = list[dict[str, Any]]


class Event(NamedTuple):
    """One event with its labels."""

    video: str
    index: int  # type: ignore[assignment] # a tuple has a method of that name
    action: str
    agent: str
    frame: int
    x: int
    y: int
    template_id: int
    template: str
    split: str

    @property
    def kind(self) -> tuple[str, str]:
        return self.action, self.agent


class Interval(NamedTuple):
    """A contact and the release that is the agent's next event."""

    contact: Event
    release: Event

    @property
    def frames(self) -> int:
        return self.release.frame - self.contact.frame


def read(metadata: Path) -> tuple[list[Event], dict[str, int], dict[int, str], dict[str, str]]:
    """The events in order of time; each video's template id and split; each template's text."""
    tables = {name: rows for name, (_, rows) in read_annotations(metadata).items()}
    template_ids, texts, splits = dict(tables["videos"]), dict(tables["templates"]), dict(tables["splits"])
    events = [
        Event._make((*row, template_ids[row[0]], texts[template_ids[row[0]]], splits.get(row[0], "unassigned")))
        for row in tables["events"]
    ]
    events.sort(key=lambda event: (event.video, event.frame, event.index))
    return events, template_ids, texts, {video: splits.get(video, "unassigned") for video in template_ids}


def intervals_of(events: list[Event]) -> Iterable[Interval]:
    open_contacts: dict[tuple[str, str], Event] = {}
    for event in events:
        contact = open_contacts.pop((event.video, event.agent), None)
        if event.action == "contact":
            open_contacts[event.video, event.agent] = event
        elif contact:
            yield Interval(contact, event)


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile of sorted values, interpolated between neighbours."""
    position = share * (len(values) - 1)
    low = math.floor(position)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (position - low)


def signatures_of(events: list[Event]) -> dict[str, str]:
    return {
        video: " → ".join(f"{event.action} {event.agent}" for event in listed)
        for video, listed in groupby(events, key=lambda event: event.video)
    }


def mix_counts(events: Iterable[Event]) -> dict[str, int]:
    events = list(events)
    actions, agents = Counter(event.action for event in events), Counter(event.agent for event in events)
    return {
        "contacts": actions["contact"],
        "releases": actions["release"],
        "hand_object_events": agents["hand-object"],
        "object_surface_events": agents["object-surface"],
        "object_object_events": agents["object-object"],
    }


def divergence_bits(one: Counter[Any], other: Counter[Any]) -> float:
    """The Jensen–Shannon divergence, as the entropy of the middle without the mean entropy of the two."""
    names = one.keys() | other.keys()
    first, second = ([counts[name] / counts.total() for name in names] for counts in (one, other))
    middle = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    return entropy_bits(middle) - (entropy_bits(first) + entropy_bits(second)) / 2


def entropy_bits(shares: Iterable[float]) -> float:
    return -sum(share * math.log2(share) for share in shares if share)
