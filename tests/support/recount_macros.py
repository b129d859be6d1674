"""The macros, counted anew in plain Python from their documentation: each call beside what it must answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any

from recount_basics import divergence_bits
from recount_groups import Z, mixes, quantile, shuffled
from recount_mixes import templates_of_videos
from recount_space import mean, spread
from recount_time import quantiles
from recount_world import Event, Rows, World, difference, grouped, labels, ways


def placed(event: Event) -> dict[str, Any]:
    return labels(event) | {"point_x": event.x, "point_y": event.y}


def events_in_rectangle(world: World) -> Rows:
    return [placed(event) for event in world.events if 20 <= event.x <= 60 and 10 <= event.y <= 45]


def events_near_frame(world: World) -> Rows:
    return [placed(event) | {"offset_frames": event.frame - 5} for event in world.events if -3 <= event.frame - 5 <= 3]


def heat_map(world: World) -> Rows:
    counts = Counter((e.template, e.split, e.action, e.agent, e.x // 40, e.y // 40) for e in world.events)
    names = ("template", "split", "action", "agent", "x_start", "x_end", "y_start", "y_end", "events")
    return [
        dict(zip(names, (*key, 40.0 * x, 40.0 * x + 40, 40.0 * y, 40.0 * y + 40, n), strict=True))
        for (*key, x, y), n in counts.items()
    ]


def isolating_windows(world: World, *, inside_annotated: bool = True, frames: int = 3) -> Rows:
    rows = []
    for listed in world.by_video().values():
        for event in listed:
            others = {other.frame for other in listed if other is not event}
            end = listed[-1].frame + 1 if inside_annotated else math.inf
            end = min(end, event.of.frame_count or math.inf)
            starts = [
                start
                for start in range(max(0, event.frame - frames + 1), event.frame + 1)
                if start + frames <= end and not others & set(range(start, start + frames))
            ]
            if starts:
                row = labels(event) | {"first_start": starts[0], "last_start": starts[-1], "windows": len(starts)}
                rows.append(row)
    return rows


def lags(world: World) -> Rows:
    rows = []
    for listed in world.by_video().values():
        for event in listed:
            later = [e for e in listed if e.kind == ("release", "hand-object") and e.frame >= event.frame]
            if event.kind == ("contact", "hand-object") and later:
                then = min(later, key=lambda e: (e.frame, e.index))
                row = labels(event) | {"then_event_index": then.index, "then_frame_number": then.frame}
                row |= {"lag_frames": then.frame - event.frame, "lag_s": difference(then.time_s, event.time_s)}
                row["events_between"] = abs(then.rank - event.rank) - 1
                rows.append({name: value for name, value in row.items() if name not in ("action", "agent")})
    return rows


def means(world: World, measure: Callable[[Event], float | None]) -> Rows:
    names = ("all", "action", "action and agent", "template", "split", "template, action and agent")
    rows = []
    known = [event for event in world.events if measure(event) is not None]
    for key, inside in ways(known, names, lambda event: event).items():
        values = [measure(event) or 0 for event in inside]
        middle, n = mean(values), len(values)
        sums = [math.fsum((measure(e) or 0) - middle for e in of) for of in grouped(inside, lambda e: e.video).values()]
        row = {**dict(key), "videos": len(sums), "events": n, "mean": middle}
        if n > 1:
            row["sd"] = math.sqrt(spread(values) * n / (n - 1))
        if len(sums) > 1:
            reach = Z * math.sqrt(math.fsum(s**2 for s in sums) * len(sums) / (len(sums) - 1)) / n
            row |= {"mean_low": middle - reach, "mean_high": middle + reach}
        rows.append(row)
    return rows


def shuffled_videos(world: World) -> Rows:
    return [
        {
            "draw": draw,
            "video_id": video,
            "template": world.videos[dealt].template,
            "split": world.videos[dealt].split,
        }
        for draw, deal in enumerate(shuffled(world.videos, 2))
        for video, dealt in deal.items()
    ]


def split_tests(world: World) -> Rows:
    found: dict[tuple[str, str, str], list[float]] = {}
    for deal in shuffled(world.videos, 9):
        for name, of_videos in mixes(world.events, templates_of_videos(world)).items():
            counts: dict[str, Counter[str]] = {}
            for video, categories in of_videos.items():
                counts.setdefault(world.videos[deal[video]].split, Counter()).update(categories)
            counts = {split: categories for split, categories in counts.items() if categories}
            for one, other in combinations(sorted(counts), 2):
                found.setdefault((one, other, name), []).append(divergence_bits(counts[one], counts[other]))
    return [
        {
            "split": one,
            "other_split": other,
            "dimension": name,
            "divergence_bits": bits[0],
            "chance_bits": mean(bits[1:]),
            "p_value": sum(drawn >= bits[0] - 1e-12 for drawn in bits) / len(bits),
        }
        for (one, other, name), bits in found.items()
    ]


def divergence_tests(world: World) -> Rows:
    found: dict[str, list[float]] = {}
    overall = Counter(event.kind for event in world.events)
    by_video = {video: Counter(e.kind for e in listed) for video, listed in world.by_video().items()}
    for deal in shuffled(world.videos, 9):
        counts: dict[str, Counter[Any]] = {}
        for video, kinds in by_video.items():
            counts.setdefault(world.videos[deal[video]].template, Counter()).update(kinds)
        for text, kinds in counts.items():
            found.setdefault(text, []).append(divergence_bits(kinds, overall))
    return [
        {
            "template": text,
            "videos": sum(video.template == text for video in world.videos.values()),
            "events": sum(event.template == text for event in world.events),
            "divergence_bits": bits[0],
            "chance_bits": mean(bits[1:]),
            "p_value": sum(drawn >= bits[0] - 1e-12 for drawn in bits) / len(bits),
        }
        for text, bits in found.items()
    ]


def template_profile(world: World) -> Rows:
    text = profiled(world)
    inside = [event for event in world.events if event.template == text]
    rows = []
    for kind, found in grouped(inside, lambda event: event.kind).items():
        x, y = [event.x for event in found], [event.y for event in found]
        positions = [event.position for event in found if event.position is not None]
        row = {"action": kind[0], "agent": kind[1], "videos": len({e.video for e in found}), "events": len(found)}
        row |= {"share": len(found) / len(inside), **quantiles("frame", [event.frame for event in found])}
        row["overall_share"] = sum(event.kind == kind for event in world.events) / len(world.events)
        row["position_median"] = quantile(positions, 0.5) if positions else None
        row |= {"centre_x": mean(x), "centre_y": mean(y), "spread_px": math.sqrt(spread(x) + spread(y))}
        rows.append(row)
    return rows


def profiled(world: World) -> str:
    """The template that has the most events."""
    return Counter(event.template for event in world.events).most_common(1)[0][0]


def timing_histogram(world: World) -> Rows:
    counts = Counter((event.action, event.agent, event.frame // 5) for event in world.events)
    return [
        {"action": action, "agent": agent, "bin_start": 5.0 * step, "bin_end": 5.0 * step + 5, "events": n}
        for (action, agent, step), n in counts.items()
    ]


# The call of each macro, with {template} for the text of a template, and what answers it.
CALLS: dict[str, Callable[[World], Rows]] = {
    "events_in_rectangle(20, 10, 60, 45)": events_in_rectangle,
    "events_near_frame(5, within := 3)": events_near_frame,
    "heat_map(40)": heat_map,
    "isolating_windows(3, inside_annotated := true)": isolating_windows,
    "isolating_windows(3)": lambda world: isolating_windows(world, inside_annotated=False),
    "lags('contact', 'hand-object', 'release', 'hand-object')": lags,
    "means()": lambda world: means(world, lambda event: event.frame),
    "means('gap_frames')": lambda world: means(world, lambda event: event.gap_frames),
    "means('relative_y')": lambda world: means(world, lambda event: event.relative_y),
    "shuffled_videos(2)": shuffled_videos,
    "split_tests(9)": split_tests,
    "divergence_tests(9)": divergence_tests,
    "template_profile($template)": template_profile,
    "timing_histogram(5)": timing_histogram,
}
