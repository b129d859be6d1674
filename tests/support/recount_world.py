"""The tables of a warehouse as plain Python objects, from which every view and macro is counted anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import duckdb

Rows = list[dict[str, Any]]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Video:
    """A labelled video."""

    video_id: str
    template_id: int
    template: str
    split: str
    width: int | None
    height: int | None
    frame_count: int | None
    duration_s: float | None
    time_source: str | None


@dataclass(frozen=True)
class Event:
    """An event with its video, its place in time and the time of its frame."""

    of: Video
    index: int
    action: str
    agent: str
    frame: int
    x: int
    y: int
    rank: int
    time_s: float | None
    before: Event | None

    @property
    def video(self) -> str:
        return self.of.video_id

    @property
    def template(self) -> str:
        return self.of.template

    @property
    def split(self) -> str:
        return self.of.split

    @property
    def kind(self) -> tuple[str, str]:
        return self.action, self.agent

    @property
    def gap_frames(self) -> int | None:
        return self.frame - self.before.frame if self.before else None

    @property
    def gap_s(self) -> float | None:
        return difference(self.time_s, self.before.time_s if self.before else None)

    @property
    def position(self) -> float | None:
        return self.frame / (self.of.frame_count - 1) if self.of.frame_count and self.of.frame_count > 1 else None

    @property
    def relative_x(self) -> float | None:
        return self.x / self.of.width if self.of.width else None

    @property
    def relative_y(self) -> float | None:
        return self.y / self.of.height if self.of.height else None


@dataclass(frozen=True)
class Interval:
    """A contact and the agent's next event, a release."""

    contact: Event
    release: Event

    @property
    def frames(self) -> int:
        return self.release.frame - self.contact.frame

    @property
    def seconds(self) -> float | None:
        return difference(self.release.time_s, self.contact.time_s)

    @property
    def step(self) -> tuple[int, int]:
        return self.release.x - self.contact.x, self.release.y - self.contact.y


@dataclass
class World:
    """Everything that the views are made of: rows of tables, and events in order of video, frame, index."""

    tables: dict[str, Rows]
    videos: dict[str, Video] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)

    @property
    def texts(self) -> dict[int, str]:
        return {row["template_id"]: row["template"] for row in self.tables["templates"]}

    def by_video(self) -> dict[str, list[Event]]:
        """Each video's events in order of time, of those that have any."""
        return grouped(self.events, lambda event: event.video)

    def kinds(self) -> list[tuple[str, str]]:
        return sorted({event.kind for event in self.events})


def difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def grouped(items: Iterable[Item], key: Callable[[Item], Any]) -> dict[Any, list[Item]]:
    """The items by their key, in the order of their first ones."""
    groups: dict[Any, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


def ways(items: Iterable[Item], names: Iterable[str], label: Callable[[Item], Event]) -> dict[Any, list[Item]]:
    """The items in every grouping of `names`, such as "template and agent": the columns of the group → its items."""
    found: dict[Any, list[Item]] = defaultdict(list)
    names = list(names)
    for item in items:
        for name in names:
            columns = [one for one in ("template", "split", "action", "agent") if one in name]
            key = (("grouped_by", name), *((column, getattr(label(item), column)) for column in columns))
            found[key].append(item)
    return dict(found)


def read_world(database: duckdb.DuckDBPyConnection) -> World:
    """Read the tables, and nothing else, of a database."""
    names = ("events", "videos", "templates", "splits", "frame_index", "ssv2_videos", "objects", "boxes")
    world = World({name: rows_of(database, f"from {name}") for name in names})
    splits = {row["video_id"]: row["split"] for row in world.tables["splits"]}
    columns = ("width", "height", "frame_count", "duration_s", "time_source")
    for row in sorted(world.tables["videos"], key=lambda row: row["video_id"]):
        name, template_id = row["video_id"], row["template_id"]
        labels = (name, template_id, world.texts[template_id], splits.get(name, "unassigned"))
        world.videos[name] = Video(*labels, *(row[column] for column in columns))
    times = {(row["video_id"], row["frame_number"]): row["time_s"] for row in world.tables["frame_index"]}
    ordered = sorted(world.tables["events"], key=lambda row: (row["video_id"], row["frame_number"], row["event_index"]))
    open_contacts: dict[tuple[str, str], Event] = {}
    for listed in grouped(ordered, lambda row: row["video_id"]).values():
        before = None
        for rank, row in enumerate(listed, 1):
            video_id, index, action, agent, frame, x, y = (row[column] for column in _EVENT)
            event = Event(
                world.videos[video_id], index, action, agent, frame, x, y, rank, times.get((video_id, frame)), before
            )
            world.events.append(event)
            contact = open_contacts.pop((video_id, agent), None)
            if action == "contact":
                open_contacts[video_id, agent] = event
            elif contact:
                world.intervals.append(Interval(contact, event))
            before = event
    return world


_EVENT = ("video_id", "event_index", "action", "agent", "frame_number", "point_x", "point_y")


def rows_of(database: duckdb.DuckDBPyConnection, query: str) -> Rows:
    """The answer to a query as dictionaries."""
    answer = database.execute(query)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def labels(event: Event) -> dict[str, Any]:
    """The columns by which most views name an event."""
    return {
        "video_id": event.video,
        "event_index": event.index,
        "action": event.action,
        "agent": event.agent,
        "template": event.template,
        "split": event.split,
        "frame_number": event.frame,
    }


def mix(events: Iterable[Event]) -> dict[str, int]:
    """How many events there are of each action, and of each agent."""
    events = list(events)
    counts = {f"{action}s": sum(e.action == action for e in events) for action in ("contact", "release")}
    for agent in ("hand-object", "object-surface", "object-object"):
        counts[f"{agent.replace('-', '_')}_events"] = sum(event.agent == agent for event in events)
    return counts
