"""Write an export: the events in a format, with an account of every event and a manifest; and the formats by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.errors import OutputError
from etl.export.format import Account, Format, Options
from etl.export.formats import (
    activitynet,
    coco,
    croissant,
    csv,
    cvat,
    e2e_spot,
    fiftyone,
    huggingface,
    jsonl,
    label_studio,
    lmm_qa,
    mmaction2,
    parquet,
    publisher,
    rerun,
    webdataset,
)
from etl.warehouse.selection import Selection

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["FORMATS", "Export", "write_export"]

FORMATS: dict[str, Format] = {
    "publisher": publisher.FORMAT,
    "csv": csv.FORMAT,
    "jsonl": jsonl.FORMAT,
    "parquet": parquet.FORMAT,
    "huggingface": huggingface.FORMAT,
    "coco": coco.FORMAT,
    "e2e-spot": e2e_spot.FORMAT,
    "lmm-qa": lmm_qa.FORMAT,
    "cvat": cvat.FORMAT,
    "label-studio": label_studio.FORMAT,
    "croissant": croissant.FORMAT,
    "fiftyone": fiftyone.FORMAT,
    "webdataset": webdataset.FORMAT,
    "activitynet": activitynet.FORMAT,
    "mmaction2": mmaction2.FORMAT,
    "rerun": rerun.FORMAT,
}


@dataclass(frozen=True)
class Export:
    """The result of an export."""

    folder: Path
    """Where it is."""
    facts: dict[str, Any]
    """The content of its manifest.json without the list of its files."""
    account: Account
    """The outcome for every selected event."""

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The content of its manifest.json, read when it is asked for: it may list a million files."""
        import json

        from etl.names import MANIFEST_FILE

        content: dict[str, Any] = json.loads((self.folder / MANIFEST_FILE).read_bytes())
        return content

    def __repr__(self) -> str:
        return f"<Export in {self.folder}: {self.account.written:,} events written, {self.account.lost:,} left out>"


def write_export(
    warehouse: Warehouse,
    format_name: str,
    output: str | Path,
    selection: Selection | None = None,
    options: Options | None = None,
    *,
    force: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Export:
    """Export the selected events to the folder `output`, which appears complete or not at all, with a `manifest.json`.

    `warehouse` is open. `format_name` is a key of `FORMATS`. `on_progress` is called with the number of events that are
    done, and the total. The same warehouse, selection and options give the same bytes.

    Raises:
        OutputError: `output` is taken (`force` replaces an earlier export), cannot be written, or nothing is selected.
        QueryError: the selection is wrong.
        VideoError: the format needs decoded videos or frames that are missing.
        MissingExtraError: the format's library is not installed.
    """
    from etl.export.manifest import count_selected, manifest
    from etl.export.resizing import ResizedSource, tell_resize
    from etl.files import save_json
    from etl.names import MANIFEST_FILE
    from etl.outputs import new_folder
    from etl.warehouse.events import Source, named

    kind = FORMATS[format_name]
    account = Account()
    options = options or Options()
    inputs = [warehouse.path, *([options.frames] if options.frames else [])]
    with new_folder(Path(output), "export", inputs=inputs, replace=force) as folder:
        counts = count_selected(Source(warehouse, selection or Selection()))
        if not counts.events:
            raise OutputError("no event meets the selection, so nothing was exported")
        if incomplete := counts.incomplete:
            account.notes.append(
                f"Damaged or cut off: {len(incomplete):,} of the videos ({named(incomplete)}). Their "
                "number of frames is what could be decoded, and events after the damage may lie on other pictures: "
                "contact-release check events_after_damage has the details."
            )
        source = Source(warehouse, selection or Selection(), lambda done: on_progress(done, counts.events))
        if options.resize:
            source = ResizedSource(source, options)
            tell_resize(options, account, kind.coordinates)
        kind.write(source, folder, options, account)
        if account.written + account.lost != counts.events:
            found = f"{account.written:,} events written and {account.lost:,} left out"
            raise OutputError(f"{found}, expected {counts.events:,} in all: a fault of this program; nothing was kept")
        facts = manifest(format_name, source, options, counts, account, kind, folder)
        save_json(folder / MANIFEST_FILE, facts)
    return Export(Path(output), facts, account)
