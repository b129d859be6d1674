"""E2E-Spot, and the layout of HiCE: one JSON file per split, `class.txt`, and a tree of links to the frames.

The format has one label per frame and no point. Of several events on a frame the first in the published order is kept.
The reader expects frames as `000009.jpg` and silently replaces a missing one with black, so every link is checked.
Events are in the published order, because of two events equally near a prediction the reader's scorer takes the first.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from etl.errors import OptionError
from etl.export.format import PAST_END, Account, Format, Options, label_of, labels
from etl.export.formats.hice import FRAMES, HandFile, spot_frame
from etl.export.frames import link_frame
from etl.files import json_line
from etl.schema import HICE_LABELS
from etl.warehouse.events import Source, Video

__all__ = ["FORMAT"]

FILE_NAMES = {"validation": "val"}
SAME_LABEL = "its frame has an event with the same label already, and the format holds one label per frame"
OTHER_LABEL = "its frame has an event with another label already, and the format holds one label per frame"


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `train.json`, `val.json`, `test.json`, `unassigned.json` and `class.txt`; with frames, `frames/`.

    In the layout hice the actions have its names, the frames are in `Frames/`, and `hand_anno.json` is next to it.
    """
    is_hice = options.layout == "hice"
    names = [written_label(label, options.layout) for label in labels(options.by)]
    (folder / "class.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    if options.with_boxes and not is_hice:
        raise OptionError("--with-boxes is only for the layout hice: give --layout hice, or leave it out")
    with ExitStack() as stack:
        hands = stack.enter_context(HandFile(source, folder, options, account)) if is_hice else None
        files: dict[str, TextIO] = {}
        for video in source.videos("width", "frame_count", "frame_rate"):
            entry = video_to_entry(video, options, account)
            if hands:
                hands.add(video)
            if video.split not in files:
                path = folder / f"{FILE_NAMES.get(video.split, video.split)}.json"
                files[video.split] = stack.enter_context(path.open("w", encoding="utf-8"))
                files[video.split].write("[" + json_line(entry).rstrip())
            else:
                files[video.split].write(",\n" + json_line(entry).rstrip())
            for number in range(video.frame_count or 0) if options.frames else ():
                target = folder / (FRAMES if is_hice else "frames") / video.video_id / spot_frame(number)
                link_frame(source, options, video.video_id, number, target)
        for file in files.values():
            file.write("]\n")
    account.facts["coordinates"] = None
    account.notes.append("The format has no points: an event is its frame and label.")


def written_label(label: str, layout: str) -> str:
    """Return a label, such as contact or contact_hand-object, in the words of a layout."""
    action, mark, agent = label.partition("_")
    return f"{HICE_LABELS[action] if layout == 'hice' else action}{mark}{agent}"


def video_to_entry(video: Video, options: Options, account: Account) -> dict[str, Any]:
    """Return a video's entry, and account for each of its events."""
    entries = []
    for frame_number, events in sorted(video.events_by_frame.items(), key=lambda frame: frame[1][0].event_index):
        if frame_number >= (video.frame_count or 0):
            for event in events:
                account.leave_out(PAST_END, video, event)
            continue
        label = label_of(events[0], options.by)
        entries.append(
            {"frame": frame_number, "label": written_label(label, options.layout), "comment": events[0].agent}
        )
        account.written += 1
        for event in events[1:]:
            account.leave_out(SAME_LABEL if label_of(event, options.by) == label else OTHER_LABEL, video, event)
    return {
        "video": video.video_id,
        "num_frames": video.frame_count,
        "num_events": len(entries),
        "events": entries,
        "fps": video.frame_rate,
        "width": video.width,
        "height": video.height,
    }


FORMAT = Format(
    "E2E-Spot: JSON per split and class.txt; --by action or action-agent; --frames links the frames; "
    "--layout hice for HiCE.",
    "util/score.py of jhong93/spot",
    write,
    takes=("frames", "resize", "letterbox", "link", "by", "layout", "with_boxes"),
    layouts=("flat", "hice"),
)
