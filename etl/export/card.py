"""A dataset card, the README.md that `datasets.load_dataset` reads first: which files hold what, under which licence.

Without it the reader would take the folder's other files, such as manifest.json, for data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from etl.dataset.provenance import CITATION, SAMPLE_LICENCE, Licence, licence_of
from etl.export.companions import Companion
from etl.export.rows import EVENT_ROWS
from etl.schema import ACTIONS, AGENTS, Column, Table
from etl.warehouse.events import Source

__all__ = ["EVENTS_SPLIT", "features", "write_card"]

EVENTS_SPLIT = "events"  # the reader's name for what is in one file for all splits
FEATURE_TYPES = {"VARCHAR": "string", "INTEGER": "int32", "DOUBLE": "float64", "BOOLEAN": "bool"}
CLASSES = {"action": ACTIONS, "agent": AGENTS}
IMAGE = "The event's frame, as a JPEG."


def write_card(
    folder: Path,
    files: Mapping[str, str],
    source: Source,
    body: str = "",
    *,
    rows: Table = EVENT_ROWS,
    with_image: bool = False,
    companions: Sequence[Companion] = (),
) -> None:
    """Write the card of `files`, split to file; `with_image`: there is a column `image` besides those of `rows`.

    Each of the `companions` is a configuration of its own, with its file as the only split.
    """
    licence = licence_of(source.warehouse.manifest.beginning)
    events = _configuration(EVENT_ROWS.name, files, default=True)
    infos = [{"config_name": EVENT_ROWS.name, "features": features(rows, with_image=with_image)}]
    infos += [{"config_name": one.table.name, "features": features(one.table)} for one in companions]
    header: dict[str, Any] = {
        **_licence_of_card(licence),
        "pretty_name": "Contact and release events in Something-Something V2",
        "task_categories": ["video-classification", "keypoint-detection"],
        "configs": [events, *(_configuration(one.table.name, {one.table.name: one.file}) for one in companions)],
        "dataset_info": infos if companions else infos[0],
    }
    # JSON is YAML, so any text is preserved, and no library is needed.
    front = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header.items())
    table = _table(rows.columns, with_image=with_image)
    text = f"""---
{front}
---

# Contact and release events in Something-Something V2

One row per annotated event: a contact or a release, with its frame and its point. Frames are numbered from 0 in
decoding order; points are pixels of the {"original frame" if rows is EVENT_ROWS else "picture"} from its top left
corner.

{body}

{table}

{_licence_line(licence)}

{_sections(companions)}

Citation: {CITATION}

`manifest.json` has the counts, what was left out and why, and the checksums of the annotation files.
"""
    (folder / "README.md").write_text(re.sub("\n{3,}", "\n\n", text), encoding="utf-8")


def features(table: Table = EVENT_ROWS, *, with_image: bool = False) -> list[dict[str, Any]]:
    """Return the columns as the card declares them: actions and agents of events are class labels."""
    found: list[dict[str, Any]] = []
    for column in table.columns:
        if column.name in CLASSES:
            names = {str(number): name for number, name in enumerate(CLASSES[column.name])}
            found.append({"name": column.name, "dtype": {"class_label": {"names": names}}})
        else:
            found.append({"name": column.name, "dtype": FEATURE_TYPES[column.type]})
    return [*found, {"name": "image", "dtype": "image"}] if with_image else found


def _configuration(name: str, files: Mapping[str, str], *, default: bool = False) -> dict[str, Any]:
    data_files = [{"split": split, "path": path} for split, path in files.items()]
    return {"config_name": name, **({"default": True} if default else {}), "data_files": data_files}


def _table(columns: Iterable[Column], *, with_image: bool = False) -> str:
    rows = [
        f"| `{column.name}` | {column.description}{f' Unit: {column.unit}.' if column.unit else ''} |"
        for column in columns
    ]
    return "\n".join(
        ["| column | what it is |", "| --- | --- |", *rows, *([f"| `image` | {IMAGE} |"] if with_image else [])]
    )


def _licence_line(licence: Licence) -> str:
    link = f" ([text]({licence.link}))" if licence.link else ""
    return f"Licence: {licence.name}{link}, of {licence.of}."


def _sections(companions: Sequence[Companion]) -> str:
    return "\n\n".join(
        f"## {one.table.name.capitalize()}: `{one.file}`\n\n{one.table.grain}\n\n{_table(one.table.columns)}\n\n"
        f"{_licence_line(one.licence)}"
        for one in companions
    )


def _licence_of_card(licence: Licence) -> dict[str, str | None]:
    """Return the licence as the hub requires it: an identifier of its list, or "other" with a name."""
    if licence.name == SAMPLE_LICENCE.name:
        return {"license": "mit"}
    name = re.sub("[^a-z0-9]+", "-", licence.name.lower()).strip("-")
    return {"license": "other", "license_name": name, "license_link": licence.link}
