"""Croissant 1.1: the Parquet export with its description as JSON-LD (`croissant.json`), checksums included.

The publisher's JSON cannot be described: its video ids are keys, which Croissant's jsonPath does not reach.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from etl.dataset.provenance import CITATION, Licence, licence_of
from etl.export.card import EVENTS_SPLIT, write_card
from etl.export.format import Account, Format, Options
from etl.export.rows import EVENT_ROWS, ROWS_PER_GROUP, write_parquet
from etl.files import save_json
from etl.schema import column_comment
from etl.warehouse.events import Source

__all__ = ["FORMAT"]

DATA_TYPES = {"VARCHAR": "sc:Text", "INTEGER": "cr:Int32"}
# The whole context of the specification, https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
TERMS = (
    "arrayShape citeAs column containedIn equivalentProperty extract field fileProperty fileObject fileSet format "
    "includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace "
    "samplingRate separator source subField transform"
)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{term: f"cr:{term}" for term in TERMS.split()},
}


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `events.parquet` and `croissant.json`."""
    path = folder / "events.parquet"
    account.written = write_parquet(path, source.batches(ROWS_PER_GROUP))
    write_card(folder, {EVENTS_SPLIT: "events.parquet"}, source)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    licence = licence_of(source.warehouse.manifest.beginning)
    save_json(folder / "croissant.json", description(sha256, path.stat().st_size, licence))


def description(sha256: str, size_bytes: int, licence: Licence) -> dict[str, Any]:
    """Return the JSON-LD of an `events.parquet` with that checksum and size."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": "contact-release-events",
        "description": "Contact and release events in Something-Something V2: what touches what, when, where.",
        "license": licence.link or licence.name,
        "citeAs": CITATION,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "events.parquet",
                "name": "events.parquet",
                "contentUrl": "events.parquet",
                "contentSize": f"{size_bytes} B",
                "encodingFormat": "application/x-parquet",
                "sha256": sha256,
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "events",
                "name": "events",
                "description": EVENT_ROWS.grain,
                "key": [{"@id": f"events/{name}"} for name in EVENT_ROWS.key],
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"events/{column.name}",
                        "name": column.name,
                        "description": column_comment(column),
                        "dataType": DATA_TYPES[column.type],
                        "source": {"fileObject": {"@id": "events.parquet"}, "extract": {"column": column.name}},
                    }
                    for column in EVENT_ROWS.columns
                ],
            }
        ],
    }


FORMAT = Format("The Parquet file with a Croissant description in JSON-LD.", "mlcroissant[parquet]", write, "1.1")
