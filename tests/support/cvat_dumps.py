"""Files as a CVAT 2 server dumps them: of tasks, of jobs, of projects. Written after the structure that it publishes.

A server writes what an export has not: who made the task, its segments, `occluded`, `z_order`, the interpolated points
of a track that nobody closed, and a `finishing` point that lies outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 100, 60


@dataclass(frozen=True)
class Dumped:
    """One track of a dump: an event at `frame`, and how many frames the track lasts (to the end where it is open)."""

    label: str
    frame: int
    x: float
    y: float
    agent: str | None = "hand-object"
    event_index: int | None = None
    lasts: int = 1
    is_closed: bool = True


def task_meta(
    tag: str,
    number: int,
    source: str,
    frames: range,
    *,
    mode: str = "interpolation",
    segments: Sequence[tuple[int, int]] = (),
    subset: str = "default",
) -> str:
    """The element <task> or <job> of a dump on these frames of a video; `segments` count the frames from 0."""
    frame_filter = f"step={frames.step}" if frames.step > 1 else ""
    jobs = "".join(
        f"<segment><id>{n}</id><start>{a}</start><stop>{b}</stop><url>http://localhost:8080/api/jobs/{n}</url></segment>"
        for n, (a, b) in enumerate(segments or [(0, len(frames) - 1)], start=1)
    )
    video = (
        f"<original_size><width>{WIDTH}</width><height>{HEIGHT}</height></original_size><source>{source}</source>"
        if mode == "interpolation"
        else ""
    )
    return (
        f"<{tag}><id>{number}</id><name>check {source}</name><size>{len(frames)}</size><mode>{mode}</mode>"
        f"<overlap>0</overlap><bugtracker></bugtracker><created>2026-03-01 10:00:00+00:00</created>"
        f"<updated>2026-03-01 11:00:00+00:00</updated><subset>{subset}</subset>"
        f"<start_frame>{frames.start}</start_frame><stop_frame>{frames[-1]}</stop_frame>"
        f"<frame_filter>{frame_filter}</frame_filter><segments>{jobs}</segments>"
        f"<owner><username>me</username><email></email></owner><assignee></assignee><labels></labels>{video}</{tag}>"
    )


def track(number: int, event: Dumped, frames: range, *, counted_from: int = 0, task: int | None = None) -> str:
    """One track, with the points between its key frames as a server interpolates them."""
    last = frames[-1] if not event.is_closed else event.frame + (event.lasts - 1) * frames.step
    shown = range(event.frame, last + 1, frames.step)
    points = [_points(n + counted_from, event, keyframe=n == event.frame, outside=False) for n in shown]
    if event.is_closed and last + frames.step <= frames[-1]:
        points.append(_points(last + frames.step + counted_from, event, keyframe=True, outside=True))
    of_task = "" if task is None else f' task_id="{task}" subset="default"'
    return f'<track id="{number}" label="{event.label}" source="manual"{of_task}>{"".join(points)}</track>'


def dump(meta: str, tracks: Iterable[str]) -> str:
    """The whole file."""
    body = "".join(tracks)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta>{meta}'
        f"<dumped>2026-03-01 12:00:00+00:00</dumped></meta>{body}</annotations>\n"
    )


def video_dump(
    source: str,
    frames: range,
    events: Iterable[Dumped],
    *,
    tag: str = "task",
    number: int = 7,
    segments: Sequence[tuple[int, int]] = (),
) -> str:
    """The dump “CVAT for video 1.1” of a task on a video, or of one of its jobs."""
    meta = task_meta(tag, number, source, frames, segments=segments)
    return dump(meta, [track(n, event, frames) for n, event in enumerate(events)])


def project_dump(videos: Iterable[tuple[str, range, Sequence[Dumped]]]) -> str:
    """The dump of a project: its tasks' frames are counted on, by the start and the length of each task before."""
    metas: list[str] = []
    tracks: list[str] = []
    offset = 0
    for number, (source, frames, events) in enumerate(videos, start=11):
        metas.append(task_meta("task", number, source, frames))
        for event in events:
            tracks.append(track(len(tracks), event, frames, counted_from=offset, task=number))
        offset += frames.start + frames.step * len(frames)
    return dump(f"<project><id>3</id><name>check</name><tasks>{''.join(metas)}</tasks></project>", tracks)


def _points(frame: int, event: Dumped, *, keyframe: bool, outside: bool) -> str:
    attributes = "" if event.agent is None else f'<attribute name="agent">{event.agent}</attribute>'
    if event.agent is not None:
        index = "" if event.event_index is None else event.event_index
        attributes += f'<attribute name="event_index">{index}</attribute>'
    return (
        f'<points frame="{frame}" keyframe="{int(keyframe)}" outside="{int(outside)}" occluded="0" '
        f'points="{event.x:.2f},{event.y:.2f}" z_order="0">{attributes}</points>'
    )
