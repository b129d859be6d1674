"""Every kind of file that is read, with small sound ones to begin from, and what reads it in the program.

A kind's `read` gets a folder in which one file was changed. It may give anything, or raise an error of the program's
own; anything else is a fault. What native code reads has `is_native`: it is read in a process that may end.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

import polars as pl
from clips import write_clip
from datasets import dataset, event, write

import etl
from etl.annotations import read_annotations
from etl.annotations.origin import read_origin
from etl.build.frame_index import DecodedVideos
from etl.build.normalize import annotations_to_tables
from etl.companions.boxes import read_boxes
from etl.companions.labels import read_ssv2_labels
from etl.companions.model import BoxFiles
from etl.evaluation.checking import check_predictions
from etl.evaluation.questions import check_questions
from etl.evaluation.reading import parse_table
from etl.evaluation.truth import load_truth
from etl.extraction.frames import packed_frames
from etl.outputs import require_output
from etl.warehouse.open import using
from etl.warehouse.selection import Selection

__all__ = ["Kind", "kinds_in", "prepare"]

MAX_ROWS = 5_000_000
EVENTS = {
    "1": [event("contact", frame=1, x=5, y=6), event("release", "object-surface", frame=14, x=7, y=8)],
    "2": [event(frame=2, x=9, y=9), event("release", "object-object", frame=2.0, x=9, y=9)],
    "30": [event(frame=0, x=0, y=0), event(frame=17, x=0, y=0)],
}
TEMPLATES = {"Moving [something]": ["1", "2"], "Dropping [something]": ["30"]}
CONTENT = dataset(EVENTS, TEMPLATES, train=["1"], test=["2"])
DECISION = {
    "video_id": "1",
    "event_index": 0,
    "op": "move",
    "before": {"action": "contact", "agent": "hand-object", "frame_number": 1, "point_x": 5, "point_y": 6},
    "after": {"action": "contact", "agent": "hand-object", "frame_number": 2, "point_x": 5, "point_y": 6},
    "note": "one later",
    "at": "2026-01-02T03:04:05+00:00",
    "by": "me",
}
ROWS = [
    {"video_id": "1", "action": "contact", "agent": "hand-object", "frame": 1, "x": 5.5, "y": 6, "score": 0.9},
    {"video_id": "2", "action": "release", "agent": "object-object", "frame": 3, "x": 9, "y": 9, "score": 0.25},
    {"video_id": "30", "action": "contact", "agent": "hand-object", "frame": 0, "x": 0, "y": 1e2, "score": 1},
]
ANSWERS = [
    {"clip": "1_contact", "answer": "Prediction: 2"},
    {"video_id": "2", "action": "release", "start_frame": 0, "answer": "frame 3, at (9, 9)"},
    {"id": "1_0_contact_when", "answer": 3},
]
QUESTION = {"id": "1/3/when", "kind": "when", "video_id": "1", "start_frame": 3, "event_frame": 14, "event_index": 1}
QUESTIONS = [
    QUESTION | {"action": "release", "frame_base": 1, "coordinates": "px", "images": ["frames/1/frame_00003.jpg"]},
    QUESTION | {"id": "1/3/where", "kind": "where", "action": "release", "frame_base": 1, "coordinates": "px"},
]
SPOTTED = [{"video": "1", "num_frames": 5, "fps": 12, "events": [{"label": "contact", "frame": 1, "score": 0.5}]}]
LABELS = [
    {"id": "1", "label": "moving a cup", "template": "Moving [something]", "placeholders": ["a cup"]},
    {"id": "7", "label": "dropping it", "template": "Dropping [something]", "placeholders": ["it"]},
]
BOX = {
    "box2d": {"x1": 1, "y1": 2.5, "x2": 30, "y2": 40},
    "category": "cup",
    "standard_category": "0000",
    "gt_annotation": "object 0",
}
BOXES = {
    "1": [
        {"name": "1/0001.jpg", "nr_instances": 1, "gt_placeholders": ["cup"], "labels": [BOX]},
        {"name": "1/0003.jpg", "nr_instances": 0, "gt_placeholders": ["cup"], "labels": []},
    ],
    "2": [{"name": "2/0001.jpg", "nr_instances": 1, "labels": [BOX | {"standard_category": "hand"}]}],
}


@dataclass(frozen=True)
class Kind:
    """One kind of file: `folder` holds sound ones, of which those called `files` are changed, one at a time.

    `read` gets a folder like it and the name of the changed file.
    """

    folder: Path
    files: tuple[str, ...]
    read: Callable[[Path, str], object]
    is_native: bool = False


def prepare(work: Path) -> None:
    """Write sound files of every kind into an empty folder."""
    metadata, warehouse, frames = work / "metadata", work / "warehouse", work / "frames"
    write(metadata, CONTENT)
    for video_id in EVENTS:
        write_clip(work / "videos" / f"{video_id}.webm", size=(64, 48), frames=30)
    etl.build(metadata, warehouse)
    etl.extract(work / "videos", frames=frames, warehouse=warehouse, jobs=1)
    shutil.copytree(frames, work / "packs")
    etl.pack(work / "packs")
    for name in ("cvat", "coco", "label-studio", "csv"):
        etl.export(warehouse, name, work / name)
    _write_by_hand(work)
    decisions = work / "decisions" / "corrections.jsonl"
    etl.apply_corrections("corrections", decisions, metadata, work / "corrected", warehouse=warehouse)


def kinds_in(work: Path) -> dict[str, Kind]:
    """Return every kind by name; `work` is what `prepare` has filled."""
    metadata, warehouse = work / "metadata", work / "warehouse"
    opened = etl.open_warehouse(warehouse)
    truth = load_truth(opened, Selection())
    templates = {video_id: template for template, listed in TEMPLATES.items() for video_id in listed}

    def predictions(folder: Path, name: str) -> None:
        raw = parse_table(folder / name, MAX_ROWS)
        check_predictions(raw, truth, frame_base=None, coordinates=None)

    def questions(folder: Path, name: str) -> None:
        raw = parse_table(folder / name, MAX_ROWS)
        check_questions(raw, truth.known_events, folder / name)

    def returned(format_name: str, folder: Path, name: str) -> None:
        etl.import_corrections(opened, format_name, folder, work / format_name, None, metadata=metadata)

    def corrections(format_name: str, folder: Path, name: str) -> None:
        etl.apply_corrections(format_name, folder / name, metadata, warehouse=warehouse)

    def decoded(folder: Path, name: str) -> None:
        videos = DecodedVideos({"1": [1, 3], "2": [2], "30": [0]}, folder)
        list(videos.frame_batches())
        videos.videos(opened.query("from videos").to_arrow_table())
        packed_frames(folder, "1", range(30))

    def opening(folder: Path, name: str) -> None:
        etl.verify(folder)
        match crc32((folder / name).read_bytes()) % 4:  # to open it takes longer than all else: once for each file
            case 0:
                etl.check(folder, "identical_events")
            case 1:
                etl.explain(folder, "1", 1)
            case _:
                with using(folder) as found:
                    for view in ("events", "event_timing", "frame_index", "video_overview"):
                        found.query(f"from {view}").fetchall()

    def labels(folder: Path, name: str) -> None:
        read_ssv2_labels(folder, templates, quarantine=True)
        read_ssv2_labels(folder, templates)

    def output(folder: Path, name: str) -> None:
        require_output(folder, "export", replace=True)

    def kind(folder: str, ends: str, read: Callable[[Path, str], object], *, is_native: bool = False) -> Kind:
        found = (path for path in sorted((work / folder).rglob("*")) if path.is_file())
        names = [path.relative_to(work / folder).as_posix() for path in found]
        return Kind(work / folder, tuple(name for name in names if name.endswith(ends)), read, is_native)

    return {
        "annotations": Kind(metadata, tuple(CONTENT), _annotations),
        "origin.json": kind("corrected", "origin.json", _annotations),
        "extraction.json": kind("frames", "1/extraction.json", decoded),
        "packs": kind("packs", "1.tar", decoded),
        "CVAT": kind("cvat", ".xml", partial(returned, "cvat")),
        "COCO": Kind(work / "coco", ("train.json", "test.json"), partial(returned, "coco")),
        "Label Studio": kind("label-studio", "n.json", partial(returned, "label-studio")),
        "corrections.jsonl": kind("decisions", "", partial(corrections, "corrections")),
        "CSV of events": Kind(work / "csv", ("events.csv",), partial(corrections, "csv")),
        "label files": kind("ssv2", "", labels),
        "boxes": kind("boxes", "", _boxes),
        "predictions": kind("predictions", "", predictions),
        "predictions in native formats": kind("native", "", predictions, is_native=True),
        "questions": kind("questions", "", questions),
        "manifest of an output": Kind(work / "csv", ("manifest.json",), output),
        "warehouse": Kind(warehouse, ("manifest.json", "interactions.duckdb"), opening, is_native=True),
    }


def _annotations(folder: Path, name: str) -> None:
    for quarantine in (True, False):
        annotations = read_annotations(folder, quarantine=quarantine)
        for _ in annotations_to_tables(annotations):
            pass
        read_origin(folder, annotations.inputs)


def _boxes(folder: Path, name: str) -> None:
    for quarantine in (True, False):
        for video in read_boxes([folder / name], {"1", "2"}, BoxFiles(), quarantine=quarantine):
            assert all(len(row) == 9 for row in video.rows)


def _write_by_hand(work: Path) -> None:
    """Write what no export of ours makes: label files, boxes, decisions, predictions in every format."""
    for name in ("ssv2", "boxes", "decisions", "predictions", "native", "questions"):
        (work / name).mkdir()
    prefix = work / "ssv2" / "something-something-v2-"
    texts = {"train": LABELS, "test": [{"id": "2"}], "labels": {"Moving something": "0", "Dropping something": "1"}}
    for stem, value in texts.items():
        Path(f"{prefix}{stem}.json").write_text(json.dumps(value))
    Path(f"{prefix}test-answers.csv").write_text("2;Moving something\n")
    (work / "boxes" / "boxes.json").write_text(json.dumps(BOXES, indent=1))
    (work / "boxes" / "boxes.json.gz").write_bytes(gzip.compress(json.dumps(BOXES).encode(), mtime=0))
    decisions = [DECISION, DECISION | {"op": "accept", "before": DECISION["after"]}]
    (work / "decisions" / "corrections.jsonl").write_text("".join(json.dumps(line) + "\n" for line in decisions))
    (work / "questions" / "qa.jsonl").write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS))
    folder = work / "predictions"
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (folder / "rows.json").write_text(json.dumps(ROWS))
    (folder / "spotted.json").write_text(json.dumps(SPOTTED))
    (folder / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ANSWERS))
    (folder / "boxes.json").write_text(json.dumps([row | {"box": [1, 2, 3.5, 4]} for row in ROWS]))
    table = pl.DataFrame(ROWS, strict=False)
    table.write_csv(work / "native" / "rows.csv")
    table.write_csv(work / "native" / "rows.tsv", separator="\t")
    (work / "native" / "rows.csv.gz").write_bytes(gzip.compress((work / "native" / "rows.csv").read_bytes(), mtime=0))
    table.write_parquet(work / "native" / "rows.parquet")
    table.write_parquet(work / "native" / "plain.parquet", compression="uncompressed", use_pyarrow=True)
    table.write_excel(work / "native" / "rows.xlsx")
