"""Whether a build may replace the warehouse that is there: a larger or a real one is not replaced by accident."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from etl.annotations.model import InputFile
from etl.dataset.provenance import SAMPLE_LICENCE, licence_of, listed
from etl.errors import OutputError
from etl.manifest import Beginning, checksums, read_standing_manifest

__all__ = ["require_replaceable"]

LEAST_SHARE = 0.5


def require_replaceable(warehouse: Path, inputs: Iterable[InputFile], events: int) -> None:
    """Raise OutputError if `warehouse` was built from other files and the new one would be much less.

    Much less means the synthetic sample in place of anything else, or fewer than half as many events.
    """
    standing = read_standing_manifest(warehouse)
    new = Beginning(listed(inputs), 0)
    if standing is None or checksums(standing.inputs) == new.checksums:
        return
    rows = standing.tables["events"].rows if "events" in standing.tables else None
    is_fewer = rows is not None and events < rows * LEAST_SHARE
    is_sample_now, was_sample = _is_sample(new), _is_sample(standing.beginning)
    if is_fewer or (is_sample_now and not was_sample):
        told = "other events" if rows is None else f"{rows:,} events"
        source = "the synthetic sample" if was_sample else licence_of(standing.beginning).of.split(";")[0]
        what = "the synthetic sample" if is_sample_now else "another dataset"
        raise OutputError(
            f"{warehouse} holds {told} of {source}, and {what} with {events:,} would replace them. "
            "Build into another folder with --warehouse DIR, or replace it with --force"
        )


def _is_sample(beginning: Beginning) -> bool:
    return licence_of(beginning).name == SAMPLE_LICENCE.name
