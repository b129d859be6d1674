"""The real annotation files: the published counts, and nothing lost on the way."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import etl

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, real_metadata: Path) -> Path:
    target = tmp_path_factory.mktemp("real") / "warehouse"
    etl.build(real_metadata, target)
    return target


@pytest.fixture(scope="module")
def published(real_metadata: Path) -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = json.loads((real_metadata / "video_events_labels.json").read_text())
    return content


def ask(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with etl.open_warehouse(warehouse) as opened:
        return opened.query(sql).fetchall()


def test_the_tables_have_the_published_counts(warehouse: Path):
    counts = {
        table: ask(warehouse, f"select count(*) from {table}")[0][0] for table in ("events", "videos", "templates")
    }
    assert counts == {"events": 24_222, "videos": 10_130, "templates": 91}
    assert ask(warehouse, "select split, count(*) from splits group by split order by split") == [
        ("test", 996),
        ("train", 8_595),
        ("validation", 500),
    ]
    assert ask(warehouse, "select count(*) from videos anti join splits using (video_id)") == [(39,)]
    assert ask(warehouse, "select count(*) from events anti join splits using (video_id)") == [(159,)]


def test_actions_and_agents_have_the_published_counts(warehouse: Path):
    assert ask(warehouse, "select action, count(*) from events group by action order by action") == [
        ("contact", 13_816),
        ("release", 10_406),
    ]
    assert ask(warehouse, "select agent, count(*) from events group by agent order by agent") == [
        ("hand-object", 12_550),
        ("object-object", 5_653),
        ("object-surface", 6_019),
    ]


def test_the_numbers_span_the_published_ranges(warehouse: Path):
    ends = ", ".join(f"min({column}), max({column})" for column in ("frame_number", "point_x", "point_y"))
    assert ask(warehouse, f"select {ends} from events") == [(0, 72, 3, 424, 0, 239)]
    assert ask(warehouse, "select count(*) from events where frame_number = 0") == [(233,)]


def test_json_to_warehouse_to_json_gives_back_every_event_in_order_as_integers(
    warehouse: Path, published: dict[str, list[dict[str, Any]]]
):
    rebuilt: dict[str, list[dict[str, Any]]] = {}
    columns = "video_id, event_index, action, agent, frame_number, point_x, point_y"
    for video_id, index, action, agent, frame, x, y in ask(warehouse, f"select {columns} from events"):
        events = rebuilt.setdefault(video_id, [])
        assert index == len(events)
        assert all(type(number) is int for number in (frame, x, y))
        events.append({"action": action, "agent": agent, "frameNumber": frame, "pointX": x, "pointY": y})
    assert rebuilt == published
    assert list(rebuilt) == sorted(published, key=int)


def test_templates_and_splits_come_back_as_published(warehouse: Path, real_metadata: Path):
    templates = json.loads((real_metadata / "template_to_video_ids_map.json").read_text())
    assert [template for (template,) in ask(warehouse, "select template from templates order by template_id")] == list(
        templates
    )
    found = ask(warehouse, "select template, video_id from videos join templates using (template_id)")
    assert Counter(found) == Counter((template, video_id) for template, ids in templates.items() for video_id in ids)
    for split in ("train", "validation", "test"):
        ids = json.loads((real_metadata / f"{split}_videos_ids_labeled.json").read_text())
        assert {
            video_id for (video_id,) in ask(warehouse, f"select video_id from splits where split = '{split}'")
        } == set(ids)


def test_the_frame_index_has_every_annotated_frame_once(warehouse: Path, published: dict[str, list[dict[str, Any]]]):
    frames = {(video_id, int(event["frameNumber"])) for video_id, events in published.items() for event in events}
    found = ask(warehouse, "select video_id, frame_number from frame_index")
    assert len(found) == len(frames)
    assert set(found) == frames


def test_the_real_files_pass_every_check_of_level_error(warehouse: Path):
    from etl.warehouse.checks import run_checks

    with etl.open_warehouse(warehouse) as opened:
        failed = [result for result in run_checks(opened) if result.has_failed]
    assert failed == []
