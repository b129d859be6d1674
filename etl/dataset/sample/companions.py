"""The sample's companion files: label files in SSv2's format and boxes in Something-Else's, true by construction.

The scenes know where box, block and hands are, so the boxes fit the shapes. The published files' quirks are here too:
articles, commas, quotes and semicolons in placeholders; placeholders that were normalised although the label was not
(validation); test videos whose answers are in a separate file; frames without boxes; coordinates as integers and as
floats, a hair beyond the edge of the picture.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from etl.dataset.sample import SampleVideo, sample_videos, write_made
from etl.dataset.sample.rendering import hand_extent
from etl.dataset.sample.scenes import HEIGHT, Rectangle

__all__ = ["BOXES_FILE", "SSV2_FOLDER", "companion_files", "write_companions"]

SSV2_FOLDER = "ssv2"
BOXES_FILE = "boxes/bounding_box_smthsmth_part1.json"
PREFIX = "something-something-v2-"

BRACKETED = {"a box": "[something]", "a block": "[something else]"}
BOXES = ("a box", "the box", "box", "a cup", "my mug", 'a "blue" cup', "a tin, closed", "cup", "A Box", "чашка; small")
BLOCKS = ("a block", "a book", "the shelf", "book")
# SSv2's splits are not those of the annotations.
SSV2_SPLITS = ("train", "train", "train", "validation", "test")
UNANNOTATED_FROM = 2_000_001  # videos of the same templates that nobody annotated


def companion_files() -> dict[str, bytes]:
    """Return the sample's companion files, path → content: SSv2's five label files, and one file of boxes."""
    rows = [_row(video, position) for position, video in enumerate(sample_videos())]
    rows += [{**row, "id": str(UNANNOTATED_FROM + n)} for n, row in enumerate(rows[:12])]
    by_split: dict[str, list[dict[str, Any]]] = {split: [] for split in SSV2_SPLITS}
    for position, row in enumerate(rows):
        by_split[SSV2_SPLITS[position % len(SSV2_SPLITS)]].append(row)
    for row in by_split["validation"]:
        row["placeholders"] = [_normalised(text) for text in row["placeholders"]]
    test = by_split["test"]
    templates = sorted({_unbracketed(row["template"]) for row in rows})
    files: dict[str, bytes] = {
        "labels.json": _json({template: str(number) for number, template in enumerate(templates)}),
        "train.json": _json(by_split["train"]),
        "validation.json": _json(by_split["validation"]),
        "test.json": _json([{"id": row["id"]} for row in test]),
        "test-answers.csv": _answers(test),
    }
    named = {f"{SSV2_FOLDER}/{PREFIX}{name}": content for name, content in files.items()}
    return named | {BOXES_FILE: json.dumps({v.video_id: _frames(v) for v in sample_videos()}).encode()}


def _row(video: SampleVideo, position: int) -> dict[str, Any]:
    template = label = video.template
    placeholders = []
    for words, choices in (("a box", BOXES), ("a block", BLOCKS)):
        if words in template:
            text = choices[(position * 7 + position // 5) % len(choices)]
            placeholders.append((template.index(words), text))
            label = label.replace(words, text)
    for words in BRACKETED:
        template = template.replace(words, f"[{words}]")
    return {
        "id": video.video_id,
        "label": label.lower(),
        "template": template,
        "placeholders": [text for _, text in sorted(placeholders)],
    }


def _normalised(text: str) -> str:
    """Drop the article, as the derived datasets do."""
    return text.removeprefix("a ").removeprefix("the ")


def _unbracketed(template: str) -> str:
    return template.replace("[", "").replace("]", "")


def _answers(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(
        (row["id"], _unbracketed(row["template"])) for row in rows
    )
    return text.getvalue().encode()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _frames(video: SampleVideo) -> list[dict[str, Any]]:
    """Return a video's frames, numbered from 1 in their names; in some videos a few are not annotated."""
    number = int(video.video_id)
    frames = range(video.scene.frame_count)
    kept = frames[: -(3 + number % 5)] if number % 6 == 0 else [f for f in frames if number % 7 or f % 11 != 5]
    return [
        {
            "name": f"{video.video_id}/{frame + 1:04d}.jpg",
            "gt_placeholders": ["box", "block"][: 1 + (video.scene.block is not None)],
            "nr_instances": len(labels),
            "labels": labels,
        }
        for frame in kept
        for labels in [_labels(video, frame)]
    ]


def _labels(video: SampleVideo, frame: int) -> list[dict[str, Any]]:
    scene = video.scene
    shapes = [("0000", "box", scene.box(frame))]
    if scene.block:
        shapes.append(("0001", "block", scene.block))
    shapes += [("hand", "hand", extent) for hand in scene.hands if (extent := hand_extent(scene, hand, frame))]
    return [
        {
            "box2d": _corners(rectangle, scene.width, is_float=(int(video.video_id) + frame) % 3 == 0),
            "gt_annotation": "object hand" if instance == "hand" else f"object {int(instance)}",
            "category": category,
            "standard_category": instance,
        }
        for instance, category, rectangle in shapes
    ]


def _corners(rectangle: Rectangle, width: int, *, is_float: bool) -> dict[str, float]:
    """Return the edges of a shape: its pixels' outer edges, so that a box of one pixel is one wide."""
    left, top = max(0, rectangle.left), max(0, rectangle.top)
    right, bottom = min(width, rectangle.right + 1), min(HEIGHT, rectangle.bottom + 1)
    edges: dict[str, float] = {"x1": left, "y1": top, "x2": right, "y2": bottom}
    if is_float:
        edges = {side: float(value) for side, value in edges.items()}
        if right == width:
            edges["x2"] = width * 1.0000000000000002  # as in the published files: 427.00000000000006
    return edges


def write_companions(folder: Path) -> list[Path]:
    """Write the companion files below a folder and return their paths, those of SSv2's label files first.

    Raises OutputError, before anything is written, where a file of one of these names holds something else.
    """
    return write_made(folder, companion_files())
