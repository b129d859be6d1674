"""The publisher's five JSON files again; `contact-release build` makes the same tables from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from etl.annotations.model import EVENTS_FILE, SPLIT_FILES, TEMPLATES_FILE
from etl.export.format import Account, Format, Options
from etl.files import save_json
from etl.warehouse.events import Event, Source, Video
from etl.warehouse.selection import Selection

__all__ = ["FORMAT", "published_event", "write_files"]


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write the five files. Templates without videos are kept if everything is selected."""
    is_all = source.selection == Selection()
    account.written = write_files(folder, source.videos(), source.templates(), with_empty_templates=is_all)


def write_files(
    folder: Path, videos: Iterable[Video], templates: Mapping[int, str], *, with_empty_templates: bool
) -> int:
    """Write the five files of these videos; return the number of events. `templates` maps template ids to texts."""
    template_videos: dict[int, list[str]] = {template_id: [] for template_id in templates}
    splits: dict[str, list[str]] = {split: [] for split in SPLIT_FILES}
    written = 0
    with (folder / EVENTS_FILE).open("w", encoding="utf-8") as file:
        separator = "{"
        for video in videos:
            events = json.dumps([published_event(event) for event in video.events], separators=(",", ":"))
            file.write(f"{separator}{json.dumps(video.video_id, ensure_ascii=False)}:{events}")
            separator = ","
            template_videos[video.template_id].append(video.video_id)
            if video.split in splits:
                splits[video.split].append(video.video_id)
            written += len(video.events)
        file.write("{}" if separator == "{" else "}")
    kept = {text: template_videos[number] for number, text in templates.items()}
    save_json(folder / TEMPLATES_FILE, {text: ids for text, ids in kept.items() if ids or with_empty_templates})
    for split, name in SPLIT_FILES.items():
        save_json(folder / name, splits[split])
    return written


def published_event(event: Event) -> dict[str, str | int]:
    """Return an event under the publisher's keys."""
    return {
        "action": event.action,
        "agent": event.agent,
        "frameNumber": event.frame_number,
        "pointX": int(event.point_x),
        "pointY": int(event.point_y),
    }


FORMAT = Format("The publisher's five JSON files: the round trip.", "contact-release build", write)
