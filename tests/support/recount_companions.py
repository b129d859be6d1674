"""Every view of objects and boxes counted anew from the files: in plain Python, without SQL, views or tables."""

from __future__ import annotations

import csv
import json
import math
import statistics
from collections import Counter, defaultdict
from itertools import product
from pathlib import Path
from typing import Any

from recount_basics import Event, intervals_of, read

from etl.schema.facts import FAR_FROM_BOX_PX

Row = tuple[Any, ...]
Box = dict[str, Any]


def noun_of(text: str) -> str:
    """The object without case and article, by splitting words."""
    first, _, rest = text.strip(" ").lower().partition(" ")
    return rest.lstrip(" ") if first in ("a", "an", "the") and rest.strip(" ") else text.strip(" ").lower()


def letters(template: str) -> str:
    return "".join(sign for sign in template.lower() if sign.isascii() and (sign.isalnum() or sign == " "))


class Files:
    """What the annotation files, SSv2's label files (split → file) and the boxes' files say, as plain Python."""

    def __init__(self, metadata: Path, labels: dict[str, Path], answers: Path | None, boxes: Path) -> None:
        self.events, self.template_ids, self.texts, self.splits = read(metadata)
        self.ssv2: dict[str, tuple[str, str | None, str | None]] = {}
        self.nouns: dict[str, list[str]] = {}
        for split, path in labels.items():
            for row in json.loads(path.read_bytes()):
                self.ssv2[row["id"]] = (split, row.get("label"), row.get("template"))
                if row.get("placeholders"):
                    self.nouns[row["id"]] = [noun_of(text) for text in row["placeholders"]]
        if answers:
            with answers.open(encoding="utf-8", newline="") as file:
                for video_id, template in csv.reader(file, delimiter=";"):
                    self.ssv2[video_id] = ("test", None, template)
        self.boxes: dict[str, dict[int, list[Box]]] = {
            video_id: {int(entry["name"][-8:-4]) - 1: entry["labels"] for entry in entries}
            for video_id, entries in json.loads(boxes.read_bytes()).items()
            if video_id in self.template_ids
        }

    def of(self, video_id: str) -> list[Event]:
        return [event for event in self.events if event.video == video_id]


def recount_objects(files: Files) -> dict[str, list[Row]]:
    """The rows of each view over warehouses that were not decoded, in no order."""
    return {
        "object_events": object_events(files),
        "template_objects": template_objects(files),
        "object_pairs": object_pairs(files),
        "objects_by_split": objects_by_split(files),
        "split_overlap": split_overlap(files),
        "unannotated_videos": unannotated(files),
        "boxed_videos": boxed(files),
        "event_boxes": event_boxes(files),
        "contact_boxes": contact_boxes(files),
        "events_far_from_boxes": far(files),
    }


def object_events(files: Files) -> list[Row]:
    of_noun: dict[Row, list[Event]] = defaultdict(list)
    totals: Counter[Row] = Counter()
    held: dict[Row, list[int]] = defaultdict(list)
    for event in files.events:
        if event.video in files.nouns:
            totals[event.kind] += 1
            for noun in set(files.nouns[event.video]):
                of_noun[noun, *event.kind].append(event)
    for interval in intervals_of(files.events):
        for noun in set(files.nouns.get(interval.contact.video, ())):
            held[noun, *interval.contact.kind].append(interval.frames)
    return [
        (
            *key,
            len({event.video for event in events}),
            len(events),
            len(events) / totals[key[1:]],
            len(held[key]),
            statistics.median(held[key]) if held[key] else None,
        )
        for key, events in of_noun.items()
    ]


def annotated_nouns(files: Files) -> dict[str, list[str]]:
    return {video_id: nouns for video_id, nouns in files.nouns.items() if video_id in files.template_ids}


def template_objects(files: Files) -> list[Row]:
    videos: dict[Row, list[str]] = defaultdict(list)
    totals: Counter[int] = Counter()
    for video_id, nouns in annotated_nouns(files).items():
        totals[files.template_ids[video_id]] += 1
        for noun in set(nouns):
            videos[files.template_ids[video_id], noun].append(video_id)
    per_video = Counter(event.video for event in files.events)
    return [
        (number, files.texts[number], noun, len(ids), len(ids) / totals[number], sum(per_video[i] for i in ids))
        for (number, noun), ids in videos.items()
    ]


def object_pairs(files: Files) -> list[Row]:
    videos: dict[Row, list[str]] = defaultdict(list)
    for video_id, nouns in annotated_nouns(files).items():
        if len(nouns) > 1:
            videos[files.template_ids[video_id], nouns[0], nouns[1]].append(video_id)
    per_video = Counter(event.video for event in files.events)
    return [
        (number, files.texts[number], first, second, len(ids), sum(per_video[i] for i in ids))
        for (number, first, second), ids in videos.items()
    ]


def objects_by_split(files: Files) -> list[Row]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for video_id, nouns in annotated_nouns(files).items():
        for noun in set(nouns):
            counts[noun][files.splits[video_id]] += 1
    splits = ("train", "validation", "test", "unassigned")
    return [
        (noun, count.total(), *(count[split] for split in splits), count.total() == count["test"])
        for noun, count in counts.items()
    ]


def split_overlap(files: Files) -> list[Row]:
    videos = Counter((split, files.ssv2[i][0]) for i, split in files.splits.items() if i in files.ssv2)
    events = Counter((event.split, files.ssv2[event.video][0]) for event in files.events if event.video in files.ssv2)
    totals: Counter[str] = Counter()
    for (split, _), n in videos.items():
        totals[split] += n
    return [(*key, n, events[key], n / totals[key[0]]) for key, n in videos.items()]


def unannotated(files: Files) -> list[Row]:
    known = {letters(text): number for number, text in files.texts.items()}
    return [
        (video_id, known[letters(template)], files.texts[known[letters(template)]], label, split)
        for video_id, (split, label, template) in files.ssv2.items()
        if video_id not in files.template_ids and template is not None and letters(template) in known
    ]


def boxed(files: Files) -> list[Row]:
    rows = []
    for video_id, frames in files.boxes.items():
        with_boxes = [number for number, labels in frames.items() if labels]
        if with_boxes:
            n = sum(map(len, frames.values()))
            rows.append((video_id, n, len(with_boxes), max(with_boxes), None, None))
    return rows


def corners(label: Box) -> tuple[float, float, float, float]:
    box = label["box2d"]
    return box["x1"], box["y1"], box["x2"], box["y2"]


def distance(event: Event, label: Box) -> float:
    left, top, right, bottom = corners(label)
    x, y = min(max(event.x, left), right), min(max(event.y, top), bottom)
    return math.hypot(event.x - x, event.y - y)


def event_boxes(files: Files) -> list[Row]:
    rows = []
    for event in files.events:
        labels = files.boxes.get(event.video, {}).get(event.frame, [])
        hands = [distance(event, label) for label in labels if label["standard_category"] == "hand"]
        things = [(distance(event, label), label) for label in labels if label["standard_category"] != "hand"]
        if not labels:
            continue
        nearest = min(things, key=lambda pair: pair[0], default=(None, None))[1]
        nouns = files.nouns.get(event.video, [])
        instance = nearest["standard_category"] if nearest else None
        rows.append(
            (
                *(event.video, event.index, event.action, event.agent, event.frame, event.x, event.y),
                min(hands, default=None),
                min((found for found, _ in things), default=None),
                instance,
                nearest["category"] if nearest else None,
                nouns[int(instance)] if instance and int(instance) < len(nouns) else None,
                None,
            )
        )
    return rows


def contact_boxes(files: Files) -> list[Row]:
    rows = []
    for event, offset in product(files.events, range(-3, 4)):
        if event.agent != "hand-object":
            continue
        labels = files.boxes.get(event.video, {}).get(event.frame + offset, [])
        best: tuple[float, float, str] | None = None
        for hand, thing in product(labels, labels):
            if hand["standard_category"] != "hand" or thing["standard_category"] == "hand":
                continue
            one, two = corners(hand), corners(thing)
            width = min(one[2], two[2]) - max(one[0], two[0])
            height = min(one[3], two[3]) - max(one[1], two[1])
            overlap = width * height if width > 0 and height > 0 else 0
            smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))
            if best is None or overlap > best[0]:
                best = (overlap, overlap / smaller, thing["standard_category"])
        if best:
            rows.append((event.video, event.index, event.action, offset, best[2], best[0], best[1]))
    return rows


def far(files: Files) -> list[Row]:
    rows = []
    for event in files.events:
        labels = files.boxes.get(event.video, {}).get(event.frame, [])
        nearest = min((distance(event, label) for label in labels), default=None)
        if nearest is not None and nearest > FAR_FROM_BOX_PX:
            rows.append((event.video, event.index, nearest))
    return rows
