"""CVAT 1.1 XML: one file per video (`videos/`), and one per split over the annotated frames (`images/`).

A point's track in a video ends one frame later with a copy marked as outside, except on the last frame.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from etl.export.format import PAST_END, Account, Format, Options
from etl.export.frames import link_frame
from etl.files import save_json
from etl.look import ACTION_COLORS, web_color
from etl.names import frame_file
from etl.schema import ACTIONS, AGENTS
from etl.warehouse.events import Event, Source, Video

__all__ = ["FORMAT"]

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n'
# For the Raw editor of a task's labels; without these attributes CVAT silently drops agent and index.
RAW_LABELS = [
    {
        "name": action,
        "color": web_color(ACTION_COLORS[action]),
        "type": "points",
        "attributes": [
            {
                "name": "agent",
                "mutable": False,
                "input_type": "select",
                "default_value": AGENTS[0],
                "values": list(AGENTS),
            },
            {"name": "event_index", "mutable": False, "input_type": "text", "default_value": "", "values": [""]},
        ],
    }
    for action in ACTIONS
]
TWICE = "Every event stands twice: in videos/ for video tasks, in images/ for image tasks."
ONCE = "Resized pictures are for image tasks: there is no folder videos/, for the videos keep their size."
STEPS = Path(__file__).resolve().parent / "steps" / "cvat.md"
LABELS = "\n".join(
    f"<label><name>{action}</name><type>points</type><attributes>"
    "<attribute><name>agent</name><mutable>False</mutable><input_type>select</input_type>"
    f"<default_value>{AGENTS[0]}</default_value><values>{'&#10;'.join(AGENTS)}</values></attribute>"
    "<attribute><name>event_index</name><mutable>False</mutable><input_type>text</input_type>"
    "<default_value></default_value><values></values></attribute></attributes></label>"
    for action in ACTIONS
)


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write both forms of every event; with frames, link the annotated ones under the names in the image form.

    Resized pictures have only the image form, because the videos themselves keep their size.
    """
    if options.resize is None:
        (folder / "videos").mkdir()
    (folder / "images").mkdir()
    save_json(folder / "labels.json", RAW_LABELS)
    shutil.copyfile(STEPS, folder / "README.md")
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        image_id = 0
        for video in source.videos("width", "frame_count"):
            if options.resize is None:
                (folder / "videos" / f"{video.video_id}.xml").write_text(video_to_xml(video), encoding="utf-8")
            if video.split not in files:
                path = folder / "images" / f"{video.split}.xml"
                files[video.split] = stack.enter_context(path.open("w", encoding="utf-8"))
                files[video.split].write(HEAD + _meta(video.split, "annotation"))
            for frame_number, events in video.events_by_frame.items():
                if frame_number >= (video.frame_count or 0):
                    for event in events:
                        account.leave_out(PAST_END, video, event)
                    continue
                files[video.split].write(frame_to_xml(video, frame_number, events, image_id))
                image_id += 1
                account.written += len(events)
                if options.frames:
                    target = folder / "images" / "images" / frame_file(video.video_id, frame_number)
                    link_frame(source, options, video.video_id, frame_number, target)
        for file in files.values():
            file.write("</annotations>\n")
    account.notes.append(
        f"{TWICE if options.resize is None else ONCE} README.md has the steps "
        "into CVAT and back, labels.json the labels for its Raw editor. No templates."
    )


def video_to_xml(video: Video) -> str:
    """Return the XML of a video task: one track per event."""
    count = video.frame_count or 0
    size = f"<original_size><width>{video.width}</width><height>{video.height}</height></original_size>\n"
    name = video.video_file or f"{video.video_id}.webm"
    extent = f"<size>{count}</size>\n<start_frame>0</start_frame>\n<stop_frame>{count - 1}</stop_frame>\n"
    meta = _meta(video.video_id, "interpolation", f"{extent}{size}<source>{escape(name)}</source>\n")
    inside = [event for event in video.events if event.frame_number < count]
    tracks = "".join(
        f'<track id="{number}" label="{event.action}" source="manual">\n'
        + _track_point(event, event.frame_number, outside=0)
        + (_track_point(event, event.frame_number + 1, outside=1) if event.frame_number + 1 < count else "")
        + "</track>\n"
        for number, event in enumerate(inside)
    )
    return f"{HEAD}{meta}{tracks}</annotations>\n"


def frame_to_xml(video: Video, frame_number: int, events: list[Event], image_id: int) -> str:
    """Return the XML of one annotated frame as an image."""
    name = quoteattr(frame_file(video.video_id, frame_number))
    points = "".join(
        f'<points label="{event.action}" source="manual" occluded="0" points="{_point(event)}" z_order="0">\n'
        f"{_attributes(event)}</points>\n"
        for event in events
    )
    size = f'width="{video.width}" height="{video.height}"'
    return f'<image id="{image_id}" name={name} subset="{video.split}" {size}>\n{points}</image>\n'


def _meta(name: str, mode: str, more: str = "") -> str:
    return (
        f"<meta>\n<task>\n<name>{escape(name)}</name>\n<mode>{mode}</mode>\n{more}<labels>\n{LABELS}\n</labels>\n"
        "</task>\n</meta>\n"
    )


def _track_point(event: Event, frame_number: int, *, outside: int) -> str:
    return (
        f'<points frame="{frame_number}" keyframe="1" outside="{outside}" occluded="0" points="{_point(event)}" '
        f'z_order="0">\n{_attributes(event)}</points>\n'
    )


def _point(event: Event) -> str:
    return f"{event.point_x:.2f},{event.point_y:.2f}"


def _attributes(event: Event) -> str:
    return (
        f'<attribute name="agent">{event.agent}</attribute>\n'
        f'<attribute name="event_index">{event.event_index}</attribute>\n'
    )


FORMAT = Format(
    "CVAT XML: one file per video, and one per split over the annotated frames; --frames links these.",
    "CVAT, datumaro",
    write,
    "1.1",
    takes=("frames", "resize", "letterbox", "link"),
)
