"""A Hugging Face dataset folder: one Parquet file per split, and a dataset card that declares them.

The splits are files, for `split=train/` folders all load as train; an empty split is not written, for the reader
fails on it. `action` and `agent` are stored as text and declared as class labels, which the reader turns into numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.dataset.provenance import CITATION, licence_of
from etl.export.format import Account, Format, Options
from etl.export.rows import EVENT_ROWS, ROWS_PER_GROUP, typed
from etl.schema import ACTIONS, AGENTS, SPLITS, UNASSIGNED, arrow_schema
from etl.warehouse.events import Source

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FORMAT"]

IMAGES_AT_ONCE = 200
FEATURE_TYPES = {"VARCHAR": "string", "INTEGER": "int32"}
CLASSES = {"action": ACTIONS, "agent": AGENTS}


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `data/<split>.parquet` and `README.md`; with frames, embed each event's frame as the column `image`."""
    import pyarrow.parquet as pq

    (folder / "data").mkdir()
    counts: Counter[tuple[str, str]] = Counter()
    writers: dict[str, pq.ParquetWriter] = {}
    with ExitStack() as stack:
        for batch in typed(source.batches(IMAGES_AT_ONCE if options.frames else ROWS_PER_GROUP)):
            for split, rows in _by_split(batch):
                if options.frames:
                    rows = _with_images(rows, source, options.frames)
                if split not in writers:
                    path = folder / "data" / f"{split}.parquet"
                    writers[split] = stack.enter_context(pq.ParquetWriter(path, rows.schema, compression="zstd"))
                writers[split].write_batch(rows)
                counts.update((split, action) for action in rows.column("action").to_pylist())
                account.written += rows.num_rows
    splits = [split for split in (*SPLITS, UNASSIGNED) if split in writers]
    card = _card(splits, counts, licence_of(source.warehouse.manifest), with_images=options.frames is not None)
    (folder / "README.md").write_text(card, encoding="utf-8")


def _by_split(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    import pyarrow.compute as pc

    for split in batch.column("split").unique().to_pylist():
        yield split, batch.filter(pc.equal(batch.column("split"), split))


def _with_images(rows: pa.RecordBatch, source: Source, frames: Path) -> pa.RecordBatch:
    import pyarrow as pa

    images = []
    for video_id, number in zip(*(rows.column(name).to_pylist() for name in ("video_id", "frame_number")), strict=True):
        path = source.frame_path(frames, video_id, number)
        images.append({"bytes": path.read_bytes(), "path": f"{video_id}/{path.name}"})
    column = pa.array(images, pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
    return rows.append_column(pa.field("image", column.type), column)


def _card(splits: list[str], counts: Counter[tuple[str, str]], licence: dict[str, str], *, with_images: bool) -> str:
    data_files = [{"split": split, "path": f"data/{split}.parquet"} for split in splits]
    header: dict[str, Any] = {
        "license": "mit" if licence["name"] == "MIT" else "other",
        **({} if licence["name"] == "MIT" else {"license_name": licence["name"], "license_link": licence["link"]}),
        "pretty_name": "Contact and release events in Something-Something V2",
        "task_categories": ["video-classification", "keypoint-detection"],
        "configs": [{"config_name": "events", "default": True, "data_files": data_files}],
        "dataset_info": {"config_name": "events", "features": _features(with_images=with_images)},
    }
    # JSON is YAML: any text survives, and no library is needed.
    front = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header.items())
    columns = "\n".join(
        f"| `{column.name}` | {column.description}{f' Unit: {column.unit}.' if column.unit else ''} |"
        for column in EVENT_ROWS.columns
    )
    rows = "\n".join(
        f"| {split} | {sum(counts[split, action] for action in ACTIONS)} | "
        + " | ".join(str(counts[split, action]) for action in ACTIONS)
        + " |"
        for split in splits
    )
    link = f" ([text]({licence['link']}))" if "link" in licence else ""
    return f"""---
{front}
---

# Contact and release events in Something-Something V2

One row per annotated event: a contact or a release, with its frame and its point. Frames are numbered from 0 in
decoding order; points are pixels of the original frame from its top left corner. A video of the split `unassigned` is
in none of the published splits.

| split | events | contact | release |
| --- | --- | --- | --- |
{rows}

| column | what it is |
| --- | --- |
{columns}

Licence: {licence["name"]}{link}, of {licence["of"]}.

Citation: {CITATION}

`manifest.json` has the counts, what was left out and why, and the checksums of the annotation files.
"""


def _features(*, with_images: bool) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = []
    for field, column in zip(arrow_schema(EVENT_ROWS), EVENT_ROWS.columns, strict=True):
        if column.name in CLASSES:
            names = {str(number): name for number, name in enumerate(CLASSES[column.name])}
            features.append({"name": field.name, "dtype": {"class_label": {"names": names}}})
        else:
            features.append({"name": field.name, "dtype": FEATURE_TYPES[column.type]})
    return [*features, {"name": "image", "dtype": "image"}] if with_images else features


FORMAT = Format(
    "A Hugging Face dataset folder: Parquet per split and a card; --frames embeds the annotated frames.",
    "datasets.load_dataset",
    write,
    takes=("frames",),
)
