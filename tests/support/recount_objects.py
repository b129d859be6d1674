"""The views of the family objects, counted anew in plain Python from their documentation."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

from recount_groups import quantile
from recount_world import Event, Rows, World, grouped

Box = dict[str, Any]


def noun_of(text: str) -> str:
    return re.sub(r"^(a|an|the) +", "", text.strip(" ").lower())


def video_objects(world: World) -> Rows:
    return [{**row, "noun": noun_of(row["object"])} for row in world.tables["objects"]]


def nouns_of_videos(world: World) -> dict[str, set[str]]:
    """The nouns of every annotated video whose objects are known."""
    known = grouped(world.tables["objects"], lambda row: row["video_id"])
    return {video: {noun_of(row["object"]) for row in rows} for video, rows in known.items() if video in world.videos}


def boxed_videos(world: World) -> Rows:
    rows = []
    for video, boxes in grouped(world.tables["boxes"], lambda row: row["video_id"]).items():
        frames = {box["frame_number"] for box in boxes}
        count = world.videos[video].frame_count if video in world.videos else None
        row = {"video_id": video, "boxes": len(boxes), "boxed_frames": len(frames), "last_boxed_frame": max(frames)}
        row |= {"frame_count": count, "boxes_aligned": None}
        if count is not None:
            row["boxes_aligned"] = 0 <= count - 1 - max(frames) <= 12
        rows.append(row)
    return rows


def box_alignment(world: World) -> Rows:
    return [{name: row[name] for name in row if name != "boxed_frames"} for row in boxed_videos(world)]


def usable_boxes(world: World) -> tuple[dict[tuple[str, int], list[Box]], dict[str, bool | None]]:
    """By video and frame, the boxes of videos that are not known to be out of line; each video's alignment."""
    aligned = {row["video_id"]: row["boxes_aligned"] for row in boxed_videos(world)}
    usable = [box for box in world.tables["boxes"] if aligned[box["video_id"]] is not False]
    return grouped(usable, lambda box: (box["video_id"], box["frame_number"])), aligned


def distance(event: Event, box: Box) -> float:
    dx = max(box["x1"] - event.x, 0, event.x - box["x2"])
    dy = max(box["y1"] - event.y, 0, event.y - box["y2"])
    return math.hypot(dx, dy)


def boxes_of_event(world: World, event: Event) -> dict[str, Any] | None:
    """The nearest hand and object of an event's frame; None without boxes."""
    frames, aligned = usable_boxes(world)
    boxes = sorted(frames.get((event.video, event.frame), []), key=lambda box: box["box_index"])
    if not boxes:
        return None
    hands = [distance(event, box) for box in boxes if box["is_hand"]]
    things = [(distance(event, box), box) for box in boxes if not box["is_hand"]]
    row: dict[str, Any] = {"hand_distance_px": min(hands, default=None), "object_distance_px": None}
    row["boxes_aligned"] = aligned[event.video]
    if things:
        row["object_distance_px"], box = min(things, key=lambda thing: thing[0])
        row |= {"instance": box["instance"], "category": box["category"]}
        for known in world.tables["objects"]:
            if known["video_id"] == event.video and f"{known['placeholder_index']:04}" == box["instance"]:
                row["noun"] = noun_of(known["object"])
    return row


def event_boxes(world: World) -> Rows:
    rows = []
    for event in world.events:
        near = boxes_of_event(world, event)
        if near:
            row = {"video_id": event.video, "event_index": event.index, "action": event.action, "agent": event.agent}
            rows.append(row | {"frame_number": event.frame, "point_x": event.x, "point_y": event.y} | near)
    return rows


def contact_boxes(world: World) -> Rows:
    rows = []
    frames, _ = usable_boxes(world)
    for event in world.events:
        for offset in range(-3, 4) if event.agent == "hand-object" else ():
            boxes = frames.get((event.video, event.frame + offset), [])
            pairs = [
                (*overlap(hand, thing), thing)
                for hand in boxes
                for thing in boxes
                if hand["is_hand"] and not thing["is_hand"]
            ]
            if pairs:
                area, share, thing = max(pairs, key=lambda pair: pair[0])
                row = {"video_id": event.video, "event_index": event.index, "action": event.action}
                row |= {"frame_offset": offset, "instance": thing["instance"]}
                rows.append(row | {"overlap_px": area, "overlap_share": share})
    return rows


def overlap(one: Box, other: Box) -> tuple[float, float | None]:
    width = min(one["x2"], other["x2"]) - max(one["x1"], other["x1"])
    height = min(one["y2"], other["y2"]) - max(one["y1"], other["y1"])
    area = max(0.0, width) * max(0.0, height)
    smaller = min((box["x2"] - box["x1"]) * (box["y2"] - box["y1"]) for box in (one, other))
    return area, area / smaller if smaller else None


def object_events(world: World) -> Rows:
    nouns = nouns_of_videos(world)
    known = [event for event in world.events if event.video in nouns]
    of_kind = Counter(event.kind for event in known)
    rows = []
    for noun in {noun for found in nouns.values() for noun in found}:
        inside = [event for event in known if noun in nouns[event.video]]
        for (action, agent), events in grouped(inside, lambda event: event.kind).items():
            held = [
                interval.frames
                for interval in world.intervals
                if action == "contact"
                and interval.contact.agent == agent
                and noun in nouns.get(interval.contact.video, ())
            ]
            row = {"noun": noun, "action": action, "agent": agent, "videos": len({e.video for e in events})}
            row |= {"events": len(events), "event_share": len(events) / of_kind[action, agent], "intervals": len(held)}
            rows.append(row | ({"hold_frames_median": quantile(held, 0.5)} if held else {}))
    return rows


def object_pairs(world: World) -> Rows:
    objects = {(row["video_id"], row["placeholder_index"]): noun_of(row["object"]) for row in world.tables["objects"]}
    sizes = Counter(event.video for event in world.events)
    pairs = grouped(
        [v for v in world.videos.values() if (v.video_id, 0) in objects and (v.video_id, 1) in objects],
        lambda v: (v.template_id, v.template, objects[v.video_id, 0], objects[v.video_id, 1]),
    )
    names = ("template_id", "template", "first_noun", "second_noun")
    return [
        dict(zip(names, key, strict=True))
        | {"videos": len(videos), "events": sum(sizes[video.video_id] for video in videos)}
        for key, videos in pairs.items()
    ]


def objects_by_split(world: World) -> Rows:
    nouns = nouns_of_videos(world)
    rows = []
    for noun in {noun for found in nouns.values() for noun in found}:
        places = Counter(world.videos[video].split for video, found in nouns.items() if noun in found)
        row = {"noun": noun, "videos": places.total(), "is_in_test_only": places["test"] == places.total()}
        rows.append(row | {f"{name}_videos": places[name] for name in ("train", "validation", "test", "unassigned")})
    return rows


def split_overlap(world: World) -> Rows:
    sizes = Counter(event.video for event in world.events)
    known = [row for row in world.tables["ssv2_videos"] if row["video_id"] in world.videos]
    whole = Counter(world.videos[row["video_id"]].split for row in known)
    groups = grouped(known, lambda row: (world.videos[row["video_id"]].split, row["ssv2_split"]))
    return [
        {
            "split": split,
            "ssv2_split": other,
            "videos": len(rows),
            "events": sum(sizes[row["video_id"]] for row in rows),
            "video_share": len(rows) / whole[split],
        }
        for (split, other), rows in groups.items()
    ]


def template_objects(world: World) -> Rows:
    nouns = nouns_of_videos(world)
    sizes = Counter(event.video for event in world.events)
    rows = []
    for template_id, text in world.texts.items():
        videos = [video for video in nouns if world.videos[video].template_id == template_id]
        for noun in {noun for video in videos for noun in nouns[video]}:
            having = [video for video in videos if noun in nouns[video]]
            row = {"template_id": template_id, "template": text, "noun": noun, "videos": len(having)}
            row |= {"video_share": len(having) / len(videos), "events": sum(sizes[video] for video in having)}
            rows.append(row)
    return rows


def unannotated_videos(world: World) -> Rows:
    def plain(text: str) -> str:
        return text.replace("[", "").replace("]", "").lower()

    ids = {plain(text): template_id for template_id, text in world.texts.items()}
    return [
        {
            "video_id": row["video_id"],
            "template_id": ids[plain(row["template"])],
            "template": world.texts[ids[plain(row["template"])]],
            "label": row["label"],
            "ssv2_split": row["ssv2_split"],
        }
        for row in world.tables["ssv2_videos"]
        if row["video_id"] not in world.videos and row["template"] and plain(row["template"]) in ids
    ]


VIEWS = {
    view.__name__: view
    for view in (
        video_objects, box_alignment, boxed_videos, event_boxes, contact_boxes, object_events, object_pairs,
        objects_by_split, split_overlap, template_objects, unannotated_videos,
    )
}  # fmt: skip
