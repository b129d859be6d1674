"""What a warehouse was built from: which dataset, which files, with which software, under which licence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from etl.dataset.released import CHECKSUMS, COMMIT, LICENCE_ADDRESS, LICENCE_NAME, PAPER, REPOSITORY
from etl.manifest import Beginning, ListedFile
from etl.version import __version__
from etl.wording import counted

if TYPE_CHECKING:
    from etl.annotations.model import InputFile
    from etl.warehouse.open import Warehouse

__all__ = ["CITATION", "SAMPLE_LICENCE", "Licence", "Provenance", "licence_of", "listed", "provenance"]


CITATION = (
    f"{PAPER} The videos: Goyal et al., The 'something something' video database for learning and "
    "evaluating visual common sense. ICCV 2017."
)


@dataclass(frozen=True)
class Licence:
    """The licence of some data."""

    name: str
    """The licence's name, or that it is not known."""
    of: str
    """What it covers."""
    link: str | None = None
    """Where its text is."""

    def as_dict(self) -> dict[str, str]:
        """Return it as it is in a manifest: without a link if there is none."""
        return {"name": self.name, **({"link": self.link} if self.link else {}), "of": self.of}


def listed(files: Iterable[InputFile]) -> tuple[ListedFile, ...]:
    """Return input files in the form in which a manifest lists them."""
    return tuple(ListedFile(file.name, file.size_bytes, file.sha256) for file in files)


SAMPLE_LICENCE = Licence("MIT", "the synthetic sample of contact-release-warehouse, in which nothing is real")


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a report come from.

    `inputs` are the manifest's. `inputs_modified` is the day (UTC) of the latest change to one of these files, as the
    file system gave it; null if the build did not record it. `assumed_frame_rate` (1/s) gave undecoded videos their
    times; null if none was assumed.
    """

    dataset: str
    is_sample: bool
    licence: str
    citation: str
    inputs: tuple[ListedFile, ...]
    inputs_modified: str | None
    rejects: int
    assumed_frame_rate: float | None
    software: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, for statistics.json."""
        return asdict(self) | {"inputs": [msgspec.structs.asdict(listed) for listed in self.inputs]}


def provenance(warehouse: Warehouse) -> Provenance:
    """Return what a warehouse was built from, by its manifest; known files are recognised by their SHA-256."""
    manifest = warehouse.manifest
    known = _recognised(manifest.beginning)
    dataset = "annotation files that are neither the released dataset nor the bundled sample"
    licence, citation = "the licence of these files is not known to this report", ""
    if known == "released":
        dataset = f"{REPOSITORY}, commit {COMMIT}"
        licence, citation = f"{LICENCE_NAME}, {LICENCE_ADDRESS}", PAPER
    elif known == "sample":
        dataset = "the synthetic sample"
        licence = "MIT, as this software: no row of the sample is real"
    dataset += _corrected(manifest.beginning)
    return Provenance(
        dataset=dataset,
        is_sample=known == "sample",
        licence=licence,
        citation=citation,
        inputs=manifest.inputs,
        inputs_modified=manifest.inputs_modified,
        rejects=manifest.tables["rejects"].rows,
        assumed_frame_rate=manifest.assumed_frame_rate,
        software={**manifest.software, "report": __version__},
    )


def licence_of(beginning: Beginning) -> Licence:
    """Return the licence of data that began with these files, which are recognised by their checksums."""
    known, corrected = _recognised(beginning), _corrected(beginning)
    if known == "released":
        return Licence(LICENCE_NAME, f"{REPOSITORY} at {COMMIT}{corrected}", LICENCE_ADDRESS)
    if known == "sample":
        return replace(SAMPLE_LICENCE, of=f"{SAMPLE_LICENCE.of}{corrected}")
    return Licence(
        "unknown",
        f"annotation files that are neither the released ones nor the sample{corrected}; what derives from "
        f'{REPOSITORY} is under the "{LICENCE_NAME}"',
        LICENCE_ADDRESS,
    )


def _corrected(beginning: Beginning) -> str:
    """Return how many corrections lie between the files that are recognised and those that were built."""
    return f", with {counted(beginning.corrections, 'correction')}" if beginning.corrections else ""


def _recognised(beginning: Beginning) -> Literal["released", "sample", "other"]:
    """Return which annotation files these are, by their checksums."""
    found = beginning.checksums
    if found == CHECKSUMS:
        return "released"
    from etl.dataset.sample import sample_files

    sample = {name: hashlib.sha256(content).hexdigest() for name, content in sample_files().items()}
    return "sample" if found == sample else "other"
