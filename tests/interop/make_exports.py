"""Write the exports that the readers here read, and beside them what is to be found: `make_exports.py FOLDER`.

Three datasets: hostile texts with small pictures as frames, the sample with its rendered clips decoded, and the real
annotations without frames. What decoding would find is made up for the first and the last.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "support")]

from datasets import write  # noqa: E402
from exports import HOSTILE, built_in_memory, decode_all, warehouse_of, write_frames  # noqa: E402

from etl.export.format import Options  # noqa: E402
from etl.export.write import FORMATS, write_export  # noqa: E402
from etl.warehouse.open import Warehouse, open_warehouse  # noqa: E402
from etl.warehouse.selection import Selection  # noqa: E402

REAL_METADATA = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"
FURTHER: dict[str, tuple[str, dict]] = {
    "coco-datumaro": ("coco", {"by": "action-agent", "layout": "datumaro", "link": "hard"}),
    "coco-copied": ("coco", {"link": "copy"}),
    "webdataset-sharded": ("webdataset", {"shards": 2}),
    "webdataset-clips": ("webdataset", {"window": 4, "resize": (48, 64), "letterbox": True}),
}
COMPANIONS = ["--ssv2", "{sample}/metadata/ssv2", "--boxes", "{sample}/metadata/boxes/bounding_box_smthsmth_part1.json"]
OBJECTS = {"with_objects": True, "with_boxes": True}  # which the sample has
EXPECTED = """
select e.*, t.template_id, t.template, coalesce(s.split, 'unassigned') as split, v.width, v.height
from events as e join videos as v using (video_id) join templates as t using (template_id)
left join splits as s using (video_id)
"""


def datasets(folder: Path) -> Iterator[tuple[str, Warehouse, Path | None]]:
    """Yield name, warehouse and frames of each dataset."""
    database = built_in_memory(write(folder / "metadata", HOSTILE), folder / "hostile" / "warehouse")
    decode_all(database)
    warehouse = warehouse_of(database)
    yield "hostile", warehouse, write_frames(warehouse, folder / "hostile" / "frames")

    sample = folder / "sample"
    into = ["--warehouse", f"{sample}/warehouse"]
    for command in (
        ["sample", f"{sample}/metadata", "--videos"],
        ["build", f"{sample}/metadata", *COMPANIONS, *into],
        ["extract", "--videos", f"{sample}/metadata/videos", "--frames", f"{sample}/frames", *into],
    ):
        command = [part.format(sample=sample) for part in command]
        subprocess.run([sys.executable, "-m", "etl", *command, "--quiet"], check=True, cwd=PROJECT, stdout=sys.stderr)
    yield "sample", open_warehouse(sample / "warehouse"), sample / "frames"

    if REAL_METADATA.is_dir():
        database = built_in_memory(REAL_METADATA, folder / "real" / "warehouse")
        decode_all(database, 427, 240)
        yield "real", warehouse_of(database), None
    elif os.environ.get("CI"):
        sys.exit(f"the real annotation files are not at {REAL_METADATA}, and CI requires them")


def main(folder: Path) -> None:
    """Write every format of every dataset into `folder/<dataset>/<format>`, and `folder/<dataset>/expected.jsonl`."""
    shutil.rmtree(folder, ignore_errors=True)
    for dataset, warehouse, frames in datasets(folder):
        expected = warehouse.query(EXPECTED).pl().to_dicts()
        with (folder / dataset / "expected.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in expected)
        for name, kind in FORMATS.items():
            if (dataset, name) in {("hostile", "lmm-qa"), ("real", "fiftyone")}:
                continue  # too few events to balance; no frames
            options = Options(frames=frames if "frames" in kind.takes and name != "lmm-qa" else None)
            selection = Selection(with_unassigned=True)
            if (dataset, name) == ("real", "rerun"):
                selection = Selection(splits=("unassigned",))  # a recording per video: 39 of them will do
            write_export(warehouse, name, folder / dataset / name, selection, options)
        for further, (name, values) in FURTHER.items() if frames else ():
            write_export(warehouse, name, folder / dataset / further, None, Options(frames=frames, **values))
        for name in ("csv", "parquet") if dataset == "sample" else ():
            write_export(warehouse, name, folder / dataset / f"{name}-objects", None, Options(**OBJECTS))
        print(f"{dataset}: {len(expected):,} events")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
