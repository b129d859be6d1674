"""The views of the families templates, splits and sequences, counted anew in plain Python from their documentation."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

from recount_basics import divergence_bits
from recount_groups import chance_of_one_video, mixes, quantile
from recount_groups import published_orders as orders_of
from recount_time import following
from recount_world import Event, Rows, World, grouped, labels, mix

ACTIONS = ("contact", "release")
AGENTS = ("hand-object", "object-surface", "object-object")


def templates_of_videos(world: World) -> dict[str, str]:
    return {name: video.template for name, video in world.videos.items()}


def template_distribution(world: World) -> Rows:
    rows = []
    for template_id, text in world.texts.items():
        videos = [video for video in world.videos.values() if video.template_id == template_id]
        inside = [event for event in world.events if event.of.template_id == template_id]
        places = Counter(video.split for video in videos)
        row = {"template_id": template_id, "template": text, "videos": len(videos), "events": len(inside)}
        row |= {"events_per_video": len(inside) / len(videos) if videos else None, **mix(inside)}
        row |= {"video_share": len(videos) / len(world.videos), "event_share": len(inside) / len(world.events)}
        rows.append(row | {f"{name}_videos": places[name] for name in ("train", "validation", "test", "unassigned")})
    return rows


def template_divergence(world: World) -> Rows:
    chance = chance_of_one_video(mixes(world.events, templates_of_videos(world))["action and agent"])
    overall = Counter(event.kind for event in world.events)
    rows = []
    for text, inside in grouped(world.events, lambda event: event.template).items():
        videos = sum(video.template == text for video in world.videos.values())
        bits = divergence_bits(Counter(event.kind for event in inside), overall)
        expected = chance * (1 / videos - 1 / len(world.videos))
        row = {"template": text, "videos": videos, "events": len(inside), "divergence_bits": bits}
        rows.append(row | {"chance_bits": expected, "excess_bits": bits - expected})
    return rows


def template_intervals(world: World) -> Rows:
    rows = []
    for (text, agent), inside in grouped(world.events, lambda event: (event.template, event.agent)).items():
        held = [i for i in world.intervals if (i.contact.template, i.contact.agent) == (text, agent)]
        counts = mix(inside)
        row = {"template": text, "agent": agent, "contacts": counts["contacts"], "releases": counts["releases"]}
        row |= {"intervals": len(held), "videos": len({event.video for event in inside})}
        row |= {"videos_with_interval": len({interval.contact.video for interval in held})}
        rows.append(row | ({"hold_frames_median": quantile([i.frames for i in held], 0.5)} if held else {}))
    return rows


def mix_rows(world: World, column: str, names: list[str]) -> Rows:
    rows = []
    for name in names:
        inside = [event for event in world.events if getattr(event, column) == name]
        for kind in world.kinds():
            n = sum(event.kind == kind for event in inside)
            row = {column: name, "action": kind[0], "agent": kind[1], "events": n}
            row["share"] = n / len(inside) if inside else None
            rows.append(row | {"overall_share": sum(e.kind == kind for e in world.events) / len(world.events)})
    return rows


def template_mix(world: World) -> Rows:
    return mix_rows(world, "template", list(world.texts.values()))


def split_mix(world: World) -> Rows:
    return mix_rows(world, "split", sorted({event.split for event in world.events}))


def signature(listed: list[Event]) -> str:
    return " → ".join(f"{event.action} {event.agent}" for event in listed)


def event_sequences(world: World) -> Rows:
    return [
        {
            "video_id": video,
            "template": listed[0].template,
            "split": listed[0].split,
            "events": len(listed),
            "signature": signature(listed),
            "has_shared_frame": len({event.frame for event in listed}) < len(listed),
        }
        for video, listed in world.by_video().items()
    ]


def template_sequences(world: World) -> Rows:
    rows = []
    for text, found in grouped(event_sequences(world), lambda row: row["template"]).items():
        counts = Counter(row["signature"] for row in found)
        for rank, (name, n) in enumerate(sorted(counts.items(), key=lambda item: (-item[1], item[0])), 1):
            row = {"template": text, "sequence_rank": rank, "signature": name, "videos": n}
            rows.append(row | {"video_share": n / len(found)})
    return rows


def template_timing(world: World) -> Rows:
    counts = Counter((event.template, event.action, event.agent, event.frame) for event in world.events)
    names = ("template", "action", "agent", "frame_number", "events")
    return [dict(zip(names, (*key, n), strict=True)) for key, n in counts.items()]


def templates_without_split(world: World) -> Rows:
    return [
        {name: row[name] for name in ("template_id", "template", "videos", "events")}
        for row in template_distribution(world)
        if row["videos"] == row["unassigned_videos"]
    ]


def mix_chance(world: World) -> Rows:
    return [
        {"dimension": name, "videos": len(of_videos), "chance_bits_of_one_video": chance_of_one_video(of_videos)}
        for name, of_videos in mixes(world.events, templates_of_videos(world)).items()
    ]


def split_balance(world: World) -> Rows:
    rows = []
    sizes = Counter(video.split for video in world.videos.values())
    for name, of_videos in mixes(world.events, templates_of_videos(world)).items():
        counts: dict[str, Counter[str]] = {split: Counter() for split in sizes}
        for video, found in of_videos.items():
            counts[world.videos[video].split].update(found)
        chance = chance_of_one_video(of_videos)
        for one, other in combinations(sorted(sizes), 2):
            row: dict[str, Any] = {"split": one, "other_split": other, "dimension": name}
            row |= {"sample_size": counts[one].total(), "other_sample_size": counts[other].total()}
            row["divergence_bits"] = divergence_bits(counts[one], counts[other])
            rows.append(row | {"chance_bits": chance * (1 / sizes[one] + 1 / sizes[other])})
    return rows


def split_distribution(world: World) -> Rows:
    rows = []
    for split, videos in grouped(world.videos.values(), lambda video: video.split).items():
        inside = [event for event in world.events if event.split == split]
        row = {"split": split, "videos": len(videos), "templates": len({video.template_id for video in videos})}
        row |= {"events": len(inside), "events_per_video": len(inside) / len(videos), **mix(inside)}
        row |= {"video_share": len(videos) / len(world.videos), "event_share": len(inside) / len(world.events)}
        rows.append(row)
    return rows


def split_templates(world: World) -> Rows:
    rows = []
    sizes = Counter(event.video for event in world.events)
    splits = grouped(world.videos.values(), lambda video: video.split)
    for template_id, text in world.texts.items():
        total = sum(video.template_id == template_id for video in world.videos.values())
        for split, videos in splits.items():
            inside = [video.video_id for video in videos if video.template_id == template_id]
            row = {"template": text, "split": split, "videos": len(inside), "events": sum(sizes[v] for v in inside)}
            row |= {"share_of_split": len(inside) / len(videos)}
            rows.append(row | {"share_of_template": len(inside) / total if total else None})
    return rows


def unassigned_videos(world: World) -> Rows:
    sizes = Counter(event.video for event in world.events)
    in_split = Counter(video.template_id for video in world.videos.values() if video.split != "unassigned")
    return [
        {
            "video_id": name,
            "template": video.template,
            "events": sizes[name],
            "template_videos": in_split[video.template_id],
        }
        for name, video in world.videos.items()
        if video.split == "unassigned"
    ]


def video_mixes(world: World) -> Rows:
    return [
        {"video_id": video, "dimension": name, "category": category, "n": n}
        for name, of_videos in mixes(world.events, templates_of_videos(world)).items()
        for video, counts in of_videos.items()
        for category, n in counts.items()
    ]


def kinds_together(world: World) -> Rows:
    having = {kind: {event.video for event in world.events if event.kind == kind} for kind in world.kinds()}
    everything = len(world.by_video())
    rows = []
    for one, videos in having.items():
        for other, others in having.items():
            if one != other:
                row: dict[str, Any] = {
                    "action": one[0],
                    "agent": one[1],
                    "other_action": other[0],
                    "other_agent": other[1],
                }
                row |= {"videos": len(videos), "other_videos": len(others), "videos_with_both": len(videos & others)}
                row |= {"share": len(videos & others) / len(videos), "overall_share": len(others) / everything}
                rows.append(row)
    return rows


def published_orders(world: World) -> Rows:
    return orders_of(world.events)


def signature_counts(world: World) -> Rows:
    found = event_sequences(world)
    return [
        {
            "signature": name,
            "events": rows[0]["events"],
            "videos": len(rows),
            "video_share": len(rows) / len(found),
            "templates": len({row["template"] for row in rows}),
        }
        for name, rows in grouped(found, lambda row: row["signature"]).items()
    ]


def video_profiles(world: World) -> Rows:
    kinds = [(action, agent) for agent in AGENTS for action in ACTIONS]
    of_videos = [Counter(event.kind for event in listed) for listed in world.by_video().values()]
    names = [f"{agent.replace('-', '_')}_{action}s" for action, agent in kinds]
    return [
        {"videos": n, "video_share": n / len(of_videos), "events": sum(numbers)}
        | dict(zip(names, numbers, strict=True))
        for numbers, n in Counter(tuple(counts[kind] for kind in kinds) for counts in of_videos).items()
    ]


def transition_counts(world: World) -> Rows:
    pairs = following(world)
    leaving = Counter(one.kind for one, _ in pairs)
    names = ("action", "agent", "next_action", "next_agent", "transitions", "share", "gap_frames_median")
    rows = []
    for (one, other), found in grouped(pairs, lambda pair: (pair[0].kind, pair[1].kind)).items():
        gaps = quantile([later.frame - earlier.frame for earlier, later in found], 0.5)
        rows.append(dict(zip(names, (*one, *other, len(found), len(found) / leaving[one], gaps), strict=True)))
    return rows


def event_neighbours(world: World) -> Rows:
    rows = []
    for listed in world.by_video().values():
        for place, event in enumerate(listed):
            of_agent = [other for other in listed if other.agent == event.agent]
            own = of_agent.index(event)
            earlier, later = of_agent[:own], of_agent[own + 1 :]
            row = {name: value for name, value in labels(event).items() if name != "template"}
            row |= {"template_id": event.of.template_id, "point_x": event.x, "point_y": event.y}
            row |= {"event_rank": place + 1, "agent_events": len(of_agent), "gap_frames": event.gap_frames}
            row |= {"has_contact_before": "contact" in {other.action for other in earlier}}
            row |= {"has_release_after": "release" in {other.action for other in later}}
            if event.before:
                row |= {"action_before": event.before.action, "agent_before": event.before.agent}
            if earlier:
                row |= {"previous_event_index": earlier[-1].index, "previous_action": earlier[-1].action}
            if later:
                row |= {"next_event_index": later[0].index, "next_action": later[0].action}
                row |= {"next_frame": later[0].frame}
            rows.append(row)
    return rows


VIEWS = {
    view.__name__: view
    for view in (
        template_distribution, template_divergence, template_intervals, template_mix, template_sequences,
        template_timing, templates_without_split, mix_chance, split_balance, split_distribution, split_mix,
        split_templates, unassigned_videos, video_mixes, event_neighbours, event_sequences, kinds_together,
        published_orders, signature_counts, video_profiles, transition_counts,
    )
}  # fmt: skip
