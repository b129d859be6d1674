"""What a CVAT file says about its tasks: which video each shows, and which of its frames.

A file is the dump of a task (`meta/task`), of one job of a task (`meta/job`), or of a project
(`meta/project/tasks/task`), according to CVAT's own `dataset_manager/bindings.py`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath

from etl.corrections.model import MalformedError, Size
from etl.corrections.values import agreed, size_of

__all__ = ["Task", "tasks_of"]

IN_VIDEO_DUMPS = "the task's own dump: Actions, Export task dataset, CVAT for video 1.1"
STEP = re.compile(r"step\s*=\s*([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Task:
    """One task, or one job of it.

    `shown`: the frames of the video that were annotated; None if the file does not say. `jobs`: the part of them that
    each job of the task shows. `counted_from`: the number that the file gives to the video's first frame, because a
    project continues to count from task to task. `name` is what the annotator called it.
    """

    task_id: str
    name: str
    is_video: bool
    source: str
    size: Size | None
    shown: range | None
    jobs: tuple[range, ...]
    subset: str
    is_job: bool
    counted_from: int = 0

    @property
    def video_id(self) -> str:
        """The video, by the name of its file. Raises MalformedError if the file does not name it."""
        if not self.source:
            what = "a job's dump" if self.is_job else "a task"
            raise MalformedError(f"{what} without the <source> that names the video", IN_VIDEO_DUMPS)
        return PurePosixPath(self.source).stem

    @property
    def seams(self) -> list[range]:
        """The frames that two jobs show."""
        pairs = ((before, after) for before, after in pairwise(self.jobs) if before and after)
        return [range(after.start, before[-1] + 1, after.step) for before, after in pairs if after.start <= before[-1]]


def tasks_of(root: ET.Element) -> list[Task]:
    """Return the tasks of a file, each with the number of its first frame. Raises MalformedError."""
    dumped = [element for name in ("project", "task", "job") for element in root.findall(f"meta/{name}")]
    if len(dumped) != 1:
        told = " and ".join(f"<{element.tag}>" for element in dumped) or "no <task>, <job> or <project>"
        raise MalformedError(f"{told} in <meta>", "one that says what was annotated")
    if dumped[0].tag != "project":
        return [_task(dumped[0], root)]
    tasks = list(_counted_on([_task(element, root) for element in dumped[0].findall("tasks/task")]))
    for task_id, count in Counter(task.task_id for task in tasks).items():
        if count > 1:
            raise MalformedError(f"task {task_id!r} {count} times", "each task of the project once")
    return tasks


def _counted_on(tasks: list[Task]) -> Iterator[Task]:
    """Yield a project's tasks with the number of their first frame: every subset counts from 0, over all its tasks."""
    offset, subset = 0, None
    for task in tasks:
        if task.subset != subset:
            offset, subset = 0, task.subset
        yield replace(task, counted_from=offset)
        if task.shown is None:
            raise MalformedError(f"task {task.name!r} without its frames", "size, start_frame and stop_frame")
        offset += task.shown.start + task.shown.step * len(task.shown)


def _task(element: ET.Element, root: ET.Element) -> Task:
    text = {name: (element.findtext(name) or "").strip() for name in ("id", "name", "mode", "subset")}
    is_video = text["mode"] == "interpolation" or (not text["mode"] and root.find("track") is not None)
    is_job = element.tag == "job"
    source = agreed("source", element.findtext("source") or None, root.findtext("meta/source") or None) or ""
    if not source and is_video and not is_job:
        source = text["name"]
    shown = _shown(element)
    sizes = [*element.findall("original_size"), *root.findall("meta/original_size")]
    size = agreed("size", *(size_of(s.findtext("width"), s.findtext("height")) for s in sizes))
    jobs = _jobs(element, shown)
    return Task(text["id"], text["name"], is_video, source, size, shown, jobs, text["subset"], is_job)


def _shown(element: ET.Element) -> range | None:
    """Return the frames that were annotated, checked against their number; None if the file does not say."""
    said = {name: element.findtext(name) for name in ("size", "start_frame", "stop_frame")}
    if not any(said.values()):
        return None
    numbers = {}
    for name, text in said.items():
        numbers[name] = _number(name, text)
    step = 1
    if frame_filter := (element.findtext("frame_filter") or "").strip():
        match = STEP.fullmatch(frame_filter)
        if not match:
            raise MalformedError(f"<frame_filter> {frame_filter!r}", "step=N")
        step = int(match[1])
    frames = range(numbers["start_frame"], numbers["stop_frame"] + 1, step)
    if len(frames) != numbers["size"]:
        told = f"frames {numbers['start_frame']} to {numbers['stop_frame']}" + (f" by {step}" if step > 1 else "")
        raise MalformedError(f"{numbers['size']} frames in <size> and {told}, which are {len(frames)}", "one extent")
    return frames


def _jobs(element: ET.Element, shown: range | None) -> tuple[range, ...]:
    """Return the frames that each job of a task shows, in order; its segments count the task's frames from 0."""
    if shown is None or element.tag == "job":
        return ()
    segments = [
        (_number("start", segment.findtext("start")), _number("stop", segment.findtext("stop")))
        for segment in element.findall("segments/segment")
    ]
    for start, stop in segments:
        if not start <= stop < len(shown):
            found = f"a segment of the frames {start} to {stop}"
            raise MalformedError(found, f"a part of the task's frames 0 to {len(shown) - 1}")
    return tuple(shown[start : stop + 1] for start, stop in sorted(segments))


def _number(name: str, text: str | None) -> int:
    if not text or not re.fullmatch("[0-9]{1,9}", text):
        raise MalformedError(f"<{name}> {text!r}", "a number of frames, or of a frame")
    return int(text)
