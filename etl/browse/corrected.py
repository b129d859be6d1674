"""The labels as they are now: the warehouse's, with the decisions of the corrections file applied."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from etl.browse.library import EVENTS
from etl.corrections.log import CorrectedLabels, Decision, Label, append_decision, fault_of, read_decisions
from etl.errors import AnnotationError, Problem

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse

__all__ = ["Corrected"]


class Corrected:
    """The only place where decisions are made. `path` None: nothing can be corrected.

    A decision is on disk before it is applied here, and is applied here before anybody is told.
    """

    def __init__(self, warehouse: Warehouse, path: Path | None) -> None:
        """Read the decisions so far. Raises AnnotationError if they are for another release, or damaged."""
        self.path = path
        self._lock = threading.Lock()
        self._known = {row[0] for row in warehouse.query("select video_id from videos").fetchall()}
        events: dict[str, list[tuple[int, Label]]] = {}
        for video_id, index, *label in warehouse.query(EVENTS).fetchall():
            events.setdefault(video_id, []).append((index, Label(*label)))
        self._labels = CorrectedLabels(events)
        self.decisions: list[Decision] = read_decisions(path) if path else []
        for number, decision in enumerate(self.decisions, 1):
            self._carry_out(decision, number)

    def decide(self, content: bytes, by: str) -> Decision:
        """Record a decision that the page sent: it is on disk when this returns.

        Raises:
            StaleError: the event has changed since the decision was made.
            ValueError: it is not a decision about an event of this warehouse.
            OutputError: it cannot be written; then nothing has changed.
        """
        try:
            decision = msgspec.json.decode(content, type=Decision)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(str(error)) from error
        if fault := fault_of(decision):
            raise ValueError(fault)
        if self.path is None or decision.video_id not in self._known:
            raise ValueError("nothing can be corrected" if self.path is None else "no video of this warehouse")
        with self._lock:
            self._labels.of_video(decision.video_id).carry_out(decision)  # refuses a stale one before it is written
            stamped = append_decision(self.path, msgspec.structs.replace(decision, by=by))
            self._labels.carry_out(stamped)
            self.decisions.append(stamped)
            return stamped

    def told(self, video_id: str | None = None) -> dict[str, Any]:
        """Return the decisions and, for the videos that they concern, the events as they are now."""
        with self._lock:
            decisions = [one for one in self.decisions if video_id in (None, one.video_id)]
            videos = dict.fromkeys(one.video_id for one in decisions)
            events = {
                one: [[index, *msgspec.structs.astuple(label)] for index, label in self._labels.events.get(one, ())]
                for one in videos
            }
            return {"decisions": msgspec.to_builtins(decisions), "events": events, "path": str(self.path or "")}

    def _carry_out(self, decision: Decision, number: int) -> None:
        from etl.corrections.log import StaleError

        try:
            if decision.video_id not in self._known:
                raise StaleError(decision, None)
            self._labels.carry_out(decision)
        except StaleError as error:
            problem = Problem(
                str(self.path),
                f"line {number}",
                f"a decision about another state of video {decision.video_id}",
                "decisions about this warehouse's release",
            )
            raise AnnotationError("The corrections are for other labels than this warehouse's", [problem]) from error
