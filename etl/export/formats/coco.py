"""COCO keypoints: one file per split, one image per annotated frame, one keypoint per event.

COCO scales a keypoint's tolerance by the area of its object. A point has none, so every event gets a box of `BOX_PX`
pixels around its point, from whose area OKS computes the tolerance.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from etl.export.companions import boxes_in_step, objects_by_video, with_companions
from etl.export.format import Account, Format, Options, label_of, labels
from etl.export.frames import link_frame
from etl.names import frame_file
from etl.warehouse.events import Event, Source, Video

__all__ = ["FORMAT"]

BOX_PX = 24  # a tenth of the height of Something-Something V2's videos
VISIBLE = 2
SIGMA = 0.25
SIGMAS_FILE = "kpt_oks_sigmas.txt"
FILE_NAMES = {"flat": "{split}.json", "datumaro": "annotations/person_keypoints_{split}.json"}
NOTE = (
    f"bbox and area are not annotated: a box of {BOX_PX} × {BOX_PX} px around each point, which sets the tolerance of "
    f"OKS = exp(-d² / (2 · area · (2 sigma)²)). In COCOeval set params.kpt_oks_sigmas to one value: with {SIGMA}, a "
    "distance of 14.1 px has OKS 0.5."
)


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write a file per split; ids count from 1 over all files. With frames, link them below `images/`."""
    numbers = {name: number for number, name in enumerate(labels(options.by), start=1)}
    categories = [
        {"id": number, "name": name, "supercategory": "event", "keypoints": ["point"], "skeleton": []}
        for name, number in numbers.items()
    ]
    asked = with_companions(source, options, account)
    objects = objects_by_video(source) if "objects" in asked else {}
    boxes_of = boxes_in_step(source) if "boxes" in asked else None
    image_id = annotation_id = 0
    with ExitStack() as stack:
        files: dict[str, _CocoFile] = {}
        for video in source.videos("width"):
            if video.split not in files:
                path = folder / FILE_NAMES[options.layout].format(split=video.split)
                path.parent.mkdir(exist_ok=True)
                files[video.split] = stack.enter_context(_CocoFile(path, categories))
            boxes = boxes_of(video.video_id) if boxes_of else {}
            for frame_number, events in video.events_by_frame.items():
                image_id += 1
                more: dict[str, Any] = {"objects": objects.get(video.video_id, [])} if "objects" in asked else {}
                if boxes_of:
                    more["boxes"] = [coco_box(box) for box in boxes.get(frame_number, [])]
                files[video.split].add_image(image(video, frame_number, image_id) | more)
                for event in events:
                    annotation_id += 1
                    category_id = numbers[label_of(event, options.by)]
                    value = annotation(event, annotation_id, image_id, category_id, options.by)
                    files[video.split].add_annotation(value)
                    account.written += 1
                target = folder / "images" / frame_file(video.video_id, frame_number)
                link_frame(source, options, video.video_id, frame_number, target)
    (folder / SIGMAS_FILE).write_text(f"{SIGMA}\n", encoding="utf-8")
    account.notes.append(NOTE)
    if options.frames and options.link == "symlink":
        account.notes.append(
            "Datumaro and supervision refuse pictures that are symbolic links: for them give --link hard, or copy."
        )
    account.facts["categories"] = list(numbers)


def image(video: Video, frame_number: int, image_id: int) -> dict[str, Any]:
    """Return the COCO image of a frame."""
    return {
        "id": image_id,
        "file_name": frame_file(video.video_id, frame_number),
        "width": video.width,
        "height": video.height,
        "video_id": video.video_id,
        "frame_number": frame_number,
        "template": video.template,
    }


def coco_box(box: Mapping[str, Any]) -> dict[str, Any]:
    """Return a box of a hand or an object in COCO's form: left, top, width, height."""
    bbox = [box["x1"], box["y1"], box["x2"] - box["x1"], box["y2"] - box["y1"]]
    return {"bbox": bbox, "instance": box["instance"], "is_hand": box["is_hand"], "category": box["category"]}


def annotation(event: Event, annotation_id: int, image_id: int, category_id: int, by: str) -> dict[str, Any]:
    """Return the COCO annotation of an event. The agent is either in it or in its category, never in both."""
    half = BOX_PX // 2
    return {
        "id": annotation_id,
        "image_id": image_id,
        "category_id": category_id,
        "keypoints": [event.point_x, event.point_y, VISIBLE],
        "num_keypoints": 1,
        "bbox": [event.point_x - half, event.point_y - half, BOX_PX, BOX_PX],
        "area": BOX_PX * BOX_PX,
        "segmentation": [],
        "iscrowd": 0,
        "event_index": event.event_index,
        **({"agent": event.agent} if by == "action" else {}),
    }


class _CocoFile:
    """A COCO file, written as its parts come: images at once, annotations after the last image."""

    def __init__(self, path: Path, categories: list[dict[str, Any]]) -> None:
        head = json.dumps({"info": {"description": NOTE}, "licenses": [], "categories": categories}, ensure_ascii=False)
        self._file = path.open("w", encoding="utf-8")
        self._annotations: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8", dir=path.parent)  # noqa: SIM115
        self._file.write(head.removesuffix("}") + ',\n"images": [')
        self._annotations.write('],\n"annotations": [')
        self._images_separator = self._annotations_separator = "\n"

    def add_image(self, value: dict[str, Any]) -> None:
        self._file.write(self._images_separator + json.dumps(value, ensure_ascii=False))
        self._images_separator = ",\n"

    def add_annotation(self, value: dict[str, Any]) -> None:
        self._annotations.write(self._annotations_separator + json.dumps(value, ensure_ascii=False))
        self._annotations_separator = ",\n"

    def __enter__(self) -> _CocoFile:
        return self

    def __exit__(self, *error: object) -> None:
        with self._file, self._annotations:
            self._annotations.write("]}\n")
            self._annotations.seek(0)
            shutil.copyfileobj(self._annotations, self._file)


FORMAT = Format(
    "COCO keypoints per split; --by action (2 categories) or action-agent (6); --frames links the frames.",
    "pycocotools",
    write,
    takes=("frames", "resize", "letterbox", "link", "by", "layout", "with_objects", "with_boxes"),
    layouts=tuple(FILE_NAMES),
)
