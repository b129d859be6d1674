"""The questions of an export: which clips they are about, and which files of questions are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from evaluating import write_lines

from etl.errors import PredictionError
from etl.evaluation.json_rows import read_json
from etl.evaluation.questions import Questions, check_questions, read_questions

EVENTS = pl.DataFrame({"video_id": ["1"], "event_index": [0], "frame_number": [20], "action": ["contact"]})
WHEN = {"id": "a", "kind": "when", "video_id": "1", "start_frame": 14, "action": "contact", "event_frame": 20}
WHERE = WHEN | {"id": "b", "kind": "where"}


def checked(tmp_path: Path, *items: dict[str, Any]) -> Questions:
    path = write_lines(tmp_path / "qa.json", list(items))
    return check_questions(read_json(path, path.read_text(), 100), EVENTS, path)


def test_a_clip_is_asked_about_once_with_the_kinds_of_its_questions(tmp_path: Path):
    asked = checked(tmp_path, WHERE, WHEN, WHEN | {"id": "c", "start_frame": 12}, WHERE | {"id": "d", "video_id": "2"})
    assert asked.clips.select("video_id", "start_frame", "is_when", "is_where").rows() == [
        ("1", 14, True, True),
        ("1", 12, True, False),
        ("2", 14, False, True),
    ]


@pytest.mark.parametrize(
    ("manifest", "facts"),
    [
        ({"frame_base": 0, "coordinate_system": "pixels"}, (0, "pixels")),
        ({"frame_base": 2, "coordinate_system": 7}, (None, None)),
        ("{", (None, None)),
        (None, (None, None)),
    ],
)
def test_the_manifest_beside_the_questions_says_how_answers_are_to_be_read(
    tmp_path: Path, manifest: object, facts: tuple[object, object]
):
    path = write_lines(tmp_path / "qa.jsonl", WHEN)
    if manifest is not None:
        write_lines(tmp_path / "manifest.json", manifest)
    for place in (path, tmp_path):
        asked = read_questions(place, EVENTS, 100)
        assert (asked.frame_base, asked.coordinates) == facts


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "who"}, '/1/kind: found "who", expected when or where'),
        ({"event_frame": 20.5}, "/1/event_frame: found 20.5, expected the number of a frame"),
        ({"event_frame": 100_000}, "expected the number of a frame"),
        ({"start_frame": -1}, "/1/start_frame: found -1, expected the number of a frame"),
        ({"id": "a"}, "expected every question once"),
        ({"event_index": 0, "event_frame": 21}, "expected the frame of this event in the warehouse"),
        ({"event_index": 7}, "expected the frame of this event in the warehouse"),
        ({"event_index": 0, "action": "release"}, "expected the event's action"),
    ],
)
def test_a_question_that_contradicts_itself_or_the_warehouse_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
):
    assert len(checked(tmp_path, WHEN, WHERE | {"event_index": 0}).clips) == 1
    with pytest.raises(PredictionError) as refused:
        checked(tmp_path, WHEN, WHERE | change)
    assert message in "\n".join(map(str, refused.value.problems))
