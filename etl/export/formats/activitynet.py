"""ActivityNet intervals, in seconds: from a contact to the release that follows it, by the same agent.

A single event is a point in time, for which a temporal IoU is 0/0. So the intervals are those of the view
`interaction_intervals` whose two events are both selected; events without a partner are left out and counted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etl.export.format import Account, Format, Options
from etl.warehouse.events import Event, Source, Video

__all__ = ["FORMAT"]

NO_INTERVAL = "it is neither the contact nor the release of an interval whose two events are selected"
NO_LENGTH = "its interval has no length: contact and release lie on one frame"
NO_TIME = "its interval has no times, for it ends past the last decoded frame of the video"
SUBSETS = {"train": "training", "validation": "validation", "test": "testing"}
INTERVALS = """
select video_id, contact_event_index, release_event_index, contact_time_s, release_time_s
from interaction_intervals order by video_id, contact_frame, contact_event_index
"""
DURATIONS = "select video_id, duration_s from videos where duration_s is not null"


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `activitynet.json`, with all videos of the selection."""
    intervals: dict[str, list[tuple[int, int, float | None, float | None]]] = {}
    for video_id, *interval in source.warehouse.query(INTERVALS).fetchall():
        intervals.setdefault(video_id, []).append(tuple(interval))
    durations = dict(source.warehouse.query(DURATIONS).fetchall())
    with (folder / "activitynet.json").open("w", encoding="utf-8") as file:
        separator = '{"version": "contact-release intervals", "taxonomy": [], "database": {\n'
        for video in source.videos("duration_s"):
            entry = {
                "duration": durations[video.video_id],
                "subset": SUBSETS.get(video.split, video.split),
                "annotations": video_to_annotations(video, intervals.get(video.video_id, []), account),
            }
            name = json.dumps(video.video_id, ensure_ascii=False)
            file.write(f"{separator}{name}: {json.dumps(entry, ensure_ascii=False)}")
            separator = ",\n"
        file.write("\n}}\n")
    account.facts["coordinates"] = None
    account.facts["time"] = "seconds, presentation times of the decoded frames"


def video_to_annotations(
    video: Video, intervals: list[tuple[int, int, float | None, float | None]], account: Account
) -> list[dict[str, Any]]:
    """Return a video's intervals, and account for each of its events."""
    left: dict[int, Event] = {event.event_index: event for event in video.events}
    annotations = []
    for contact_index, release_index, start, end in intervals:
        if contact_index not in left or release_index not in left:
            continue
        contact, release = left.pop(contact_index), left.pop(release_index)
        if start is None or end is None or start == end:
            for event in (contact, release):
                account.leave_out(NO_TIME if start is None or end is None else NO_LENGTH, video, event)
            continue
        annotations.append(
            {
                "label": contact.agent,
                "segment": [start, end],
                "contact": {"frame": contact.frame_number, "point": [contact.point_x, contact.point_y]},
                "release": {"frame": release.frame_number, "point": [release.point_x, release.point_y]},
            }
        )
        account.written += 2
    for event in left.values():
        account.leave_out(NO_INTERVAL, video, event)
    return annotations


FORMAT = Format(
    "ActivityNet intervals in seconds: from contact to release by the same agent.",
    "any reader of ActivityNet JSON",
    write,
    "1.3",
)
