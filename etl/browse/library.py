"""The page's queries to the warehouse: all labels at once, one video, conditions in SQL, and the quality lists."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Any

from etl.errors import QueryError
from etl.schema import ACTIONS, AGENTS, CELL_PX, NOMINAL_FRAME_RATE, SPLITS, UNASSIGNED
from etl.views import RATINGS, load_views
from etl.warehouse.selection import Selection, select_events

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["EVENTS", "Library"]

TIME_LIMIT_S = 5.0
ROWS_OF_A_LIST = 5_000

EVENTS = """
select video_id, event_index, action, agent, frame_number, point_x, point_y
from events
inner join videos using (video_id)
order by videos.rowid, event_index
"""
VIDEOS = """
select
    labels.video_id,
    labels.template_id,
    labels.split,
    labels.width,
    labels.height,
    videos.frame_count,
    coalesce(saved.frames, 0) as saved_frames,
    coalesce(named.objects, []) as objects
from video_labels as labels
inner join videos using (video_id)
left join (
    select video_id, count(file) as frames from frame_index group by video_id
) as saved using (video_id)
left join (
    select video_id, list(noun order by placeholder_index) as objects from video_objects group by video_id
) as named using (video_id)
order by videos.rowid
"""
FRAMES = """
select frame_number, time_s, file is not null, width, height
from frame_index
where video_id = ?
order by frame_number
"""
PROBLEMS = "select reason, level, detail from extraction_problems where video_id = ? order by level, reason"
BOXES = """
select frame_number, instance, is_hand, category, x1, y1, x2, y2
from boxes
where video_id = ?
order by frame_number, box_index
"""


class Library:
    """The read side of the page. Every method may be called from any thread."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="condition")
        self._lists = {
            view.name: view.question for view in load_views() if view.family == "quality" and view.name not in RATINGS
        }

    def labels(self) -> dict[str, Any]:
        """Return every video with its events, for the gallery and its filters, with words coded as numbers.

        An event is [event_index, action, agent, frame_number, point_x, point_y], a video [video_id, template, split,
        width, height, frame_count, saved frames, objects, events]; words are positions in the other lists. Objects are
        the nouns in SSv2's labels.
        """
        query = self.warehouse.query
        splits = (*SPLITS, UNASSIGNED)
        templates = dict(query("select template_id, template from templates order by template_id").fetchall())
        position = {template_id: number for number, template_id in enumerate(templates)}
        events: dict[str, list[list[int]]] = {}
        for video_id, index, action, agent, *numbers in query(EVENTS).fetchall():
            event = [index, ACTIONS.index(action), AGENTS.index(agent), *numbers]
            events.setdefault(video_id, []).append(event)
        videos = [
            [video_id, position[template_id], splits.index(split), *facts, events.get(video_id, [])]
            for video_id, template_id, split, *facts in query(VIDEOS).fetchall()
        ]
        return {
            "actions": ACTIONS,
            "agents": AGENTS,
            "splits": splits,
            "cell_px": CELL_PX,
            "frame_rate": NOMINAL_FRAME_RATE,
            "templates": list(templates.values()),
            "lists": [{"name": name, "question": question} for name, question in self._lists.items()],
            "videos": videos,
        }

    def video(self, video_id: str) -> dict[str, Any] | None:
        """Return what is known about a video's frames; None if the warehouse has no such video."""
        query = self.warehouse.query
        if not query("select 1 from videos where video_id = ?", [video_id]).fetchall():
            return None
        return {
            "frames": [list(row) for row in query(FRAMES, [video_id]).fetchall()],
            "problems": [list(row) for row in query(PROBLEMS, [video_id]).fetchall()],
            "boxes": [list(row) for row in query(BOXES, [video_id]).fetchall()],
        }

    def find(self, where: str) -> dict[str, list[int]]:
        """Return the events for which an untrusted condition in SQL holds, as indices by video.

        Raises QueryError if it is not a condition, or takes longer than `TIME_LIMIT_S`.
        """
        apart = self.warehouse.apart()  # otherwise, another window's query would be interrupted together with this one
        running = self._pool.submit(_find, apart, where)
        try:
            return running.result(timeout=TIME_LIMIT_S)
        except FutureTimeoutError as error:
            running.cancel()
            apart.interrupt()
            raise QueryError(f"the condition took longer than {TIME_LIMIT_S:g} seconds") from error

    def videos_of_lists(self) -> dict[str, list[str]]:
        """Return the ids of the videos in each quality list."""
        return {
            name: [row[0] for row in self.warehouse.query(f"select distinct video_id from {name}").fetchall()]
            for name in self._lists
        }

    def listed(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a quality list, the worst first: their content, and the video and event they are about.

        Raises QueryError if there is no such list.
        """
        if name not in self._lists:
            raise QueryError(f"there is no list {name!r}")
        answer = self.warehouse.query(f"from {name} limit {ROWS_OF_A_LIST}")
        return [
            {
                "reason": self._lists[name],
                **{column: _shown(value) for column, value in zip(answer.columns, row, strict=True)},
            }
            for row in answer.fetchall()
        ]

    def close(self) -> None:
        """Stop what is running."""
        self.warehouse.interrupt()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _find(warehouse: Warehouse, where: str) -> dict[str, list[int]]:
    events = select_events(warehouse, Selection(where=where))
    found: dict[str, list[int]] = {}
    for video_id, index in zip(events["video_id"].to_pylist(), events["event_index"].to_pylist(), strict=True):
        found.setdefault(video_id, []).append(index)
    return found


def _shown(value: Any) -> Any:
    """Return a value as JSON represents it."""
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else round(value, 6)
    return value if isinstance(value, int | str | bool | None) else re.sub(r"\s+", " ", str(value))
