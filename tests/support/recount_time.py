"""The views of the families overview and timing, counted anew in plain Python from their documentation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from recount_groups import Z, quantile
from recount_world import Event, Rows, World, grouped, labels, mix, ways

QUARTILES = (("p25", 0.25), ("median", 0.5), ("p75", 0.75))


def quantiles(name: str, values: Sequence[Any], points: Sequence[tuple[str, float]] = QUARTILES) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    return {f"{name}_{point}": quantile(known, share) if known else None for point, share in points}


def event_counts(world: World) -> Rows:
    found = grouped(world.events, lambda e: (e.template, e.split, e.action, e.agent))
    names = ("template", "split", "action", "agent")
    return [
        dict(zip(names, key, strict=True)) | {"events": len(inside), "videos": len({e.video for e in inside})}
        for key, inside in found.items()
    ]


def event_mix(world: World) -> Rows:
    return [
        {
            "action": kind[0],
            "agent": kind[1],
            "events": len(inside),
            "share": len(inside) / len(world.events),
            "videos": len({event.video for event in inside}),
        }
        for kind, inside in grouped(world.events, lambda event: event.kind).items()
    ]


def _value_of(column: str | None, video: Any) -> Any:
    return getattr(video, column) if column else None


def events_per_video(world: World) -> Rows:
    sizes = Counter(event.video for event in world.events)
    rows = []
    for name, column in (("all", None), ("split", "split"), ("template", "template")):
        groups = grouped(world.videos.values(), partial(_value_of, column))
        for value, videos in groups.items():
            for n, count in Counter(sizes[video.video_id] for video in videos).items():
                row = {"grouped_by": name, "events": n, "videos": count, "share": count / len(videos)}
                rows.append(row | ({column: value} if column else {}))
    return rows


def totals(world: World) -> Rows:
    counts = mix(world.events)
    frames = [event.frame for event in world.events]
    return [
        {
            "events": len(world.events),
            "contacts": counts["contacts"],
            "releases": counts["releases"],
            "videos": len(world.videos),
            "videos_with_events": len(world.by_video()),
            "decoded_videos": sum(video.width is not None for video in world.videos.values()),
            "unassigned_videos": sum(video.split == "unassigned" for video in world.videos.values()),
            "templates": len(world.texts),
            "templates_with_videos": len({video.template_id for video in world.videos.values()}),
            "intervals": len(world.intervals),
            "first_frame": min(frames, default=None),
            "last_frame": max(frames, default=None),
        }
    ]


def video_labels(world: World) -> Rows:
    return [dict(vars(video)) for video in world.videos.values()]


def video_overview(world: World) -> Rows:
    rows, found = [], world.by_video()
    for video in world.videos.values():
        inside = found.get(video.video_id, [])
        row = {**vars(video), "events": len(inside), **mix(inside)}
        row.pop("time_source")
        if inside:
            first, last = inside[0].frame, inside[-1].frame
            row |= {"first_frame": first, "last_frame": last, "span_frames": last - first}
        rows.append(row)
    return rows


def outcomes(world: World) -> list[tuple[Event, str, int, Event | None]]:
    """Each contact: what becomes of it, how many frames it is followed, the agent's first later release."""
    found = []
    for listed in world.by_video().values():
        end = max(listed[-1].frame, (listed[0].of.frame_count or 1) - 1)
        for position, contact in enumerate(listed):
            if contact.action != "contact":
                continue
            later = [event for event in listed[position + 1 :] if event.agent == contact.agent]
            outcome = "the end"
            if later:
                outcome = "released" if later[0].action == "release" else "contact again"
            followed = (later[0].frame if later else end) - contact.frame
            found.append((contact, outcome, followed, next((e for e in later if e.action == "release"), None)))
    return found


def contact_outcomes(world: World) -> Rows:
    rows = []
    for contact, outcome, followed, release in outcomes(world):
        row = labels(contact) | {"outcome": outcome, "followed_frames": followed}
        row.pop("action")
        if release:
            row["later_release_event_index"], row["later_release_frame"] = release.index, release.frame
            row["frames_to_later_release"] = release.frame - contact.frame
        rows.append(row)
    return rows


def contact_survival(world: World) -> Rows:
    rows = []
    for agent, lives in grouped(outcomes(world), lambda life: life[0].agent).items():
        share, spread = 1.0, 0.0
        for frames in sorted({life[2] for life in lives}):
            at_risk = sum(life[2] >= frames for life in lives)
            here = [life[1] for life in lives if life[2] == frames]
            released = here.count("released")
            share *= 1 - released / at_risk
            row = {"agent": agent, "frames": frames, "at_risk": at_risk, "released": released}
            row |= {"censored": len(here) - released, "lasting_share": share}
            spread += released / (at_risk * (at_risk - released)) if released < at_risk else 0
            if 0 < share < 1:
                middle, reach = math.log(-math.log(share)), Z * math.sqrt(spread) / abs(math.log(share))
                row["lasting_share_low"] = math.exp(-math.exp(middle + reach))
                row["lasting_share_high"] = math.exp(-math.exp(middle - reach))
            rows.append(row)
    return rows


def event_timing(world: World) -> Rows:
    return [
        labels(event)
        | {
            "event_rank": event.rank,
            "gap_frames": event.gap_frames,
            "time_s": event.time_s,
            "gap_s": event.gap_s,
            "time_source": event.of.time_source,
            "relative_position": event.position,
        }
        for event in world.events
    ]


def first_contact_last_release(world: World) -> Rows:
    rows = []
    for video_id, listed in world.by_video().items():
        of = listed[0].of
        row: dict[str, Any] = {"video_id": video_id, "template": of.template}
        row |= {"split": of.split, "time_source": of.time_source}
        first = next((event for event in listed if event.action == "contact"), None)
        last = next((event for event in reversed(listed) if event.action == "release"), None)
        if first:
            row |= {"first_contact_frame": first.frame, "first_contact_time_s": first.time_s}
        if last:
            row |= {"last_release_frame": last.frame, "last_release_time_s": last.time_s}
        if first and last:
            row["frames_between"] = last.frame - first.frame
        rows.append(row)
    return rows


def following(world: World) -> list[tuple[Event, Event]]:
    return [pair for listed in world.by_video().values() for pair in pairwise(listed)]


def gap_distribution(world: World) -> Rows:
    pairs = Counter((one.kind, other.kind) for one, other in following(world))
    counts = Counter((one.kind, other.kind, other.frame - one.frame) for one, other in following(world))
    names = ("action", "agent", "next_action", "next_agent", "gap_frames", "transitions", "share")
    return [
        dict(zip(names, (*one, *other, gap, n, n / pairs[one, other]), strict=True))
        for (one, other, gap), n in counts.items()
    ]


def hold_distribution(world: World) -> Rows:
    sizes = Counter(interval.contact.agent for interval in world.intervals)
    return [
        {"agent": agent, "hold_frames": frames, "intervals": n, "share": n / sizes[agent]}
        for (agent, frames), n in Counter((i.contact.agent, i.frames) for i in world.intervals).items()
    ]


def hold_times(world: World) -> Rows:
    names = ("agent", "template and agent", "split and agent")
    per_agent = Counter((event.video, event.agent) for event in world.events)
    intervals = ways(world.intervals, names, lambda interval: interval.contact)
    released = ways([one for one in outcomes(world) if one[3]], names, lambda one: one[0])
    rows = []
    for key, inside in ways(world.events, names, lambda event: event).items():
        held, later, counts = intervals.get(key, []), len(released.get(key, [])), mix(inside)
        timed = [interval for interval in held if interval.seconds is not None]
        row = {
            **dict(key),
            "contacts": counts["contacts"],
            "releases": counts["releases"],
            "intervals": len(held),
            "unambiguous_intervals": sum(per_agent[i.contact.video, i.contact.agent] == 2 for i in held),
            "later_releases": later,
            "timed_intervals": len(timed),
            "assumed_intervals": sum(interval.contact.of.time_source == "assumed" for interval in timed),
            **quantiles("hold_frames", [interval.frames for interval in held]),
            **quantiles("hold_s", [interval.seconds for interval in timed]),
        }
        if counts["contacts"]:
            row["next_release_share"] = len(held) / counts["contacts"]
            row["later_release_share"] = later / counts["contacts"]
        if held:
            row["hold_frames_min"] = min(interval.frames for interval in held)
            row["hold_frames_max"] = max(interval.frames for interval in held)
        rows.append(row)
    return rows


def interaction_intervals(world: World) -> Rows:
    per_agent = Counter((event.video, event.agent) for event in world.events)
    rows = []
    for interval in world.intervals:
        contact, release = interval.contact, interval.release
        row: dict[str, Any] = {"video_id": contact.video, "agent": contact.agent}
        row |= {"template": contact.template, "split": contact.split}
        for name, event in (("contact", contact), ("release", release)):
            row |= {f"{name}_event_index": event.index, f"{name}_frame": event.frame, f"{name}_time_s": event.time_s}
            row |= {f"{name}_x": event.x, f"{name}_y": event.y}
        row |= {"hold_frames": interval.frames, "hold_s": interval.seconds, "time_source": contact.of.time_source}
        rows.append(row | {"is_unambiguous": per_agent[contact.video, contact.agent] == 2})
    return rows


def timing_quantiles(world: World) -> Rows:
    names = ("all", "action", "action and agent", "template", "split", "template, action and agent")
    points = (("min", 0.0), ("p05", 0.05), *QUARTILES, ("p95", 0.95), ("max", 1.0))
    return [
        {
            **dict(key),
            "events": len(inside),
            "timed_events": sum(event.time_s is not None for event in inside),
            "assumed_events": sum(e.time_s is not None and e.of.time_source == "assumed" for e in inside),
            **quantiles("frame", [event.frame for event in inside], points),
            **quantiles("time_s", [event.time_s for event in inside]),
            **quantiles("position", [event.position for event in inside]),
        }
        for key, inside in ways(world.events, names, lambda event: event).items()
    ]


def unpaired_events(world: World) -> Rows:
    paired = {id(event) for interval in world.intervals for event in (interval.contact, interval.release)}
    rows = []
    for listed in grouped(world.events, lambda event: (event.video, event.agent)).values():
        for position, event in enumerate(listed):
            if id(event) in paired:
                continue
            before, after = listed[:position], listed[position + 1 :]
            if event.action == "contact":
                there, partners = after[:1], [e for e in after if e.action == "release"]
            else:
                there, partners = before[-1:], [e for e in before if e.action == "contact"]
            neighbour = there[0].action if there else None
            rows.append(labels(event) | {"neighbour": neighbour, "has_partner_elsewhere": bool(partners)})
    return rows


VIEWS = {
    view.__name__: view
    for view in (
        event_counts, event_mix, events_per_video, totals, video_labels, video_overview, contact_outcomes,
        contact_survival, event_timing, first_contact_last_release, gap_distribution, hold_distribution, hold_times,
        interaction_intervals, timing_quantiles, unpaired_events,
    )
}  # fmt: skip
