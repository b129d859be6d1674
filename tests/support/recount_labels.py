"""The report's numbers of splits and templates, counted anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import Any

import recount_groups as groups
from recount_basics import Event, Interval, Rows, divergence_bits, mix_counts, quantile, signatures_of

from etl.schema import ACTIONS


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
