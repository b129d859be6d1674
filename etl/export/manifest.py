"""The manifest of an export: what it is, what is in it, what is not and why, its licence, and its origin."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from etl.dataset.provenance import CITATION, licence_of
from etl.export.format import FRAME_BASE, Account, Format, Options
from etl.schema import UNASSIGNED
from etl.version import __version__
from etl.warehouse.events import Source
from etl.warehouse.selection import stream_events

__all__ = ["Counts", "Selected", "count_selected", "manifest"]

INCOMPLETE = "select distinct video_id from extraction_problems where reason in ('damaged', 'truncated')"
IN_WAREHOUSE = """
select
    count(*) as events,
    count(distinct video_id) as videos,
    count(*) filter (where splits.split is null) as unassigned_events,
    count(distinct video_id) filter (where splits.split is null) as unassigned_videos
from events
left join splits using (video_id)
"""


@dataclass
class Counts:
    """How many videos and events are in a part of the selection."""

    videos: int = 0
    """Videos with a selected event."""
    events: int = 0
    """Selected events."""


@dataclass
class Selected(Counts):
    """How many videos and events are selected, in all and by part."""

    events_by_action: Counter[str] = field(default_factory=Counter)
    """The events of each action."""
    splits: dict[str, Counts] = field(default_factory=dict)
    """The same for each split; videos in no split are unassigned."""
    incomplete: list[str] = field(default_factory=list)
    """Ids of the videos that are damaged or cut off."""


def count_selected(source: Source) -> Selected:
    """Count the selected videos and events."""
    incomplete = {video_id for (video_id,) in source.warehouse.query(INCOMPLETE).fetchall()}
    counts = Selected()
    video_id = None
    for batch in stream_events(source.warehouse, source.selection):
        columns = (batch.column(name).to_pylist() for name in ("video_id", "split", "action"))
        for next_id, split, action in zip(*columns, strict=True):
            of_split = counts.splits.setdefault(split, Counts())
            is_new = next_id != video_id
            video_id = next_id
            counts.videos += is_new
            of_split.videos += is_new
            if is_new and next_id in incomplete:
                counts.incomplete.append(next_id)
            counts.events += 1
            of_split.events += 1
            counts.events_by_action[action] += 1
    return counts


def manifest(
    name: str, source: Source, options: Options, counts: Selected, account: Account, kind: Format, folder: Path
) -> dict[str, Any]:
    """Return the manifest of the export that was written into `folder`."""
    warehouse = source.warehouse
    [(events, videos, unassigned_events, unassigned_videos)] = warehouse.query(IN_WAREHOUSE).fetchall()
    unassigned = counts.splits.get(UNASSIGNED, Counts())
    built = msgspec.to_builtins(warehouse.manifest)
    selection = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in vars(source.selection).items()
        if value not in ((), "")
    }
    return {
        "exported_by": f"contact-release-warehouse {__version__}",
        "format": name,
        "format_version": kind.version or None,
        "reader": kind.reader,
        "frame_base": FRAME_BASE,
        "coordinates": kind.coordinates,
        **account.facts,
        "selection": selection,
        "options": {option: _told(getattr(options, option)) for option in kind.takes if _is_told(options, option)},
        "counts": {
            "events_in_warehouse": events,
            "events_not_selected": events - counts.events,
            "events_selected": counts.events,
            "events_left_out": account.lost,
            "events_written": account.written,
            "videos_in_warehouse": videos,
            "videos_not_selected": videos - counts.videos,
            "videos_selected": counts.videos,
            "events_selected_by_action": dict(sorted(counts.events_by_action.items())),
            "selected_by_split": {split: asdict(part) for split, part in sorted(counts.splits.items())},
            "unassigned_videos_selected": unassigned.videos,
            "unassigned_videos_not_selected": unassigned_videos - unassigned.videos,
            "unassigned_events_selected": unassigned.events,
            "unassigned_events_not_selected": unassigned_events - unassigned.events,
        },
        "left_out": [
            {
                "reason": reason,
                "events": events,
                "first_video_id_and_event_index": [list(key) for key in account.left_out[reason]],
            }
            for reason, events in sorted(account.lost_by_reason.items())
        ],
        "notes": account.notes,
        "licence": licence_of(warehouse.manifest.beginning).as_dict(),
        "citation": CITATION,
        "warehouse": {key: built[key] for key in ("schema_version", "inputs", "origin", "tables") if key in built},
        # Without frames none is linked, and there may be a million files to look at.
        "links_to_frames": sum(path.is_symlink() for path in folder.rglob("*")) if options.frames else 0,
    }


def _told(value: object) -> object:
    """Return an option for the manifest: for the frames folder, whose path varies, only whether it was given."""
    return value is not None if value is None or isinstance(value, Path) else value


def _is_told(options: Options, option: str) -> bool:
    """Tell whether to list an option: not if it was not given, or is `link` in an export that links no frames."""
    if option == "link":
        return options.frames is not None and options.resize is None
    return option == "frames" or (getattr(options, option) is not None and getattr(options, option) is not False)
