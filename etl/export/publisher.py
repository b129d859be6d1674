"""The publisher's five JSON files again; `contact-release build` makes the same tables of them."""

from __future__ import annotations

import json
from pathlib import Path

from etl.annotations.model import EVENTS_FILE, SPLIT_FILES, TEMPLATES_FILE
from etl.export.model import Account, Event, Format, Options
from etl.export.source import Source
from etl.export.text import save_json
from etl.selection import Selection

__all__ = ["FORMAT", "published_event"]


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write the five files. Templates without videos are kept where everything is selected."""
    known = source.warehouse.query("select template_id, template from templates order by template_id").fetchall()
    templates: dict[int, list[str]] = {template_id: [] for template_id, _ in known}
    splits: dict[str, list[str]] = {split: [] for split in SPLIT_FILES}
    with (folder / EVENTS_FILE).open("w", encoding="utf-8") as file:
        separator = "{"
        for video in source.videos():
            events = json.dumps([published_event(event) for event in video.events], separators=(",", ":"))
            file.write(f"{separator}{json.dumps(video.video_id, ensure_ascii=False)}:{events}")
            separator = ","
            templates[video.template_id].append(video.video_id)
            if video.split in splits:
                splits[video.split].append(video.video_id)
            account.written += len(video.events)
        file.write("{}" if separator == "{" else "}")

    is_all = source.selection == Selection()
    save_json(
        folder / TEMPLATES_FILE, {text: templates[number] for number, text in known if templates[number] or is_all}
    )
    for split, name in SPLIT_FILES.items():
        save_json(folder / name, splits[split])


def published_event(event: Event) -> dict[str, str | int]:
    """Return an event under the publisher's keys."""
    return {
        "action": event.action,
        "agent": event.agent,
        "frameNumber": event.frame_number,
        "pointX": event.point_x,
        "pointY": event.point_y,
    }


FORMAT = Format("The publisher's five JSON files: the round trip.", "contact-release build", write)
