"""What a warehouse was built from: which dataset, which files, with which software, under which licence."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from etl import __version__
from etl.sample import sample_files
from etl.source import CHECKSUMS, COMMIT, LICENCE_ADDRESS, LICENCE_NAME, PAPER, REPOSITORY

if TYPE_CHECKING:
    from etl.warehouse import Warehouse

__all__ = ["Provenance", "provenance"]


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a report come from.

    `inputs` are the manifest's: file, size_bytes, sha256. `inputs_modified` is the day (UTC) of the latest change to
    one of these files, as the file system told it; null where the build did not note it. `assumed_frame_rate` (1/s)
    is what gave videos that were not decoded their times, null where nothing did.
    """

    dataset: str
    is_sample: bool
    licence: str
    citation: str
    inputs: tuple[dict[str, Any], ...]
    inputs_modified: str | None
    rejects: int
    assumed_frame_rate: float | None
    software: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, for statistics.json."""
        return asdict(self)


def provenance(warehouse: Warehouse) -> Provenance:
    """Tell from its manifest what a warehouse was built from: known files are recognised by their SHA-256."""
    manifest = warehouse.manifest
    found = {entry["file"]: entry["sha256"] for entry in manifest["inputs"]}
    sample = {name: hashlib.sha256(content).hexdigest() for name, content in sample_files().items()}
    dataset = "annotation files that are neither the released dataset nor the bundled sample"
    licence, citation = "the licence of these files is not known to this report", ""
    if found == CHECKSUMS:
        dataset = f"{REPOSITORY}, commit {COMMIT}"
        licence, citation = f"{LICENCE_NAME}, {LICENCE_ADDRESS}", PAPER
    elif found == sample:
        dataset = "the synthetic sample"
        licence = "MIT, as this software: no row of the sample is real"
    return Provenance(
        dataset=dataset,
        is_sample=found == sample,
        licence=licence,
        citation=citation,
        inputs=tuple(manifest["inputs"]),
        inputs_modified=manifest.get("inputs_modified"),
        rejects=manifest["tables"]["rejects"]["rows"],
        assumed_frame_rate=manifest.get("assumed_frame_rate"),
        software={**manifest["software"], "report": __version__},
    )
