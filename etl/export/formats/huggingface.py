"""A Hugging Face dataset folder: one Parquet file per split, and a dataset card that declares them.

The splits are files, because `split=train/` folders all load as train; an empty split is not written, because the
reader fails on it. `action` and `agent` are stored as text and declared as class labels, which the reader turns into
numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.export.card import features, write_card
from etl.export.companions import write_companions
from etl.export.format import Account, Format, Options
from etl.export.frames import frame_bytes
from etl.export.rows import EVENT_ROWS, RESIZED_ROWS, ROWS_PER_GROUP, typed
from etl.names import frame_file
from etl.schema import ACTIONS, SPLITS, UNASSIGNED, Table
from etl.warehouse.events import Source

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FORMAT"]

IMAGES_AT_ONCE = 200


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `data/<split>.parquet` and `README.md`; with frames, embed each event's frame as the column `image`."""
    import pyarrow.parquet as pq

    (folder / "data").mkdir()
    table = RESIZED_ROWS if options.resize else EVENT_ROWS
    counts: Counter[tuple[str, str]] = Counter()
    writers: dict[str, pq.ParquetWriter] = {}
    with ExitStack() as stack:
        for batch in typed(source.batches(IMAGES_AT_ONCE if options.frames else ROWS_PER_GROUP), table):
            for split, rows in _by_split(batch):
                if options.frames:
                    rows = _with_images(rows, source, options.frames)
                if split not in writers:
                    path = folder / "data" / f"{split}.parquet"
                    schema = _schema(rows, table)
                    writers[split] = stack.enter_context(pq.ParquetWriter(path, schema, compression="zstd"))
                writers[split].write_batch(rows.replace_schema_metadata(_schema(rows, table).metadata))
                counts.update((split, action) for action in rows.column("action").to_pylist())
                account.written += rows.num_rows
    companions = write_companions(source, folder, options, account, ".parquet")
    splits = [split for split in (*SPLITS, UNASSIGNED) if split in writers]
    files = {split: f"data/{split}.parquet" for split in splits}
    write_card(
        folder,
        files,
        source,
        _body(splits, counts),
        rows=table,
        with_image=options.frames is not None,
        companions=companions,
    )


def _by_split(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    import pyarrow.compute as pc

    for split in batch.column("split").unique().to_pylist():
        yield split, batch.filter(pc.equal(batch.column("split"), split))


def _with_images(rows: pa.RecordBatch, source: Source, frames: Path) -> pa.RecordBatch:
    import pyarrow as pa

    images = []
    for video_id, number in zip(*(rows.column(name).to_pylist() for name in ("video_id", "frame_number")), strict=True):
        picture = frame_bytes(source, frames, video_id, number)
        images.append({"bytes": picture, "path": frame_file(video_id, number)})
    column = pa.array(images, pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
    return rows.append_column(pa.field("image", column.type), column)


def _schema(rows: pa.RecordBatch, table: Table) -> pa.Schema:
    """Return the schema with the key that tells readers of plain Parquet files which column is a picture."""
    columns = features(table, with_image="image" in rows.schema.names)
    stored = {column["name"]: _stored(column["dtype"]) for column in columns}
    key = json.dumps({"info": {"features": stored}}, separators=(",", ":"))
    return rows.schema.with_metadata({**(rows.schema.metadata or {}), b"huggingface": key.encode()})


def _stored(dtype: Any) -> dict[str, str]:
    if dtype == "image":
        return {"_type": "Image"}
    return {"dtype": dtype if isinstance(dtype, str) else "string", "_type": "Value"}  # a label's text is stored


def _body(splits: list[str], counts: Counter[tuple[str, str]]) -> str:
    rows = "\n".join(
        f"| {split} | {sum(counts[split, action] for action in ACTIONS)} | "
        + " | ".join(str(counts[split, action]) for action in ACTIONS)
        + " |"
        for split in splits
    )
    return f"""A video of the split `unassigned` is in none of the published splits.

| split | events | contact | release |
| --- | --- | --- | --- |
{rows}"""


FORMAT = Format(
    "A Hugging Face dataset folder: Parquet per split and a card; --frames embeds the annotated frames.",
    "datasets.load_dataset",
    write,
    takes=("frames", "resize", "letterbox", "with_objects", "with_boxes"),
)
