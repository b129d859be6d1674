"""Every number of a report counted anew from the annotation files: in plain Python, without SQL, views or tables."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations, groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import recount_groups as groups
from given import read_annotations

from etl.schema import ACTIONS

Rows = list[dict[str, Any]]


class Event(NamedTuple):
    """One event with its labels."""

    video: str
    index: int
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
        Event(*row, template_ids[row[0]], texts[template_ids[row[0]]], splits.get(row[0], "unassigned"))
        for row in tables["events"]
    ]
    events.sort(key=lambda event: (event.video, event.frame, event.index))
    return events, template_ids, texts, {video: splits.get(video, "unassigned") for video in template_ids}


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


def intervals_of(events: list[Event]) -> Iterable[Interval]:
    open_contacts: dict[tuple[str, str], Event] = {}
    for event in events:
        contact = open_contacts.pop((event.video, event.agent), None)
        if event.action == "contact":
            open_contacts[event.video, event.agent] = event
        elif contact:
            yield Interval(contact, event)


def displacement(interval: Interval) -> tuple[str, int, int]:
    contact, release = interval
    return contact.agent, (release.x - contact.x + 10) // 20, (release.y - contact.y + 10) // 20


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile of sorted values, interpolated between neighbours."""
    position = share * (len(values) - 1)
    low = math.floor(position)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (position - low)


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


def of_splits(
    events: list[Event], template_ids: dict[str, int], texts: dict[int, str], splits: dict[str, str]
) -> dict[str, Rows]:
    kinds = sorted({event.kind for event in events})
    overall = Counter(event.kind for event in events)
    per_video = Counter(event.video for event in events)
    answers: dict[str, Rows] = {
        "split_distribution": [],
        "split_mix": [],
        "split_templates": [],
        "events_per_video": [],
        "split_balance": [],
    }
    of: dict[str, dict[str, Counter[Any]]] = {}
    all_by_template = Counter(template_ids.values())
    for split in set(splits.values()):
        videos = [video for video in splits if splits[video] == split]
        inside = [event for event in events if event.split == split]
        counts = Counter(event.kind for event in inside)
        by_template = Counter(template_ids[video] for video in videos)
        of[split] = {
            "template": by_template,
            "action": Counter(event.action for event in inside),
            "agent": Counter(event.agent for event in inside),
            "action and agent": counts,
        }
        answers["split_distribution"].append(
            {
                "split": split,
                "videos": len(videos),
                "templates": len(by_template),
                "events": len(inside),
                "events_per_video": len(inside) / len(videos),
                "video_share": len(videos) / len(splits),
                "event_share": len(inside) / len(events),
                **mix_counts(inside),
            }
        )
        answers["events_per_video"] += [
            {
                "split": split,
                "events": number,
                "videos": n,
                "share": n / len(videos),
                "n": len(videos),
                "total": len(splits),
            }
            for number, n in Counter(per_video[video] for video in videos).items()
        ]
        answers["split_mix"] += [
            {
                "split": split,
                "action": kind[0],
                "agent": kind[1],
                "events": counts[kind],
                "share": counts[kind] / len(inside),
                "overall_share": overall[kind] / len(events),
                "n": len(inside),
                "total": len(events),
            }
            for kind in kinds
        ]
        for template_id, text in texts.items():
            row: dict[str, Any] = {
                "template": text,
                "split": split,
                "videos": by_template[template_id],
                "events": sum(event.template_id == template_id for event in inside),
                "share_of_split": by_template[template_id] / len(videos),
                "share_of_all": all_by_template[template_id] / len(splits),
                "n": len(videos),
                "total": len(splits),
            }
            if all_by_template[template_id]:
                row["share_of_template"] = by_template[template_id] / all_by_template[template_id]
            answers["split_templates"].append(row)
    mixes = groups.mixes(events, {video: texts[template_id] for video, template_id in template_ids.items()})
    sizes = Counter(splits.values())
    p_values = split_p_values(mixes, splits)
    for split, other in combinations(sorted(of), 2):
        for dimension in of[split]:
            one, two = of[split][dimension], of[other][dimension]
            answers["split_balance"].append(
                {
                    "split": split,
                    "other_split": other,
                    "dimension": dimension,
                    "sample_size": one.total(),
                    "other_sample_size": two.total(),
                    "divergence_bits": divergence_bits(one, two),
                    "chance_bits": groups.chance_of_one_video(mixes[dimension]) * (1 / sizes[split] + 1 / sizes[other]),
                    "p_value": p_values[dimension, split, other],
                }
            )
    return answers


def split_p_values(
    mixes: dict[str, dict[str, Counter[str]]], splits: dict[str, str], draws: int = 199
) -> dict[tuple[str, str, str], float]:
    """For each dimension and pair of splits, the part of the deals of whole videos that lie at least as far apart."""
    found = defaultdict(list)
    for dealt in groups.shuffled(splits, draws):
        for dimension, of_videos in mixes.items():
            counts: dict[str, Counter[str]] = defaultdict(Counter)
            for video, counted in of_videos.items():
                split_counts = counts[splits[dealt[video]]]
                for category, n in counted.items():
                    split_counts[category] += n
            for one, other in combinations(sorted(counts), 2):
                found[dimension, one, other].append(divergence_bits(counts[one], counts[other]))
    return {key: sum(bits > listed[0] - 1e-12 for bits in listed) / len(listed) for key, listed in found.items()}


def of_templates(
    events: list[Event],
    template_ids: dict[str, int],
    texts: dict[int, str],
    splits: dict[str, str],
    intervals: list[Interval],
) -> dict[str, Rows]:
    kinds = sorted({event.kind for event in events})
    overall = Counter(event.kind for event in events)
    signatures = signatures_of(events)
    inside_of = defaultdict(list)
    for event in events:
        inside_of[event.template_id].append(event)
    mixes = groups.mixes(events, {video: texts[template_id] for video, template_id in template_ids.items()})
    one_video = groups.chance_of_one_video(mixes["action and agent"])
    names = ("templates", "template_mix", "template_intervals", "templates_without_split")
    answers: dict[str, Rows] = {name: [] for name in names}
    for template_id, text in texts.items():
        videos = [video for video, found in template_ids.items() if found == template_id]
        inside = inside_of[template_id]
        places = Counter(splits[video] for video in videos)
        row: dict[str, Any] = {
            "template_id": template_id,
            "template": text,
            "videos": len(videos),
            "events": len(inside),
            "video_share": len(videos) / len(template_ids),
            "event_share": len(inside) / len(events),
            **mix_counts(inside),
            **{f"{split}_videos": places[split] for split in ("train", "validation", "test", "unassigned")},
        }
        counts = Counter(event.kind for event in inside)
        if videos:
            row["events_per_video"] = len(inside) / len(videos)
        if inside:
            found = Counter(signatures[video] for video in videos if video in signatures)
            commonest, n = min(found.items(), key=lambda item: (-item[1], item[0]))
            row["frame_median"] = quantile(sorted(event.frame for event in inside), 0.5)
            row["divergence_bits"] = divergence_bits(counts, overall)
            row["chance_bits"] = one_video * (1 / len(videos) - 1 / len(template_ids))
            row["excess_bits"] = row["divergence_bits"] - row["chance_bits"]
            row["commonest_sequence"], row["commonest_sequence_share"] = commonest, n / found.total()
        answers["templates"].append(row)
        if len(videos) == places["unassigned"]:
            answers["templates_without_split"].append(
                {"template_id": template_id, "template": text, "videos": len(videos), "events": len(inside)}
            )
        for kind in kinds:
            mix = {"template_id": template_id, "action": kind[0], "agent": kind[1], "events": counts[kind]}
            mix["overall_share"] = overall[kind] / len(events)
            if inside:
                mix["share"] = counts[kind] / len(inside)
            answers["template_mix"].append(mix)
        for agent in {event.agent for event in inside}:
            actions = Counter(event.action for event in inside if event.agent == agent)
            frames = sorted(
                interval.frames
                for interval in intervals
                if interval.contact.template_id == template_id and interval.contact.agent == agent
            )
            held = {"template_id": template_id, "agent": agent, "intervals": len(frames)}
            held |= {f"{action}s": actions[action] for action in ACTIONS}
            if frames:
                held["hold_frames_median"] = quantile(frames, 0.5)
            answers["template_intervals"].append(held)
    answers["template_coordinates"] = [
        dict(zip(("template_id", "action", "agent", "cell_x", "cell_y", "events"), (*key, n), strict=True))
        for key, n in Counter((e.template_id, e.action, e.agent, e.x // 20, e.y // 20) for e in events).items()
    ]
    answers["template_timing"] = [
        dict(zip(("template_id", "action", "agent", "frame_number", "events"), (*key, n), strict=True))
        for key, n in Counter((e.template_id, e.action, e.agent, e.frame) for e in events).items()
    ]
    return answers


def of_quality(events: list[Event]) -> dict[str, Rows]:
    """Of each view of quality how many rows it finds."""
    per_video = Counter(event.video for event in events)
    sizes = sorted(per_video.values())
    low, high = quantile(sizes, 0.25), quantile(sizes, 0.75)
    frames = defaultdict(set)
    for event in events:
        frames[event.video, event.frame].add(event.action)
    repeated, last = 0, {}
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
        "exceptional_videos": sum(size > high + 3 * (high - low) for size in sizes),
        "frames_past_end": 0,
        "mixed_action_frames": sum(len(actions) == 2 for actions in frames.values()),
        "near_duplicate_events": near,
        "points_outside_picture": 0,
        "repeated_actions": repeated,
    }
    return {name: [{"found": n}] * min(n, 5) for name, n in found.items()}


def divergence_bits(one: Counter[Any], other: Counter[Any]) -> float:
    """The Jensen–Shannon divergence, as the entropy of the middle without the mean entropy of the two."""
    names = one.keys() | other.keys()
    first, second = ([counts[name] / counts.total() for name in names] for counts in (one, other))
    middle = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    return entropy_bits(middle) - (entropy_bits(first) + entropy_bits(second)) / 2


def entropy_bits(shares: Iterable[float]) -> float:
    return -sum(share * math.log2(share) for share in shares if share)
