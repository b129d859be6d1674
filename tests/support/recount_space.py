"""The views of the families coordinates and quality, counted anew in plain Python from their documentation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from typing import Any

from recount_groups import quantile
from recount_objects import boxes_of_event
from recount_time import quantiles
from recount_world import Event, Interval, Rows, World, grouped, labels, ways

CELL = 20
FIVE = (("p05", 0.05), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p95", 0.95))


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def spread(values: Sequence[float]) -> float:
    """The mean square of the distances to the mean."""
    return mean([(value - mean(values)) ** 2 for value in values])


def cells(found: Iterable[tuple[Event, int, int]]) -> Rows:
    counts = Counter((e.template, e.split, e.action, e.agent, cell_x, cell_y) for e, cell_x, cell_y in found)
    names = ("template", "split", "action", "agent", "cell_x", "cell_y", "events")
    return [dict(zip(names, (*key, n), strict=True)) for key, n in counts.items()]


def coordinate_grid(world: World) -> Rows:
    return cells((event, event.x // CELL, event.y // CELL) for event in world.events)


def relative_coordinate_grid(world: World) -> Rows:
    sized = [event for event in world.events if event.of.width and event.of.height]
    return cells((e, e.x * 10 // (e.of.width or 1), e.y * 10 // (e.of.height or 1)) for e in sized)


def coordinate_quantiles(world: World) -> Rows:
    rows = []
    groups = ways(world.events, ("all", "action and agent", "template", "split"), lambda event: event)
    for key, inside in groups.items():
        x, y = [event.x for event in inside], [event.y for event in inside]
        sized = [event for event in inside if event.of.width]
        row = {**dict(key), "events": len(inside), "centre_x": mean(x), "centre_y": mean(y)}
        row |= {"spread_px": math.sqrt(spread(x) + spread(y)), "sized_events": len(sized)}
        row |= quantiles("x", x, FIVE) | quantiles("y", y, FIVE)
        for axis in ("x", "y") if sized else ():
            values = [getattr(event, f"relative_{axis}") for event in sized]
            row[f"relative_centre_{axis}"] = mean(values)
            row[f"relative_spread_{axis}"] = math.sqrt(spread(values))
        rows.append(row)
    return rows


def displacement_grid(world: World) -> Rows:
    sizes = Counter(interval.contact.agent for interval in world.intervals)
    counts: Counter[Any] = Counter(
        (interval.contact.agent, *((step + CELL // 2) // CELL for step in interval.step))
        for interval in world.intervals
    )
    return [
        {"agent": agent, "cell_dx": dx, "cell_dy": dy, "intervals": n, "share": n / sizes[agent]}
        for (agent, dx, dy), n in counts.items()
    ]


def displacement_summary(world: World) -> Rows:
    rows = []
    names = ("agent", "template and agent", "split and agent")
    for key, inside in ways(world.intervals, names, lambda interval: interval.contact).items():
        steps = [interval.step for interval in inside]
        moved = [complex(*step) / abs(complex(*step)) for step in steps if any(step)]
        row = {**dict(key), "intervals": len(steps), "moved_intervals": len(moved)}
        row |= {"dx_px_mean": mean([step[0] for step in steps]), "dy_px_mean": mean([step[1] for step in steps])}
        row |= quantiles("distance_px", [math.hypot(*step) for step in steps])
        if moved:
            middle = sum(moved) / len(moved)
            row["direction_length"] = abs(middle)
            if abs(middle) > 1e-9:
                row["direction_deg_mean"] = math.degrees(math.atan2(middle.imag, middle.real)) % 360
        rows.append(row)
    return rows


def event_coordinates(world: World) -> Rows:
    return [
        labels(event)
        | {
            "point_x": event.x,
            "point_y": event.y,
            "width": event.of.width,
            "height": event.of.height,
            "relative_x": event.relative_x,
            "relative_y": event.relative_y,
        }
        for event in world.events
    ]


def interval_displacement(world: World) -> Rows:
    rows = []
    for interval in world.intervals:
        rows.append(_displacement(interval))
    return rows


def _displacement(interval: Interval) -> dict[str, Any]:
    contact, (dx, dy) = interval.contact, interval.step
    row: dict[str, Any] = {
        "video_id": contact.video,
        "agent": contact.agent,
        "template": contact.template,
        "split": contact.split,
        "contact_event_index": contact.index,
        "release_event_index": interval.release.index,
        "hold_frames": interval.frames,
        "dx_px": dx,
        "dy_px": dy,
        "distance_px": math.hypot(dx, dy),
    }
    if dx or dy:
        row["direction_deg"] = math.degrees(math.atan2(dy, dx)) % 360
    if contact.of.width and contact.of.height:
        row["relative_distance"] = math.hypot(dx, dy) / math.hypot(contact.of.width, contact.of.height)
    return row


def events_far_from_boxes(world: World) -> Rows:
    rows = []
    for event in world.events:
        near = boxes_of_event(world, event)
        if near is None:
            continue
        found = [near[name] for name in ("hand_distance_px", "object_distance_px") if near[name] is not None]
        if min(found) > 20:
            row = labels(event) | {"point_x": event.x, "point_y": event.y, "nearest_distance_px": min(found)}
            rows.append(row | {n: near[n] for n in ("hand_distance_px", "object_distance_px", "boxes_aligned")})
    return rows


def exceptional_videos(world: World) -> Rows:
    sizes = {video: len(listed) for video, listed in world.by_video().items()}
    low, high = (quantile(sizes.values(), share) for share in (0.25, 0.75))
    fence = high + 3 * (high - low)
    return [
        {
            "video_id": v,
            "template": world.videos[v].template,
            "split": world.videos[v].split,
            "events": n,
            "fence": fence,
        }
        for v, n in sizes.items()
        if n > fence
    ]


def frames_past_end(world: World) -> Rows:
    return [
        labels(event) | {"frame_count": event.of.frame_count}
        for event in world.events
        if event.of.frame_count and event.frame >= event.of.frame_count
    ]


def mixed_action_frames(world: World) -> Rows:
    rows = []
    for (video, frame), inside in grouped(world.events, lambda event: (event.video, event.frame)).items():
        agents = {action: [e.agent for e in inside if e.action == action] for action in ("contact", "release")}
        if all(agents.values()):
            of = world.videos[video]
            row = {"video_id": video, "frame_number": frame, "template": of.template, "split": of.split}
            row |= {"contacts": len(agents["contact"]), "releases": len(agents["release"])}
            rows.append(row | {"has_shared_agent": bool(set(agents["contact"]) & set(agents["release"]))})
    return rows


def near_duplicate_events(world: World) -> Rows:
    rows = []
    for listed in world.by_video().values():
        for one, other in combinations(listed, 2):
            if one.kind == other.kind and other.frame - one.frame <= 2:
                row = labels(one) | {"other_event_index": other.index, "gap_frames": other.frame - one.frame}
                rows.append(row | {"distance_px": math.dist((one.x, one.y), (other.x, other.y))})
    return rows


def points_outside_picture(world: World) -> Rows:
    return [
        labels(event) | {"point_x": event.x, "point_y": event.y, "width": event.of.width, "height": event.of.height}
        for event in world.events
        if event.of.width and event.of.height and not (0 <= event.x < event.of.width and 0 <= event.y < event.of.height)
    ]


def repeated_actions(world: World) -> Rows:
    rows = []
    for listed in grouped(world.events, lambda event: (event.video, event.agent)).values():
        for one, other in pairwise(listed):
            if one.action == other.action:
                gap = other.frame - one.frame
                rows.append(labels(other) | {"previous_event_index": one.index, "gap_frames": gap})
    return rows


VIEWS = {
    view.__name__: view
    for view in (
        coordinate_grid, relative_coordinate_grid, coordinate_quantiles, displacement_grid, displacement_summary,
        event_coordinates, interval_displacement, events_far_from_boxes, exceptional_videos, frames_past_end,
        mixed_action_frames, near_duplicate_events, points_outside_picture, repeated_actions,
    )
}  # fmt: skip
