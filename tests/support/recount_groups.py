"""What the views of groups of events count, anew in plain Python from their documentation: survival, chance, means."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise, permutations
from typing import Any

Rows = list[dict[str, Any]]
Z = 1.959963984540054


def quantile(values: Iterable[float], share: float) -> float:
    """The quantile of values, interpolated between neighbours."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def by_video(events: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each video's events in order of time."""
    for video, listed in groupby(events, key=lambda event: event.video):
        yield video, list(listed)


def outcomes(events: list[Any]) -> Iterator[tuple[Any, str, int, Any]]:
    """Each contact with its outcome, how many frames it is followed, and the agent's first later release or None."""
    for _, listed in by_video(events):
        end = max(event.frame for event in listed)
        for position, contact in enumerate(listed):
            if contact.action == "contact":
                later = [event for event in listed[position + 1 :] if event.agent == contact.agent]
                following = later[0] if later else None
                outcome = {None: "the end", "contact": "contact again", "release": "released"}[
                    following and following.action
                ]
                followed = (following.frame if following else end) - contact.frame
                yield contact, outcome, followed, next((one for one in later if one.action == "release"), None)


def survival(events: list[Any]) -> Rows:
    """The estimate of Kaplan and Meier by agent, from the number at risk at each step, with Greenwood's intervals."""
    followed = defaultdict(list)
    for contact, outcome, frames, _ in outcomes(events):
        followed[contact.agent].append((frames, outcome == "released"))
    rows = []
    for agent, lives in followed.items():
        share, spread = 1.0, 0.0
        for frames in sorted({frames for frames, _ in lives}):
            at_risk = sum(life >= frames for life, _ in lives)
            released = sum(ended for life, ended in lives if life == frames)
            share *= 1 - released / at_risk
            row = {"agent": agent, "frames": frames, "at_risk": at_risk, "released": released}
            row |= {"censored": sum(life == frames for life, _ in lives) - released, "lasting_share": share}
            if released < at_risk:
                spread += released / (at_risk * (at_risk - released))
            if 0 < share < 1:
                middle, reach = math.log(-math.log(share)), Z * math.sqrt(spread) / abs(math.log(share))
                row["lasting_share_low"] = math.exp(-math.exp(middle + reach))
                row["lasting_share_high"] = math.exp(-math.exp(middle - reach))
            rows.append(row)
    return rows


def places(events: list[Any]) -> Rows:
    """Centre, spread and quantiles of the points of each group."""
    groups: dict[tuple[tuple[str, str], ...], list[Any]] = defaultdict(list)
    for event in events:
        groups[(("grouped_by", "all"),)].append(event)
        groups[("grouped_by", "action and agent"), ("action", event.action), ("agent", event.agent)].append(event)
        groups[("grouped_by", "template"), ("template", event.template)].append(event)
        groups[("grouped_by", "split"), ("split", event.split)].append(event)
    rows = []
    for key, inside in groups.items():
        n = len(inside)
        x, y = [event.x for event in inside], [event.y for event in inside]
        centre = sum(x) / n, sum(y) / n
        distances = [math.dist(point, centre) ** 2 for point in zip(x, y, strict=True)]
        row = {**dict(key), "events": n, "sized_events": 0, "centre_x": centre[0], "centre_y": centre[1]}
        row["spread_px"] = math.sqrt(sum(distances) / n)
        for axis, values in (("x", x), ("y", y)):
            for name, share in (("p05", 0.05), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p95", 0.95)):
                row[f"{axis}_{name}"] = quantile(values, share)
        rows.append(row)
    return rows


def published_orders(events: list[Any]) -> Rows:
    """How the videos with several events list them: by their places in the published list only."""
    found = defaultdict(list)
    for _, listed in by_video(events):
        frames = [event.frame for event in sorted(listed, key=lambda event: event.index)]
        if len(frames) == 1:
            continue
        order = "earliest first" if frames == sorted(frames) else "mixed"
        if order == "mixed" and frames == sorted(frames, reverse=True):
            order = "latest first"
        found[order].append(len(frames))
    several = sum(map(len, found.values()))
    return [
        {"published_order": order, "videos": len(sizes), "video_share": len(sizes) / several, "events": sum(sizes)}
        for order, sizes in found.items()
    ]


def together(events: list[Any]) -> Rows:
    """Which kinds meet in a video."""
    videos = defaultdict(set)
    for event in events:
        videos[event.kind].add(event.video)
    everything = len({event.video for event in events})
    return [
        {
            "action": one[0],
            "agent": one[1],
            "other_action": other[0],
            "other_agent": other[1],
            "videos": len(videos[one]),
            "other_videos": len(videos[other]),
            "videos_with_both": len(videos[one] & videos[other]),
            "share": len(videos[one] & videos[other]) / len(videos[one]),
            "overall_share": len(videos[other]) / everything,
        }
        for one, other in permutations(videos, 2)
    ]


DIMENSIONS: dict[str, Callable[[Any], str]] = {
    "action": lambda event: event.action,
    "agent": lambda event: event.agent,
    "action and agent": lambda event: f"{event.action} {event.agent}",
}


def mixes(events: list[Any], templates: dict[str, str]) -> dict[str, dict[str, Counter[str]]]:
    """By dimension, what each video adds to each category."""
    counted: dict[str, dict[str, Counter[str]]] = {
        name: {video: Counter() for video in templates} for name in (*DIMENSIONS, "template")
    }
    for event in events:
        for name, category in DIMENSIONS.items():
            counted[name][event.video][category(event)] += 1
    for video, template in templates.items():
        counted["template"][video][template] = 1
    return counted


def chance_of_one_video(of_videos: dict[str, Counter[str]]) -> float:
    """The divergence that chance gives a sample of one video, from the residues of every video."""
    whole = sum(of_videos.values(), Counter())
    total, videos = whole.total(), len(of_videos)
    found = 0.0
    for category, n in whole.items():
        share = n / total
        residues = [counts[category] - share * counts.total() for counts in of_videos.values()]
        found += sum(residue**2 for residue in residues) / (videos - 1) / share
    return found / (8 * math.log(2) * (total / videos) ** 2)


def shuffled(videos: Iterable[str], draws: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """For each draw, the video whose labels each video is dealt; draw 0 deals each its own."""

    def digest(text: str) -> int:
        return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[8:], "little")

    ordered = sorted(videos)
    yield {video: video for video in ordered}
    for draw in range(1, draws + 1):
        factor = digest(f"{seed} {draw}") % 2147483646 + 1
        dealt = sorted(ordered, key=lambda video: (digest(video) % 2147483647 * factor % 2147483647, video))
        yield dict(zip(dealt, ordered, strict=True))


def means(events: list[Any], measure: Callable[[Any], float]) -> Rows:
    """Mean, standard deviation and interval over whole videos of each group."""
    groups: dict[tuple[tuple[str, str], ...], list[Any]] = defaultdict(list)
    for event in events:
        action, agent = ("action", event.action), ("agent", event.agent)
        template, split = ("template", event.template), ("split", event.split)
        groups[(("grouped_by", "all"),)].append(event)
        groups[("grouped_by", "action"), action].append(event)
        groups[("grouped_by", "action and agent"), action, agent].append(event)
        groups[("grouped_by", "template"), template].append(event)
        groups[("grouped_by", "split"), split].append(event)
        groups[("grouped_by", "template, action and agent"), template, action, agent].append(event)
    rows = []
    for key, inside in groups.items():
        values = [measure(event) for event in inside]
        mean, n = sum(values) / len(values), len(values)
        residues: Counter[str] = Counter()
        for event, value in zip(inside, values, strict=True):
            residues[event.video] += value - mean  # type: ignore[assignment]
        row = {**dict(key), "videos": len(residues), "events": n, "mean": mean}
        if n > 1:
            row["sd"] = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
        if len(residues) > 1:
            squares = sum(residue**2 for residue in residues.values())
            reach = Z * math.sqrt(squares * len(residues) / (len(residues) - 1)) / n
            row["mean_low"], row["mean_high"] = mean - reach, mean + reach
        rows.append(row)
    return rows


def gaps(events: list[Any]) -> Rows:
    """How many frames lie between events that follow each other."""
    found: Counter[Any] = Counter()
    for _, listed in by_video(events):
        found.update((one.kind, other.kind, other.frame - one.frame) for one, other in pairwise(listed))
    pairs: Counter[Any] = Counter()
    for (one, other, _), n in found.items():
        pairs[one, other] += n
    names = ("action", "agent", "next_action", "next_agent", "gap_frames", "transitions", "share")
    return [
        dict(zip(names, (*one, *other, gap, n, n / pairs[one, other]), strict=True))
        for (one, other, gap), n in found.items()
    ]


def movements(intervals: list[Any]) -> Rows:
    """How far and where points move, in each group of intervals."""
    groups: dict[tuple[tuple[str, str], ...], list[Any]] = defaultdict(list)
    for interval in intervals:
        agent = ("agent", interval.contact.agent)
        groups[("grouped_by", "agent"), agent].append(interval)
        groups[("grouped_by", "template and agent"), ("template", interval.contact.template), agent].append(interval)
        groups[("grouped_by", "split and agent"), ("split", interval.contact.split), agent].append(interval)
    rows = []
    for key, inside in groups.items():
        steps = [(release.x - contact.x, release.y - contact.y) for contact, release in inside]
        lengths = [math.hypot(*step) for step in steps]
        moved = [complex(*step) / abs(complex(*step)) for step in steps if any(step)]
        row = {**dict(key), "intervals": len(steps), "moved_intervals": len(moved)}
        row["dx_px_mean"], row["dy_px_mean"] = (sum(axis) / len(steps) for axis in zip(*steps, strict=True))
        for name, share in (("p25", 0.25), ("median", 0.5), ("p75", 0.75)):
            row[f"distance_px_{name}"] = quantile(lengths, share)
        if moved:
            mean = sum(moved) / len(moved)
            row["direction_length"] = abs(mean)
            if abs(mean) > 1e-9:
                row["direction_deg_mean"] = math.degrees(math.atan2(mean.imag, mean.real)) % 360
        rows.append(row)
    return rows
