"""The corrections file: one line of JSON per decision, appended; the record of who changed which label, when and why.

A decision is on disk before anybody is told that it was made: it is appended under a lock and synced. A line that was
cut off by a crash was therefore never confirmed; the next append removes only that line. `before` is the event as it
was when the decision was made, so that a decision about another release, or one that another window has overtaken, is
refused.
"""

from __future__ import annotations

import fcntl
import json
import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from etl.errors import AnnotationError, OutputError, Problem
from etl.files import binary_kind, read_file, refuse_repeated
from etl.names import is_video_id
from etl.schema import ACTIONS, AGENTS, MAX_COORDINATE, MAX_FRAME_NUMBER

__all__ = [
    "OPERATIONS",
    "CorrectedLabels",
    "Decision",
    "Label",
    "StaleError",
    "append_decision",
    "fault_of",
    "fault_of_label",
    "read_decisions",
]

OPERATIONS = ("move", "relabel", "add", "remove", "accept")
MAX_NOTE = 2_000
SHOWN = 40  # bytes of a line in an error


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of an event: frames count from 0, the point is in pixels of the original frame."""

    action: str
    agent: str
    frame_number: int
    point_x: int
    point_y: int


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One decision about one event; `event_index` is None for an event that a decision has added.

    An `add` with an index undoes the removal of that event. `before` is the event as it was, None if it is new; `after`
    as it is now, None if it is removed. An `accept` changes nothing: the event was checked and is right; with `after`
    None, that is undone. `at` is the time (UTC, ISO 8601), `by` who decided.
    """

    video_id: str
    event_index: int | None
    op: Literal["move", "relabel", "add", "remove", "accept"]
    before: Label | None
    after: Label | None
    note: str = ""
    at: str = ""
    by: str = ""


class StaleError(Exception):
    """A decision is about an event that has changed since the decision was made."""

    def __init__(self, decision: Decision, found: Label | None) -> None:
        self.decision, self.found = decision, found
        super().__init__(f"video {decision.video_id}: the event has changed since this was decided")


_LINE = msgspec.json.Decoder(Decision)
_BEGINNING = b'{"video_id":'  # of every line


def read_decisions(path: Path, on_cut: Callable[[int], None] = lambda cut_bytes: None) -> list[Decision]:
    """Return the decisions of a corrections file in order; none if there is no file.

    A line at the end that a crash has cut off was never confirmed and is left out: `on_cut` is called with its size in
    bytes. Raises AnnotationError, with the place of each fault, if the file holds anything but decisions.
    """
    try:
        content = read_file(path)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AnnotationError(f"{path} cannot be read: {error.strerror}") from error
    if kind := binary_kind(content):
        raise AnnotationError("Nothing was read from it", [Problem(path.name, "", kind, "decisions as lines of JSON")])
    *lines, last = content.removeprefix(BOM_UTF8).split(b"\n")
    if _is_cut(last):
        on_cut(len(last))
    elif last:
        lines.append(last)
    decisions, problems = [], []
    for number, line in enumerate(lines, 1):
        try:
            decision = _LINE.decode(line)
            if msgspec.json.encode(decision) != line:  # it was edited, perhaps with a repeated key
                json.loads(line, object_pairs_hook=refuse_repeated)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            found = str(error) if line.strip() else "an empty line"
            if (
                line.strip()
                and isinstance(error, msgspec.DecodeError)
                and not isinstance(error, msgspec.ValidationError)
            ):
                found = f"{line[:SHOWN].decode(errors='backslashreplace')!r} ({found})"
            problems.append(Problem(path.name, f"line {number}", found, "a decision as a JSON object"))
            continue
        if fault := fault_of(decision):
            problems.append(Problem(path.name, f"line {number}", fault, "a decision that can be applied"))
        decisions.append(decision)
    if problems:
        raise AnnotationError("Nothing was read from it", problems)
    return decisions


def append_decision(path: Path, decision: Decision) -> Decision:
    """Append a decision and sync it to disk; return it with the time. Raises OutputError if that fails."""
    stamped = msgspec.structs.replace(decision, at=datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            end, is_line_open = _confirmed_size(descriptor)
            line = b"\n" * is_line_open + msgspec.json.encode(stamped) + b"\n"
            try:
                os.ftruncate(descriptor, end)
                written = os.pwrite(descriptor, line, end)
                if written != len(line):
                    raise OSError(28, "No space left on device")
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputError(f"the correction cannot be written to {path}: {error.strerror or error}") from error
    return stamped


def fault_of(decision: Decision) -> str:
    """Return what is wrong with a decision; empty if nothing is."""
    has_before, has_after = decision.before is not None, decision.after is not None
    if not is_video_id(decision.video_id):
        return f"the video id {decision.video_id!r}"
    if decision.event_index is not None and decision.event_index < 0:
        return f"the event index {decision.event_index}"
    if decision.op == "add" and (has_before or not has_after):
        return "an added event that was there before"
    if decision.op != "add" and not has_before:
        return f"the operation {decision.op} without the event as it was before"
    if decision.op in ("move", "relabel") and not has_after:
        return f"the operation {decision.op} without the event as it is after"
    if decision.op == "remove" and has_after:
        return "a removed event that is still there"
    if decision.before and decision.after and (wrong := _fault_of_change(decision.op, decision.before, decision.after)):
        return wrong
    if decision.at and not _is_time(decision.at):
        return f"the time {decision.at!r}"
    if len(decision.note) > MAX_NOTE:
        return f"a note of {len(decision.note):,} characters, more than {MAX_NOTE:,}"
    return next(filter(None, (fault_of_label(label) for label in (decision.before, decision.after))), "")


def _fault_of_change(op: str, before: Label, after: Label) -> str:
    """Return how an operation and its change contradict each other; empty if they agree."""
    is_same_label = (before.action, before.agent) == (after.action, after.agent)
    if op == "move" and not is_same_label:
        return "a moved event with another action or agent, which is a relabelled one"
    if op == "relabel" and is_same_label:
        return "a relabelled event with the same action and agent as before"
    if op == "accept" and before != after:
        return "an accepted event that changed"
    return ""


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


class CorrectedLabels:
    """The labels of some videos with the decisions applied; each event with its index, None for an added one."""

    def __init__(self, events: Mapping[str, Iterable[tuple[int, Label]]]) -> None:
        self.events: dict[str, list[tuple[int | None, Label]]] = {video: list(of) for video, of in events.items()}
        self.accepted: set[tuple[str, int | None, Label]] = set()
        self.removed: set[tuple[str, int]] = set()

    def of_video(self, video_id: str) -> CorrectedLabels:
        """Return a copy with the labels of one video, on which a decision can be tried."""
        copy = CorrectedLabels({})
        copy.events = {video_id: list(self.events.get(video_id, ()))}
        copy.removed = {one for one in self.removed if one[0] == video_id}
        return copy

    def carry_out(self, decision: Decision) -> None:
        """Apply a decision. Raises StaleError if the event is not what it was for the decision."""
        if decision.op == "add":
            self._add(decision)
            return
        listed = self.events.get(decision.video_id, [])
        key = (decision.event_index, decision.before)
        if key not in listed:
            now = next((label for index, label in listed if index == decision.event_index and index is not None), None)
            raise StaleError(decision, now)
        if decision.op == "accept":
            change = self.accepted.add if decision.after else self.accepted.discard
            change((decision.video_id, *key))
        elif decision.after is None:
            listed.remove(key)
            if decision.event_index is not None:
                self.removed.add((decision.video_id, decision.event_index))
        else:
            listed[listed.index(key)] = (decision.event_index, decision.after)

    def _add(self, decision: Decision) -> None:
        listed = self.events.setdefault(decision.video_id, [])
        place = len(listed)
        if decision.event_index is not None:
            key = (decision.video_id, decision.event_index)
            if key not in self.removed:
                raise StaleError(decision, dict(listed).get(decision.event_index))
            self.removed.remove(key)
            place = sum(index is not None and index < decision.event_index for index, _ in listed)
        if decision.after is not None:
            listed.insert(place, (decision.event_index, decision.after))


def fault_of_label(label: Label | None) -> str:
    """Return the value in a label that no event can have; empty if there is none."""
    if label is None:
        return ""
    if label.action not in ACTIONS:
        return f"the action {label.action!r}"
    if label.agent not in AGENTS:
        return f"the agent {label.agent!r}"
    if not 0 <= label.frame_number <= MAX_FRAME_NUMBER:
        return f"the frame {label.frame_number}"
    if not (0 <= label.point_x <= MAX_COORDINATE and 0 <= label.point_y <= MAX_COORDINATE):
        return f"the point ({label.point_x}, {label.point_y})"
    return ""


def _is_cut(line: bytes) -> bool:
    """Tell whether a last line without a line end is the beginning of one of ours, which a crash has cut off.

    A crash may also leave zeros. Anything else is somebody's work: an editor may leave out the last line end.
    """
    begun = line.rstrip(b"\0")
    if not begun:
        return bool(line)
    if not (begun.startswith(_BEGINNING) or _BEGINNING.startswith(begun)) or min(begun) < ord(" "):
        return False
    try:
        msgspec.json.decode(begun)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return True
    return False


def _confirmed_size(descriptor: int) -> tuple[int, bool]:
    """Return where the last whole line of a file ends, and whether only its line end is missing.

    What follows was cut off by a crash and never confirmed. Raises OSError if something else is there.
    """
    size = os.fstat(descriptor).st_size
    tail, position = b"", size
    while position > 0:
        start = max(0, position - 65_536)
        tail = os.pread(descriptor, position - start, start) + tail
        if (found := tail.rfind(b"\n")) >= 0:
            position, tail = start + found + 1, tail[found + 1 :]
            break
        position = start
    if not tail or _is_cut(tail):
        return position, False
    try:
        _LINE.decode(tail)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OSError(f"its last line is not a decision ({error}), and stays as it is") from error
    return size, True
