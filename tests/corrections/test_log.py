"""The corrections file: every confirmed decision stays, a line cut off by a crash never spoils another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.corrections.log import (
    CorrectedLabels,
    Decision,
    Label,
    StaleError,
    append_decision,
    fault_of_label,
    read_decisions,
)
from etl.errors import AnnotationError, OutputError
from etl.schema import MAX_COORDINATE, MAX_FRAME_NUMBER

BEFORE = Label("contact", "hand-object", 5, 10, 20)
AFTER = Label("contact", "hand-object", 7, 10, 20)
LABEL = {"action": "contact", "agent": "hand-object", "frame_number": 5, "point_x": 10, "point_y": 20}
MOVE = Decision("7", 0, "move", BEFORE, AFTER)


def test_what_is_appended_is_read_in_its_order(tmp_path: Path):
    path = tmp_path / "c.jsonl"
    assert read_decisions(path) == []
    first = append_decision(path, MOVE)
    second = append_decision(path, Decision("7", None, "add", None, BEFORE, note='"\n<b>'))
    assert read_decisions(path) == [first, second]
    assert first.at.endswith("+00:00")


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_that_was_cut_off_is_left_out_and_removed_by_the_next_append(tmp_path: Path, cut: int):
    path = tmp_path / "c.jsonl"
    first = append_decision(path, MOVE)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:cut])
    assert read_decisions(path) == [first]
    second = append_decision(path, MOVE)
    assert read_decisions(path) == [first, second]


def test_zeros_that_a_crash_has_left_are_a_line_that_was_cut_off(tmp_path: Path):
    path = tmp_path / "c.jsonl"
    first = append_decision(path, MOVE)
    whole = path.read_bytes()
    for left in (bytes(9), whole[:20] + bytes(9)):
        path.write_bytes(whole + left)
        assert read_decisions(path) == [first]
        second = append_decision(path, MOVE)
        assert read_decisions(path) == [first, second]


@pytest.mark.parametrize(
    "content",
    [
        b"my notes",
        b"\x89PNG\r\x1a\x00",
        msgspec.json.encode(MOVE) + b"\r" + msgspec.json.encode(MOVE) + b"\r",
        msgspec.json.encode(MOVE).decode().encode("utf-16"),
        b"[" + msgspec.json.encode(MOVE) + b"]",
        msgspec.json.encode(MOVE) + b"\nmy notes",
    ],
    ids=["text", "binary", "CR", "UTF-16", "array", "text behind"],
)
def test_what_is_no_beginning_of_a_decision_is_refused_and_never_removed(tmp_path: Path, content: bytes):
    path = tmp_path / "c.jsonl"
    path.write_bytes(content)
    with pytest.raises(AnnotationError):
        read_decisions(path)
    with pytest.raises(OutputError, match="its last line is not a decision"):
        append_decision(path, MOVE)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "line 1"),
        (msgspec.json.encode(MOVE).decode().replace('"after"', '"before":null,"after"'), "'before' is repeated"),
        (" ", "found an empty line"),
        (
            json.dumps(
                {"video_id": "7", "event_index": 0, "op": "accept", "before": LABEL, "after": LABEL, "at": "now"}
            ),
            "found the time 'now'",
        ),
        ('{"video_id": "7"}', "missing required field"),
        (json.dumps({"video_id": "../7", "event_index": None, "op": "add", "before": None, "after": None}), "video id"),
        (
            json.dumps({"video_id": "7", "event_index": 0, "op": "remove", "before": None, "after": None}),
            "without the event",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, line: str, expected: str):
    (tmp_path / "c.jsonl").write_text(line + "\n")
    with pytest.raises(AnnotationError) as caught:
        read_decisions(tmp_path / "c.jsonl")
    assert str(caught.value.problems[0]).startswith("c.jsonl line 1")
    assert expected in str(caught.value.problems[0])


def test_a_link_is_not_followed(tmp_path: Path):
    (tmp_path / "victim").write_text("mine\n")
    (tmp_path / "c.jsonl").symlink_to(tmp_path / "victim")
    with pytest.raises(Exception, match="cannot be written"):
        append_decision(tmp_path / "c.jsonl", MOVE)
    assert (tmp_path / "victim").read_text() == "mine\n"


def test_decisions_are_carried_out_one_after_another():
    labels = CorrectedLabels({"7": [(0, BEFORE), (1, AFTER)]})
    labels.carry_out(MOVE)
    with pytest.raises(StaleError):
        labels.carry_out(MOVE)
    labels.carry_out(Decision("7", 1, "remove", AFTER, None))
    labels.carry_out(Decision("7", None, "add", None, BEFORE))
    labels.carry_out(Decision("7", None, "relabel", BEFORE, Label("release", "hand-object", 5, 10, 20)))
    assert labels.events["7"] == [(0, AFTER), (None, Label("release", "hand-object", 5, 10, 20))]
    labels.carry_out(Decision("7", 1, "add", None, AFTER))  # it was removed
    assert labels.events["7"] == [(0, AFTER), (1, AFTER), (None, Label("release", "hand-object", 5, 10, 20))]
    for index in (0, 1, 5):
        with pytest.raises(StaleError):
            labels.carry_out(Decision("7", index, "add", None, AFTER))
    labels.carry_out(Decision("7", 0, "accept", AFTER, AFTER))
    assert labels.accepted == {("7", 0, AFTER)}
    labels.carry_out(Decision("7", 0, "accept", AFTER, None))
    assert labels.accepted == set()


APPEND = """
import sys
from pathlib import Path
from etl.corrections.log import Decision, Label, append_decision
label = Label("contact", "hand-object", 5, 10, 20)
for number in range(10_000):
    append_decision(Path(sys.argv[1]), Decision("7", number, "accept", label, label))
    print(number, flush=True)
"""


def test_what_was_confirmed_survives_a_kill(tmp_path: Path):
    path = tmp_path / "c.jsonl"
    for run in range(5):
        with subprocess.Popen([sys.executable, "-c", APPEND, str(path)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            confirmed = [process.stdout.readline() for _ in range(3 + run)]
            time.sleep(0.003 * run)
            os.kill(process.pid, signal.SIGKILL)
            confirmed += process.stdout.read().splitlines()
        whole = [line for line in confirmed if line.strip().isdigit()]
        known = {decision.event_index for decision in read_decisions(path)}
        assert {int(line) for line in whole} <= known


RIGHT = Label("contact", "hand-object", 0, 0, 0)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, ""),
        ({"frame_number": MAX_FRAME_NUMBER, "point_x": MAX_COORDINATE, "point_y": MAX_COORDINATE}, ""),
        ({"action": "grab"}, "the action 'grab'"),
        ({"agent": "foot"}, "the agent 'foot'"),
        ({"frame_number": -1}, "the frame -1"),
        ({"frame_number": MAX_FRAME_NUMBER + 1}, "the frame 100000"),
        ({"point_x": -1}, "the point (-1, 0)"),
        ({"point_y": -1}, "the point (0, -1)"),
        ({"point_x": MAX_COORDINATE + 1}, "the point (65536, 0)"),
        ({"point_y": MAX_COORDINATE + 1}, "the point (0, 65536)"),
    ],
)
def test_a_label_that_no_event_can_have_is_told_by_what_is_wrong_with_it(changes: dict[str, Any], fault: str):
    assert fault_of_label(msgspec.structs.replace(RIGHT, **changes)) == fault
    assert fault_of_label(None) == ""


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<<<<<<< ours\n", r"line 1: found '<<<<<<< ours' \(JSON is malformed"),
        (b"\x1f\x8b\n", "c.jsonl: found a gzip file, expected decisions as lines of JSON"),
    ],
)
def test_what_a_line_holds_instead_of_a_decision_is_shown(tmp_path: Path, content: bytes, found: str):
    (tmp_path / "c.jsonl").write_bytes(content)
    with pytest.raises(AnnotationError, match=found):
        read_decisions(tmp_path / "c.jsonl")


def test_a_byte_order_mark_is_no_part_of_a_decision(tmp_path: Path):
    (tmp_path / "c.jsonl").write_bytes(b"\xef\xbb\xbf" + msgspec.json.encode(MOVE) + b"\n")
    assert read_decisions(tmp_path / "c.jsonl") == [MOVE]
