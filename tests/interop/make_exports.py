"""Write the exports that `readers.py` reads, and beside them what is to be found: `make_exports.py FOLDER`.

Three datasets: hostile texts, the sample, and the real annotations where they are. What decoding would find is made
up, for no videos are needed to compare events; the first two get small pictures as frames.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from datasets import write  # noqa: E402
from exports import HOSTILE, built_in_memory, decode_all, warehouse_of, write_frames  # noqa: E402

from etl.export import FORMATS, Options, export  # noqa: E402
from etl.selection import Selection  # noqa: E402
from etl.warehouse import Warehouse  # noqa: E402

REAL_METADATA = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"
EXPECTED = """
select e.*, t.template, coalesce(s.split, 'unassigned') as split, v.width, v.height
from events as e join videos as v using (video_id) join templates as t using (template_id)
left join splits as s using (video_id)
"""


def warehouses(folder: Path) -> Iterator[tuple[str, Warehouse]]:
    """Yield name and warehouse of each dataset."""
    metadata = {"hostile": write(folder / "metadata", HOSTILE), "sample": PROJECT / "metadata" / "sample"}
    if REAL_METADATA.is_dir():
        metadata["real"] = REAL_METADATA
    for name, source in metadata.items():
        database = built_in_memory(source, folder / name / "warehouse")
        decode_all(database, 640, 480)
        yield name, warehouse_of(database)


def main(folder: Path) -> None:
    """Write every format of every dataset into `folder/<dataset>/<format>`, and `folder/<dataset>/expected.jsonl`."""
    shutil.rmtree(folder, ignore_errors=True)
    for dataset, warehouse in warehouses(folder):
        frames = None if dataset == "real" else write_frames(warehouse, folder / dataset / "frames")
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
            export(warehouse, name, folder / dataset / name, selection, options)
        print(f"{dataset}: {len(expected):,} events")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
