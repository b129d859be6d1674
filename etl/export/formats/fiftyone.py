"""FiftyOne: one image sample per annotated frame, with its events as key points.

Points are shares of the picture's width and height, as in FiftyOne. The field `frame_number` is 0-based, unlike
FiftyOne's own frame numbers of videos, because the samples are images.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etl.errors import OutputError
from etl.export.format import Account, Format, Options
from etl.export.frames import link_frame
from etl.files import save_json
from etl.names import frame_file
from etl.warehouse.events import Event, Source, Video

__all__ = ["FORMAT"]


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `samples.json` and `metadata.json`, and link the annotated frames below `data/`."""
    videos = source.videos("width")
    save_json(folder / "metadata.json", {"media_type": "image", "info": {"frame_base": 0}})
    with (folder / "samples.json").open("w", encoding="utf-8") as file:
        separator = '{"samples": [\n'
        for video in videos:
            for frame_number, events in video.events_by_frame.items():
                if options.frames is None:
                    raise OutputError("FiftyOne needs existing pictures: give the extracted frames with --frames DIR")
                sample = frame_to_sample(video, frame_number, events)
                link_frame(source, options, video.video_id, frame_number, folder / sample["filepath"])
                file.write(separator + json.dumps(sample, ensure_ascii=False))
                separator = ",\n"
                account.written += len(events)
        file.write("\n]}\n")


def frame_to_sample(video: Video, frame_number: int, events: list[Event]) -> dict[str, Any]:
    """Return the sample of one annotated frame."""
    return {
        "filepath": f"data/{frame_file(video.video_id, frame_number)}",
        "tags": [video.split],
        "metadata": None,
        "video_id": video.video_id,
        "frame_number": frame_number,
        "template": video.template,
        "events": {"_cls": "Keypoints", "keypoints": [event_to_keypoint(event, video) for event in events]},
    }


def event_to_keypoint(event: Event, video: Video) -> dict[str, Any]:
    """Return an event as a FiftyOne key point."""
    return {
        "_cls": "Keypoint",
        "attributes": {},
        "tags": [],
        "label": event.action,
        "points": [[event.point_x / (video.width or 1), event.point_y / (video.height or 1)]],
        "agent": event.agent,
        "event_index": event.event_index,
    }


FORMAT = Format(
    "FiftyOne samples, one per annotated frame, with key points; needs --frames.",
    "FiftyOne's LegacyFiftyOneDatasetImporter",
    write,
    coordinates="shares of the picture's width and height between 0 and 1, origin top left",
    takes=("frames", "resize", "letterbox", "link"),
)
