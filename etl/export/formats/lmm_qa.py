"""Questions and answers on clips of ten frames with one event, for vision-language models: when, and where.

    qa.jsonl           conversations in the form of LLaVA and ShareGPT; one <image> in the question per frame
    dataset_info.json  describes qa.jsonl to LLaMA-Factory
    vlmevalkit.tsv     the same for VLMEvalKit
    lmms_eval/         the same as a task of lmms-eval

Every prompt says how frames are numbered and how points are written, and so does the manifest.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from etl.errors import OptionError, OutputError
from etl.export.companions import objects_by_video, with_companions
from etl.export.format import PIXELS, Account, Format, Options
from etl.export.formats.lmm_clips import CLIP_FRAMES, Clip, drawn_clips, paper_clips_of
from etl.export.frames import link_frame
from etl.export.resizing import ResizedSource
from etl.files import json_line, save_json
from etl.names import frame_file, frame_name
from etl.warehouse.events import Source, Video

__all__ = ["FORMAT", "clip_to_items", "written_point"]

COORDINATES = {
    "px": PIXELS,
    "norm01": "x / width and y / height to 4 decimals, origin top left",
    "grid1000": "round(1000 · x / width) and round(1000 · y / height), origin top left",
}
PROMPTS = {
    "px": "in pixels, x from the left edge and y from the top edge",
    "norm01": "as shares of the picture's width and height between 0 and 1, from the top left corner",
    "grid1000": "on a grid from 0 to 1000 over the picture's width and height, from the top left corner",
}
MEANING = {
    "contact": "two things, such as a hand and an object, come into contact",
    "release": "two things that were in contact, such as a hand and an object, come apart",
}
# What LLaMA-Factory needs to know about a dataset: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md
DATASET_INFO = {
    "contact_release": {
        "file_name": "qa.jsonl",
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "images": "images"},
        "tags": {"role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt"},
    }
}
NOT_RESIZED = (
    "answers are scored in the original frame: with --resize give --coordinates norm01 or grid1000, which are the same "
    "in both pictures, and no --letterbox, which moves them"
)
LMMS_EVAL = Path(__file__).resolve().parent / "lmms_eval"


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write the forms of the same questions; with frames, link the clips' frames below `frames/`."""
    if options.resize and (options.letterbox or options.coordinates == "px"):
        raise OptionError(NOT_RESIZED)
    videos = source.original if isinstance(source, ResizedSource) else source
    asked = with_companions(source, options, account)
    objects = objects_by_video(source) if asked else {}
    positions = [0] * CLIP_FRAMES
    questions = {"when": 0, "where": 0}
    with (
        (folder / "qa.jsonl").open("w", encoding="utf-8", newline="\n") as lines,
        (folder / "vlmevalkit.tsv").open("w", encoding="utf-8", newline="") as table,
    ):
        rows = csv.writer(table, delimiter="\t", lineterminator="\n")
        rows.writerow(["index", "image_path", "question", "answer", "category", "id", "frame_base", "coordinates"])
        for clip in _clips(videos, options, account):
            positions[clip.position] += 1
            for item in clip_to_items(clip, options, objects.get(clip.video.video_id, ())):
                lines.write(json_line(item))
                rows.writerow(_tsv_row(sum(questions.values()), item))
                questions[item["kind"]] += 1
            account.written += clip.event is not None
            if options.frames:
                _link_frames(source, clip, options, folder / "frames")
    if not sum(positions):
        raise OutputError(f"the selection gives no clip of {CLIP_FRAMES} frames, so nothing was exported")
    save_json(folder / "dataset_info.json", DATASET_INFO)
    (folder / "lmms_eval").mkdir()
    for name in ("contact_release.yaml", "utils.py"):
        shutil.copyfile(LMMS_EVAL / name, folder / "lmms_eval" / name)
    account.facts |= {
        "frame_base": options.frame_base,
        "coordinate_system": options.coordinates,
        "coordinates": COORDINATES[options.coordinates],
        "frame_files": f"0-based: {frame_name(9)} is the video's tenth frame; a clip's frames are numbered from "
        "frame_base within the clip, whose first frame is start_frame (0-based, of the video)",
        "clips": {"set": options.clips, "seed": options.seed or 0, "frames": CLIP_FRAMES, "clips": sum(positions)},
        "clips_by_position_of_the_event": positions,
        "questions": questions,
    }


def clip_to_items(clip: Clip, options: Options, objects: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return a clip's questions: when the event is and, if its point is known, where. They name the objects."""
    coordinates, frame_base = options.coordinates, options.frame_base
    last = frame_base + CLIP_FRAMES - 1
    frame = frame_base + clip.position
    shown = f"These are {CLIP_FRAMES} consecutive frames of a video, numbered from {frame_base} to {last}."
    if objects:
        shown += f" The video shows: {'; '.join(objects)}."
    when = (
        f"{shown} In one of them, {MEANING[clip.action]} (a {clip.action}). In which? "
        f"Answer with the frame's number alone, from {frame_base} to {last}."
    )
    items = [_item(clip, options, "when", when, str(frame))]
    if clip.event:
        where = (
            f"{shown} In frame {frame}, {MEANING[clip.action]} (a {clip.action}). At which point of the picture? "
            f"Answer with x, y alone, {PROMPTS[coordinates]}{_size(clip.video, coordinates)}."
        )
        point = written_point(clip.event.point_x, clip.event.point_y, clip.video, coordinates)
        items.append(_item(clip, options, "where", where, point))
    return items


def written_point(x: float, y: float, video: Video, coordinates: str) -> str:
    """Return a point, given in pixels, as "x, y" in one of the coordinate systems."""
    if coordinates == "px":
        return f"{x}, {y}"
    width, height = video.width or 0, video.height or 0
    if coordinates == "norm01":
        return f"{x / width:.4f}, {y / height:.4f}"
    return f"{round(1000 * x / width)}, {round(1000 * y / height)}"


def _clips(source: Source, options: Options, account: Account) -> Iterator[Clip]:
    needs = () if options.coordinates == "px" else ("width",)
    if options.clips == "paper" and options.seed is not None:
        raise OutputError("--seed is for drawn clips, but --clips paper draws none: leave out one of the two")
    if options.clips == "paper":
        return paper_clips_of(source.videos(*needs), account)
    return drawn_clips(source, needs, options.clips, options.seed or 0, account)


def _size(video: Video, coordinates: str) -> str:
    return f" (the picture is {video.width} × {video.height})" if coordinates == "px" and video.width else ""


def _item(clip: Clip, options: Options, kind: str, question: str, answer: str) -> dict[str, Any]:
    numbers = range(clip.start_frame, clip.start_frame + CLIP_FRAMES)
    images = [f"frames/{frame_file(clip.video.video_id, number)}" for number in numbers]
    return {
        "id": f"{clip.video.video_id}/{clip.start_frame}/{kind}",
        "kind": kind,
        "video_id": clip.video.video_id,
        "start_frame": clip.start_frame,
        "event_frame": clip.event_frame,
        "event_index": clip.event.event_index if clip.event else None,
        "action": clip.action,
        "frame_base": options.frame_base,
        "coordinates": options.coordinates,
        "images": images,
        "question": question,
        "answer": answer,
        "conversations": [
            {"from": "human", "value": "<image>\n" * len(images) + question},
            {"from": "gpt", "value": answer},
        ],
    }


def _tsv_row(number: int, item: dict[str, Any]) -> list[Any]:
    images = json.dumps(item["images"], ensure_ascii=False)
    return [number, images, *(item[name] for name in ("question", "answer", "kind", "id", "frame_base", "coordinates"))]


def _link_frames(source: Source, clip: Clip, options: Options, folder: Path) -> None:
    for number in range(clip.start_frame, clip.start_frame + CLIP_FRAMES):
        target = folder / frame_file(clip.video.video_id, number)
        if not target.exists():  # clips of a video overlap
            link_frame(source, options, clip.video.video_id, number, target)


FORMAT = Format(
    "Questions (when, where) on clips for LLaMA-Factory, ms-swift, lmms-eval, VLMEvalKit; --clips all|paper|N.",
    "datasets.load_dataset('json'), LLaMA-Factory, ms-swift, lmms-eval, VLMEvalKit",
    write,
    takes=("frames", "resize", "letterbox", "link", "coordinates", "frame_base", "clips", "seed", "with_objects"),
)
