"""Whether a build may take the place of the warehouse that stands there: not of a larger or a real one by accident."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.dataset.provenance import SAMPLE_LICENCE, licence_of
from etl.errors import OutputError
from etl.files import read_file
from etl.names import MANIFEST_FILE

if TYPE_CHECKING:
    from etl.annotations.model import InputFile

__all__ = ["require_replaceable"]

LEAST_SHARE = 0.5


def require_replaceable(warehouse: Path, inputs: Iterable[InputFile], events: int) -> None:
    """Raise OutputError where what stands in `warehouse` was built from other files, and the new one is much less.

    Much less is the synthetic sample in the place of anything else, or fewer than half of the events.
    """
    standing = _manifest(warehouse)
    new = {"inputs": [{"file": file.name, "sha256": file.sha256} for file in inputs]}
    if standing is None or _checksums(standing) == _checksums(new):
        return
    rows = standing.get("tables", {}).get("events", {}).get("rows")
    is_fewer = isinstance(rows, int) and events < rows * LEAST_SHARE
    is_sample_now, was_sample = _is_sample(new), _is_sample(standing)
    if is_fewer or (is_sample_now and not was_sample):
        told = f"{rows:,} events" if isinstance(rows, int) else "other events"
        source = "the synthetic sample" if was_sample else licence_of(standing).of.split(";")[0]
        what = "the synthetic sample" if is_sample_now else "another dataset"
        raise OutputError(
            f"{warehouse} holds {told} of {source}, and {what} with {events:,} would replace them. "
            "Build into another folder with --warehouse DIR, or replace it with --force"
        )


def _manifest(warehouse: Path) -> dict[str, Any] | None:
    """Return the standing manifest, of whichever version; None where there is none that can be read."""
    try:
        manifest = json.loads(read_file(warehouse / MANIFEST_FILE))
        _checksums(manifest)
        return dict(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _checksums(manifest: dict[str, Any]) -> dict[str, str]:
    return {entry["file"]: entry["sha256"] for entry in manifest["inputs"]}


def _is_sample(manifest: dict[str, Any]) -> bool:
    return licence_of(manifest).name == SAMPLE_LICENCE.name
