"""Label Studio: the annotated frames as image tasks with key points, and the labelling configuration.

Label Studio has no points on video, and its percentages are those of the picture: x = 100 · point_x / width.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from etl.export.format import Account, Format, Options
from etl.export.frames import link_frame
from etl.look import ACTION_COLORS, web_color
from etl.names import frame_file
from etl.schema import ACTIONS, AGENTS
from etl.warehouse.events import Event, Source, Video

__all__ = ["CONFIGURATION", "FORMAT"]

CONFIGURATION = f"""<View>
  <Header value="$video_id, frame $frame_number"/>
  <Image name="image" value="$image"/>
  <KeyPointLabels name="action" toName="image">
{chr(10).join(f'    <Label value="{action}" background="{web_color(ACTION_COLORS[action])}"/>' for action in ACTIONS)}
  </KeyPointLabels>
  <Choices name="agent" toName="image" perRegion="true" required="true">
{chr(10).join(f'    <Choice value="{agent}"/>' for agent in AGENTS)}
  </Choices>
</View>
"""
POINT_WIDTH = 0.8  # of the drawn point, in per cent of the picture
STEPS = Path(__file__).resolve().parent / "steps" / "label_studio.md"


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `<split>.json` and `labelling.xml`; with frames, link the annotated ones below `images/`."""
    (folder / "labelling.xml").write_text(CONFIGURATION, encoding="utf-8")
    shutil.copyfile(STEPS, folder / "README.md")
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        number = 0
        for video in source.videos("width"):
            for frame_number, events in video.events_by_frame.items():
                number += 1
                text = json.dumps(frame_to_task(video, frame_number, events, number), ensure_ascii=False)
                if video.split not in files:
                    path = folder / f"{video.split}.json"
                    files[video.split] = stack.enter_context(path.open("w", encoding="utf-8"))
                    files[video.split].write("[\n" + text)
                else:
                    files[video.split].write(",\n" + text)
                account.written += len(events)
                target = folder / "images" / frame_file(video.video_id, frame_number)
                link_frame(source, options, video.video_id, frame_number, target)
        for file in files.values():
            file.write("\n]\n")
    account.notes.append(
        "Label Studio shows the images where LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED is true, "
        "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT is the export's folder, and the project has its folder images as a "
        "local storage that is not synced. README.md has every step, there and back."
    )


def frame_to_task(video: Video, frame_number: int, events: list[Event], number: int) -> dict[str, Any]:
    """Return the task of one annotated frame."""
    path = f"images/{frame_file(video.video_id, frame_number)}"
    results = [result for event in events for result in event_to_results(event, video)]
    return {
        "id": number,
        "data": {
            "image": f"/data/local-files/?d={quote(path)}",
            "video_id": video.video_id,
            "frame_number": frame_number,
            "template": video.template,
            "split": video.split,
        },
        "annotations": [{"id": number, "result": results}],
    }


def event_to_results(event: Event, video: Video) -> list[dict[str, Any]]:
    """Return the two results of an event, its key point and its agent, under one id."""
    width, height = video.width or 1, video.height or 1
    region = {"x": 100 * event.point_x / width, "y": 100 * event.point_y / height, "width": POINT_WIDTH}
    common = {
        "id": f"event-{event.event_index}",
        "to_name": "image",
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
    }
    return [
        {
            **common,
            "from_name": "action",
            "type": "keypointlabels",
            "value": {**region, "keypointlabels": [event.action]},
        },
        {**common, "from_name": "agent", "type": "choices", "value": {**region, "choices": [event.agent]}},
    ]


FORMAT = Format(
    "Label Studio tasks per split on the annotated frames, and the labelling configuration; --frames links them.",
    "Label Studio, label-studio-sdk",
    write,
    coordinates="per cent of the picture's width and height, origin top left",
    takes=("frames", "resize", "letterbox", "link"),
)
