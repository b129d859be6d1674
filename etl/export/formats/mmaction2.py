"""MMAction2: a list of raw frame folders per split, labelled by template, with the configuration that reads it.

The list holds one label per video and no events; events are written next to it as JSON lines.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from etl.export.format import Account, Format, Options
from etl.export.frames import link_frame
from etl.files import json_line
from etl.names import FRAME_TEMPLATE, frame_file
from etl.schema import SPLITS, UNASSIGNED
from etl.warehouse.events import Source

__all__ = ["FORMAT"]

# mmengine.Config.fromfile replaces fileDirname by the configuration's own folder.
HEAD = """\
# MMAction2's defaults are 'img_{:05}.jpg' and start_index=1: with them every frame would be off by one.
"""
DATASET = """\
SPLIT_dataset = dict(
    type='RawframeDataset',
    ann_file='{{ fileDirname }}/SPLIT.txt',
    data_prefix=dict(img='{{ fileDirname }}/frames'),
    filename_tmpl='FRAME_TEMPLATE',
    start_index=0,
    pipeline=[],
)
""".replace("FRAME_TEMPLATE", FRAME_TEMPLATE)


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `<split>.txt` (folder, decoded frames, template id), `templates.jsonl`, `events.jsonl`, `config.py`."""
    templates: dict[int, str] = {}
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        events = stack.enter_context((folder / "events.jsonl").open("w", encoding="utf-8", newline="\n"))
        for video in source.videos("frame_count"):
            if " " in video.video_id:  # the list's fields are separated by spaces
                for event in video.events:
                    account.leave_out("its video's id has a space, at which the reader parts a line", video, event)
                continue
            if video.split not in files:
                path = folder / f"{video.split}.txt"
                files[video.split] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
            files[video.split].write(f"{video.video_id} {video.frame_count} {video.template_id}\n")
            templates[video.template_id] = video.template
            for number in range(video.frame_count or 0) if options.frames else ():
                target = folder / "frames" / frame_file(video.video_id, number)
                link_frame(source, options, video.video_id, number, target)
            for event in video.events:
                events.write(json_line({"video_id": video.video_id, **event._asdict()}))
            account.written += len(video.events)
    splits = [split for split in (*SPLITS, UNASSIGNED) if split in files]
    configuration = HEAD + "".join(DATASET.replace("SPLIT", split) for split in splits)
    (folder / "config.py").write_text(configuration, encoding="utf-8")
    rows = ({"label": number, "template": templates[number]} for number in sorted(templates))
    (folder / "templates.jsonl").write_text("".join(map(json_line, rows)), encoding="utf-8")


FORMAT = Format(
    "MMAction2 raw frame lists per split, with the configuration that reads them; --frames links the frames.",
    "MMAction2's RawframeDataset",
    write,
    takes=("frames", "resize", "letterbox", "link"),
)
