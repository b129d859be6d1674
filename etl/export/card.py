"""A dataset card, the README.md that `datasets.load_dataset` reads first: which files hold what, under which licence.

Without it the reader takes the folder's other files, such as manifest.json, for data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl.dataset.provenance import CITATION, licence_of
from etl.export.rows import EVENT_ROWS
from etl.schema import ACTIONS, AGENTS
from etl.warehouse.events import Source

__all__ = ["EVENTS_SPLIT", "features", "write_card"]

EVENTS_SPLIT = "events"  # how the reader calls what stands in one file for all splits
FEATURE_TYPES = {"VARCHAR": "string", "INTEGER": "int32"}
CLASSES = {"action": ACTIONS, "agent": AGENTS}
IMAGE = "The event's frame, as a JPEG."


def write_card(
    folder: Path, files: Mapping[str, str], source: Source, body: str = "", *, with_image: bool = False
) -> None:
    """Write the card of `files`, split to file; `with_image`: there is a column `image` besides those of the rows."""
    licence = licence_of(source.warehouse.manifest)
    header: dict[str, Any] = {
        **_licence_of_card(licence),
        "pretty_name": "Contact and release events in Something-Something V2",
        "task_categories": ["video-classification", "keypoint-detection"],
        "configs": [
            {
                "config_name": "events",
                "default": True,
                "data_files": [{"split": split, "path": path} for split, path in files.items()],
            }
        ],
        "dataset_info": {"config_name": "events", "features": features(with_image=with_image)},
    }
    # JSON is YAML: any text survives, and no library is needed.
    front = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header.items())
    columns = [
        f"| `{column.name}` | {column.description}{f' Unit: {column.unit}.' if column.unit else ''} |"
        for column in EVENT_ROWS.columns
    ]
    table = "\n".join([*columns, *([f"| `image` | {IMAGE} |"] if with_image else [])])
    link = f" ([text]({licence['link']}))" if "link" in licence else ""
    text = f"""---
{front}
---

# Contact and release events in Something-Something V2

One row per annotated event: a contact or a release, with its frame and its point. Frames are numbered from 0 in
decoding order; points are pixels of the original frame from its top left corner.

{body}

| column | what it is |
| --- | --- |
{table}

Licence: {licence["name"]}{link}, of {licence["of"]}.

Citation: {CITATION}

`manifest.json` has the counts, what was left out and why, and the checksums of the annotation files.
"""
    (folder / "README.md").write_text(re.sub("\n{3,}", "\n\n", text), encoding="utf-8")


def features(*, with_image: bool) -> list[dict[str, Any]]:
    """Return the columns as the card declares them: actions and agents are class labels."""
    found: list[dict[str, Any]] = []
    for column in EVENT_ROWS.columns:
        if column.name in CLASSES:
            names = {str(number): name for number, name in enumerate(CLASSES[column.name])}
            found.append({"name": column.name, "dtype": {"class_label": {"names": names}}})
        else:
            found.append({"name": column.name, "dtype": FEATURE_TYPES[column.type]})
    return [*found, {"name": "image", "dtype": "image"}] if with_image else found


def _licence_of_card(licence: Mapping[str, str]) -> dict[str, str]:
    """Return the licence as the hub has it: an identifier of its list, or other with a name that is an identifier."""
    if licence["name"] == "MIT":
        return {"license": "mit"}
    name = re.sub("[^a-z0-9]+", "-", licence["name"].lower()).strip("-")
    return {"license": "other", "license_name": name, "license_link": licence["link"]}
