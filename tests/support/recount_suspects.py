"""The views that rank events for a second look, counted anew in plain Python from their documentation."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import Any

from recount_objects import boxes_of_event
from recount_space import near_duplicate_events, repeated_actions
from recount_world import Event, Rows, World, grouped, labels

from etl.schema.facts import FEW_EVENTS, PICTURE_HEIGHT_PX

Usual = tuple[float, float]  # median and spread


def usual(values: Iterable[float], least: float) -> Usual:
    values = list(values)
    middle = statistics.median(values)
    return middle, max(least, 1.4826 * statistics.median(abs(value - middle) for value in values))


def away(place: Iterable[float], usuals: Iterable[Usual]) -> float:
    """How far a place lies from the medians, each axis in units of its spread."""
    return math.hypot(*((value - middle) / spread for value, (middle, spread) in zip(place, usuals, strict=True)))


def usual_places(world: World) -> Rows:
    rows = {}
    for event, name, usuals, compared in _compared_events(world):
        row: dict[str, Any] = {"template_id": event.of.template_id, "action": event.action, "agent": event.agent}
        row |= {"compared_with": name, "compared_events": compared}
        for axis, spread, found in zip(("frame", "x", "y"), ("frames", "x", "y"), usuals, strict=True):
            row |= {f"median_{axis}": found[0], f"spread_{spread}": found[1]}
        rows[event.template, event.kind] = row
    return list(rows.values())


def _compared_events(world: World) -> Iterator[tuple[Event, str, tuple[Usual, Usual, Usual], int]]:
    """Every event, with what it is compared with, what is usual there of frames, x and y, and of how many events."""
    whole = grouped(world.events, lambda event: event.kind)
    own = grouped(world.events, lambda event: (event.template, event.kind))
    for event in world.events:
        group, name = own[event.template, event.kind], "template, action and agent"
        if len(group) < FEW_EVENTS:
            group, name = whole[event.kind], "action and agent"
        frames = usual((other.frame for other in group), 2)
        x, y = usual((other.x for other in group), 10), usual((other.y for other in group), 10)
        yield event, name, (frames, x, y), len(group)


def event_outliers(world: World) -> Rows:
    rows = []
    for event, name, (frames, *axes), compared in _compared_events(world):
        row = labels(event) | {"point_x": event.x, "point_y": event.y, "compared_with": name}
        row |= {"compared_events": compared, "median_frame": frames[0]}
        row |= {
            "median_x": axes[0][0],
            "median_y": axes[1][0],
            "frame_deviation": (event.frame - frames[0]) / frames[1],
        }
        row |= {"place_deviation": away((event.x, event.y), axes)}
        rows.append(row | {"exchanged_deviation": away((event.y, event.x), axes)})
    return rows


def usual_relations(world: World) -> Rows:
    ids = {text: template_id for template_id, text in world.texts.items()}
    rows = {}
    for this, other, usuals, compared in _compared_pairs(world):
        row: dict[str, Any] = {"template_id": ids[this.template], "compared_pairs": compared}
        row |= {"action": this.action, "agent": this.agent, "other_action": other.action, "other_agent": other.agent}
        for name, (median, spread) in zip(("gap_frames", "shift_x", "shift_y"), usuals, strict=True):
            row |= {f"median_{name}": median, f"spread_{name}": spread}
        if this.kind <= other.kind:
            rows[this.template, this.kind, other.kind] = row
    return list(rows.values())


def _compared_pairs(world: World) -> Iterator[tuple[Event, Event, tuple[Usual, Usual, Usual], int]]:
    """Every ordered pair of events of a video, what is usual of its frames, x and y, and of how many pairs that is."""
    pairs = [pair for listed in world.by_video().values() for pair in permutations(listed, 2)]
    whole = grouped(pairs, lambda pair: (pair[0].kind, pair[1].kind))
    own = grouped(pairs, lambda pair: (pair[0].template, pair[0].kind, pair[1].kind))
    known: dict[int, tuple[Usual, Usual, Usual]] = {}
    for this, other in pairs:
        group = own[this.template, this.kind, other.kind]
        if len(group) < FEW_EVENTS:
            group = whole[this.kind, other.kind]
        if id(group) not in known:
            known[id(group)] = (
                usual((one.frame - two.frame for one, two in group), 2),
                usual((one.x - two.x for one, two in group), 10),
                usual((one.y - two.y for one, two in group), 10),
            )
        yield this, other, known[id(group)], len(group)


def event_relations(world: World) -> Rows:
    rows = []
    for this, other, ((gap, spread), *axes), compared in _compared_pairs(world):
        frames = this.frame - other.frame
        row = {"video_id": this.video, "event_index": this.index, "other_event_index": other.index}
        row |= {"gap_frames": frames, "distance_px": math.dist((this.x, this.y), (other.x, other.y))}
        row |= {"compared_pairs": compared, "gap_deviation": abs(frames - gap) / spread}
        row |= {"shift_deviation": away((this.x - other.x, this.y - other.y), axes)}
        rows.append(row | {"exchanged_deviation": away((this.y - other.x, this.x - other.y), axes)})
    return rows


def event_signals(world: World) -> Rows:
    def key(row: dict[str, Any]) -> tuple[str, int]:
        return row["video_id"], row["event_index"]

    relations = grouped(event_relations(world), key)
    repeats = {key(row): row["previous_event_index"] for row in repeated_actions(world)}
    pairs = near_duplicate_events(world)
    of_events = {(event.video, event.index): event for event in world.events}
    rows = []
    for row in event_outliers(world):
        event, index = of_events[key(row)], row["event_index"]
        if key(row) in relations:
            best = min(
                relations[key(row)],
                key=lambda r: (round(r["gap_deviation"] + r["shift_deviation"], 12), r["other_event_index"]),
            )
            row["relation_event_index"] = best["other_event_index"]
            row |= {f"relation_{name}": best[name] for name in ("gap_frames", "distance_px")}
            row |= {name: best[name] for name in ("gap_deviation", "shift_deviation")}
            row["exchanged_shift_deviation"] = best["exchanged_deviation"]
        doubles = [
            (pair["distance_px"], min(pair["event_index"], pair["other_event_index"]), pair["gap_frames"])
            for pair in pairs
            if pair["video_id"] == event.video and max(pair["event_index"], pair["other_event_index"]) == index
        ]
        if doubles:
            row["double_distance_px"], row["double_event_index"], row["double_gap_frames"] = min(doubles)
        row |= {"repeats_event_index": repeats.get(key(row)), "is_first_release": is_first_release(world, event)}
        width, height = event.of.width, event.of.height or PICTURE_HEIGHT_PX
        row["is_outside"] = event.y >= height or (width is not None and event.x >= width)
        row["is_past_end"] = event.of.frame_count is not None and event.frame >= event.of.frame_count
        row["box_distance_px"] = far_from_boxes(world, event)
        rows.append(row)
    return rows


def is_first_release(world: World, event: Event) -> bool:
    if event.action != "release":
        return False
    place = event.frame, event.index
    return not any(
        (other.video, other.kind) == (event.video, ("contact", event.agent)) and (other.frame, other.index) < place
        for other in world.events
    )


def far_from_boxes(world: World, event: Event) -> float | None:
    near = boxes_of_event(world, event) or {}
    found = [near[name] for name in ("hand_distance_px", "object_distance_px") if near.get(name) is not None]
    return min(found) if found and min(found) > 20 else None


def beyond(value: float | None, limit: float, most: float) -> float:
    """What a value exceeds a limit by, `most` at most; 0 where it is not known."""
    return 0.0 if value is None else min(most, max(0.0, abs(value) - limit))


def parts(row: dict[str, Any]) -> dict[str, float]:
    distance = row.get("double_distance_px")
    better = row["place_deviation"] - row["exchanged_deviation"]
    found = {
        "outside_part": 10.0 * row["is_outside"],
        "past_end_part": 10.0 * row["is_past_end"],
        "double_part": 0.0 if distance is None else 6 * max(0.0, 1 - distance / 20),
        "exchanged_part": min(4.0, max(0.0, better)),
        "frame_part": beyond(row["frame_deviation"], 2.5, 3),
        "place_part": beyond(row["place_deviation"], 2.5, 3),
        "gap_part": beyond(row.get("gap_deviation"), 2, 3) / 2,
        "shift_part": beyond(row.get("shift_deviation"), 2, 3) / 2,
        "order_part": 0.2 if row["repeats_event_index"] is not None or row["is_first_release"] else 0.0,
        "box_part": beyond(row["box_distance_px"], 0, 80) / 20,
    }
    if "shift_deviation" in row:
        found["exchanged_part"] += min(4.0, max(0.0, row["shift_deviation"] - row["exchanged_shift_deviation"]))
    return found | {"score": math.fsum(found.values())}


def event_suspicion(world: World) -> Rows:
    return [
        {"video_id": row["video_id"], "event_index": row["event_index"], **parts(row)} for row in event_signals(world)
    ]


def rated_events(world: World) -> Rows:
    return [row | parts(row) for row in event_signals(world)]


def suspect_events(world: World) -> Rows:
    rows = []
    shown = ("video_id", "event_index", "action", "agent", "template", "split", "frame_number", "point_x", "point_y")
    compared = ("compared_with", "compared_events", "median_frame", "median_x", "median_y")
    for row in event_signals(world):
        found = parts(row)
        other = row.get("double_event_index") if found["double_part"] > 0 else row.get("relation_event_index")
        rows.append({name: row[name] for name in (*shown, *compared)} | found | {"other_event_index": other})
    return rows


VIEWS = {
    view.__name__: view
    for view in (
        event_outliers, event_relations, event_signals, event_suspicion, rated_events, suspect_events, usual_places,
        usual_relations,
    )
}  # fmt: skip
