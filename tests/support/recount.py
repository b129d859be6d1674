"""Every number of a report counted anew from the annotation files: in plain Python, without SQL, views or tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable
from itertools import combinations, groupby, pairwise
from pathlib import Path
from typing import Any

import recount_groups as groups
from recount_basics import Event, Interval, Rows, intervals_of, quantile, read, signatures_of
from recount_labels import of_splits, of_templates


def recount(metadata: Path) -> dict[str, Rows]:
    """The answers of a report by name, as rows with every column that is not null."""
    events, template_ids, texts, splits = read(metadata)
    intervals = list(intervals_of(events))
    answers = {
        "totals": totals(events, template_ids, texts, splits, intervals),
        "event_mix": [
            {
                "action": action,
                "agent": agent,
                "events": n,
                "share": n / len(events),
                "videos": len({event.video for event in events if event.kind == (action, agent)}),
                "total": len(events),
            }
            for (action, agent), n in Counter(event.kind for event in events).items()
        ],
        "timing_by_frame": by_kind(
            events, lambda event: {"frame_number": event.frame, "frame_number_end": event.frame + 1}
        ),
        "timing_by_five_frames": by_kind(events, lambda event: steps("frame_number", event.frame, 5)),
        "timing_by_second": [],
        "timing_by_position": [],
        "contact_survival": survival(events),
        "relative_heat_map": [],
        "coordinate_quantiles": [row for row in groups.places(events) if row["grouped_by"] != "template"],
        "published_orders": sorted(
            groups.published_orders(events), key=lambda row: (-row["videos"], row["published_order"])
        ),
        "kinds_together": groups.together(events),
        "coordinate_heat_map": by_kind(events, lambda event: {"cell_x": event.x // 20, "cell_y": event.y // 20}),
        "coordinate_columns": by_kind(events, lambda event: steps("x_px", event.x, 20)),
        "coordinate_rows": by_kind(events, lambda event: steps("y_px", event.y, 20)),
        "timing_quantiles": quantiles(events),
        "hold_times": hold_times(events, intervals),
        "hold_distribution": shared(
            Counter((interval.contact.agent, interval.frames) for interval in intervals), ["agent", "hold_frames"]
        ),
        "displacement_grid": shared(Counter(map(displacement, intervals)), ["agent", "cell_dx", "cell_dy"]),
        "transition_counts": transitions(events),
        **of_splits(events, template_ids, texts, splits),
        **of_templates(events, template_ids, texts, splits, intervals),
        **of_quality(events),
    }
    signatures = signatures_of(events)
    counted = Counter(signatures.values())
    commonest = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:20]
    answers["signature_counts"] = [
        {
            "signature": signature,
            "events": signature.count("→") + 1,
            "videos": n,
            "video_share": n / len(signatures),
            "templates": len({template_ids[video] for video, found in signatures.items() if found == signature}),
        }
        for signature, n in commonest
    ]
    return answers


def totals(
    events: list[Event],
    template_ids: dict[str, int],
    texts: dict[int, str],
    splits: dict[str, str],
    intervals: list[Interval],
) -> Rows:
    actions = Counter(event.action for event in events)
    return [
        {
            "events": len(events),
            "contacts": actions["contact"],
            "releases": actions["release"],
            "videos": len(template_ids),
            "videos_with_events": len({event.video for event in events}),
            "decoded_videos": 0,
            "unassigned_videos": list(splits.values()).count("unassigned"),
            "templates": len(texts),
            "templates_with_videos": len(set(template_ids.values())),
            "intervals": len(intervals),
            "first_frame": min(event.frame for event in events),
            "last_frame": max(event.frame for event in events),
        }
    ]


def steps(name: str, value: int, width: int) -> dict[str, int]:
    start = value - value % width
    return {name: start, f"{name}_end": start + width}


def by_kind(events: list[Event], measure: Callable[[Event], dict[str, int]]) -> Rows:
    counts = Counter((event.kind, tuple(measure(event).items())) for event in events)
    sizes = Counter(event.kind for event in events)
    return [
        {
            "action": kind[0],
            "agent": kind[1],
            **dict(items),
            "events": n,
            "n": sizes[kind],
            "share": n / sizes[kind],
            "total": len(events),
        }
        for (kind, items), n in counts.items()
    ]


def shared(counts: Counter[tuple[Any, ...]], names: list[str]) -> Rows:
    """Intervals counted by agent and something more, with shares of the agent's."""
    sizes: Counter[Any] = Counter()
    for key, n in counts.items():
        sizes[key[0]] += n
    return [
        {
            **dict(zip(names, key, strict=True)),
            "intervals": n,
            "share": n / sizes[key[0]],
            "n": sizes[key[0]],
            "total": counts.total(),
        }
        for key, n in counts.items()
    ]


def displacement(interval: Interval) -> tuple[str, int, int]:
    contact, release = interval
    return contact.agent, (release.x - contact.x + 10) // 20, (release.y - contact.y + 10) // 20


def quantiles(events: list[Event]) -> Rows:
    of_groups: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    for event in events:
        action, agent, template = ("action", event.action), ("agent", event.agent), ("template", event.template)
        of_groups[(("grouped_by", "all"),)].append(event.frame)
        of_groups[("grouped_by", "action"), action].append(event.frame)
        of_groups[("grouped_by", "action and agent"), action, agent].append(event.frame)
        of_groups[("grouped_by", "template, action and agent"), template, action, agent].append(event.frame)
        of_groups[("grouped_by", "template"), ("template", event.template)].append(event.frame)
        of_groups[("grouped_by", "split"), ("split", event.split)].append(event.frame)
    rows = []
    for key, frames in of_groups.items():
        frames.sort()
        rows.append(
            {
                **dict(key),
                "events": len(frames),
                "timed_events": 0,
                "assumed_events": 0,
                "frame_min": frames[0],
                "frame_p05": quantile(frames, 0.05),
                "frame_p25": quantile(frames, 0.25),
                "frame_median": quantile(frames, 0.5),
                "frame_p75": quantile(frames, 0.75),
                "frame_p95": quantile(frames, 0.95),
                "frame_max": frames[-1],
            }
        )
    return rows


def survival(events: list[Event]) -> Rows:
    rows = groups.survival(events)
    contacts = Counter(event.agent for event in events if event.action == "contact")
    for row in rows:
        halved = [one["frames"] for one in rows if one["agent"] == row["agent"] and one["lasting_share"] <= 0.5]
        row["n"] = contacts[row["agent"]]
        if halved:
            row["median_frames"] = min(halved)
    return rows


def hold_times(events: list[Event], intervals: list[Interval]) -> Rows:
    rows = []
    per_video = Counter((event.video, event.agent) for event in events)
    later = Counter(contact.agent for contact, _, _, release in groups.outcomes(events) if release)
    for agent in {event.agent for event in events}:
        actions = Counter(event.action for event in events if event.agent == agent)
        frames = sorted(interval.frames for interval in intervals if interval.contact.agent == agent)
        row: dict[str, Any] = {
            "grouped_by": "agent",
            "agent": agent,
            "contacts": actions["contact"],
            "releases": actions["release"],
            "intervals": len(frames),
            "later_releases": later[agent],
            "unambiguous_intervals": sum(
                per_video[interval.contact.video, agent] == 2
                for interval in intervals
                if interval.contact.agent == agent
            ),
            "timed_intervals": 0,
            "assumed_intervals": 0,
        }
        if actions["contact"]:
            row["next_release_share"] = len(frames) / actions["contact"]
            row["later_release_share"] = later[agent] / actions["contact"]
        if frames:
            row |= {
                "hold_frames_min": frames[0],
                "hold_frames_p25": quantile(frames, 0.25),
                "hold_frames_median": quantile(frames, 0.5),
                "hold_frames_p75": quantile(frames, 0.75),
                "hold_frames_max": frames[-1],
            }
        rows.append(row)
    return rows


def transitions(events: list[Event]) -> Rows:
    gaps = defaultdict(list)
    for one, other in pairwise(events):
        if one.video == other.video:
            gaps[one.kind, other.kind].append(other.frame - one.frame)
    leaving: Counter[Hashable] = Counter()
    for (kind, _), found in gaps.items():
        leaving[kind] += len(found)
    return [
        {
            "action": kind[0],
            "agent": kind[1],
            "next_action": later[0],
            "next_agent": later[1],
            "transitions": len(found),
            "share": len(found) / leaving[kind],
            "gap_frames_median": quantile(sorted(found), 0.5),
            "total": leaving.total(),
        }
        for (kind, later), found in gaps.items()
    ]


def of_quality(events: list[Event]) -> dict[str, Rows]:
    """Of each view of quality how many rows it finds."""
    per_video = Counter(event.video for event in events)
    sizes = sorted(per_video.values())
    low, high = quantile(sizes, 0.25), quantile(sizes, 0.75)
    frames = defaultdict(set)
    for event in events:
        frames[event.video, event.frame].add(event.action)
    repeated = 0
    last: dict[Any, Any] = {}
    for event in events:
        key = event.video, event.agent
        repeated += last.get(key) == event.action
        last[key] = event.action
    near = sum(
        one.kind == two.kind and abs(one.frame - two.frame) <= 2
        for _, listed in groupby(events, key=lambda event: event.video)
        for one, two in combinations(listed, 2)
    )
    found = {
        "events_far_from_boxes": 0,
        "exceptional_videos": sum(size > high + 3 * (high - low) for size in sizes),
        "frames_past_end": 0,
        "mixed_action_frames": sum(len(actions) == 2 for actions in frames.values()),
        "near_duplicate_events": near,
        "points_outside_picture": 0,
        "repeated_actions": repeated,
    }
    return {name: [{"found": n}] * min(n, 5) for name, n in found.items()}
