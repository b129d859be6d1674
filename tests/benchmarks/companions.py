"""Build with SSv2's labels and the Something-Else boxes at published size, and read a file beside `json.load`.

All is synthetic: 220,847 label rows, and `--boxes N` million boxes (18 by default) in four parts of 100 boxes a video.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import run, run_in_turn

PARTS = 4
FRAMES = 40
DIFFERENT = 1_000
LABELS = (("0000", "cup"), ("hand", "hand"), ("0001", "table"))
SPLITS = {"train": 168_913, "validation": 24_777, "test": 27_157}
TEMPLATE = "Putting [something] on [something]"
VIEWS = (
    *("object_events", "template_objects", "object_pairs", "objects_by_split", "split_overlap", "unannotated_videos"),
    *("box_alignment", "boxed_videos", "event_boxes", "contact_boxes", "events_far_from_boxes"),
)
READ = """
import sys
from pathlib import Path
from etl.companions.boxes import read_boxes
from etl.companions.model import BoxFiles
for video in read_boxes([Path(sys.argv[1])], (), BoxFiles(), all_boxes=True):
    pass
"""
LOAD = "import json, sys; json.load(open(sys.argv[1]))"


def write_labels(folder: Path) -> None:
    """Write SSv2's label files with as many videos as the published ones, with ids from 1."""
    folder.mkdir()
    following = 1
    for split, count in SPLITS.items():
        ids = range(following, following + count)
        following += count
        rows = [
            {"id": str(n)}
            if split == "test"
            else {
                "id": str(n),
                "label": f"putting thing {n % 900} on a table",
                "template": TEMPLATE,
                "placeholders": [f"thing {n % 900}", "a table"],
            }
            for n in ids
        ]
        (folder / f"{split}.json").write_text(json.dumps(rows))
        if split == "test":
            answers = "".join(f"{n};Putting something on something\n" for n in ids)
            (folder / "test-answers.csv").write_text(answers)


def write_annotations(folder: Path, videos: int) -> None:
    """Write the five annotation files: each 18th video has two events, as one in eighteen of SSv2 is annotated."""
    folder.mkdir()
    ids = [str(n) for n in range(1, videos + 1, 18)]
    event = {"agent": "hand-object", "frameNumber": 3.0, "pointX": 120.0, "pointY": 90.0}
    events = [{"action": "contact", **event}, {"action": "release", **event, "frameNumber": 30.0}]
    (folder / "video_events_labels.json").write_text(json.dumps(dict.fromkeys(ids, events)))
    template = TEMPLATE.replace("[", "").replace("]", "")
    (folder / "template_to_video_ids_map.json").write_text(json.dumps({template: ids}))
    for number, split in enumerate(("train", "validation", "test")):
        (folder / f"{split}_videos_ids_labeled.json").write_text(json.dumps(ids[number::3]))


def write_boxes(folder: Path, boxes: int) -> list[Path]:
    """Write parts with so many boxes in all, a hundred a video, in the fields of the published files.

    Each video has the corners of one of a thousand, in the digits that the published ones have.
    """
    texts = [json.dumps(_frames(random.Random(seed))) for seed in range(DIFFERENT)]
    videos = boxes // 100
    paths = [folder / f"bounding_box_smthsmth_part{part + 1}.json" for part in range(PARTS)]
    for part, path in enumerate(paths):
        with path.open("w") as file:
            file.write("{")
            for position, n in enumerate(range(part + 1, videos + 1, PARTS)):
                text = texts[n * 7919 % DIFFERENT]
                file.write(f'{", " if position else ""}"{n}": {text.replace("ID", str(n))}')
            file.write("}")
    return paths


def _frames(chance: random.Random) -> list[dict[str, Any]]:
    entries = []
    for frame in range(FRAMES):
        labels = []
        for instance, category in LABELS[: 2 + frame % 2]:
            x, y = chance.uniform(0, 300), chance.uniform(0, 150)
            box = {"x1": x, "y1": y, "x2": x + chance.uniform(1, 127), "y2": y + chance.uniform(1, 90)}
            kind = "object hand" if instance == "hand" else f"object {int(instance)}"
            labels.append({"box2d": box, "category": category, "standard_category": instance, "gt_annotation": kind})
        name = f"ID/{frame + 1:04}.jpg"
        entries.append(
            {"name": name, "gt_placeholders": ["cup", "table"], "nr_instances": len(labels), "labels": labels}
        )
    return entries


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=float, default=18, help="millions of boxes")
    boxes = round(parser.parse_args().boxes * 1_000_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_labels(folder / "ssv2")
        write_annotations(folder / "metadata", boxes // 100)
        parts = write_boxes(folder, boxes)
        size = sum(path.stat().st_size for path in parts)
        print(f"{sum(SPLITS.values()):,} label rows, {boxes:,} boxes in {size / 1e9:.2f} GB\n", flush=True)
        part = str(parts[0])
        ours, theirs = run_in_turn([sys.executable, "-c", READ, part], [sys.executable, "-c", LOAD, part], 1)
        print("| reading one part | read_boxes | json.load | ratio |\n|---|---|---|---|")
        print(f"| time | {ours.seconds:.1f} s | {theirs.seconds:.1f} s | {ours.seconds / theirs.seconds:.2f} |")
        memory = (ours.megabytes, theirs.megabytes)
        print(f"| memory | {memory[0]:.0f} MB | {memory[1]:.0f} MB | {memory[0] / memory[1]:.2f} |")
        command = [sys.executable, "-m", "etl", "build", str(folder / "metadata"), "--ssv2", str(folder / "ssv2")]
        command += [argument for path in parts for argument in ("--boxes", str(path))]
        print("\n| build | time | memory |\n|---|---|---|")
        for what, more in (("annotated videos only", []), ("--all-boxes", ["--all-boxes"])):
            built = run([*command, *more, "--warehouse", str(folder / "warehouse")])
            print(f"| {what} | {built.seconds:.1f} s | {built.megabytes:.0f} MB |", flush=True)
        print("\n| view | time |\n|---|---|")
        _time_views(folder / "warehouse")


def _time_views(warehouse: Path) -> None:
    from etl.warehouse.open import open_warehouse

    with open_warehouse(warehouse) as opened:
        for view in VIEWS:
            start = time.perf_counter()
            opened.query(f"from {view}").to_arrow_table()
            print(f"| {view} | {(time.perf_counter() - start) * 1000:.0f} ms |", flush=True)


if __name__ == "__main__":
    main()
