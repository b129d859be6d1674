"""The server of the page: what is shown, and that a decision is on the disk before it is confirmed."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from PIL import Image
from serving import VIDEO, move
from starlette.testclient import TestClient

import etl
from etl.browse import library
from etl.browse.library import Library
from etl.browse.pictures import Pictures
from etl.corrections.log import read_decisions
from etl.dataset.sample import sample_videos
from etl.views import load_views


def test_the_labels_are_those_of_the_warehouse(client: TestClient):
    told = client.get("/api/labels").json()
    expected = {
        video.video_id: [
            [index, told["actions"].index(event.action), told["agents"].index(event.agent), *event[2:]]
            for index, event in enumerate(video.events)
        ]
        for video in sample_videos()
    }
    assert {video[0]: video[8] for video in told["videos"]} == expected
    assert [told["templates"][video[1]] for video in told["videos"]] == [video.template for video in sample_videos()]


def test_a_condition_finds_events_and_never_writes_or_runs_on(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    found = client.get("/api/find", params={"where": "action = 'contact' and frame_number = 0"}).json()
    expected: dict[str, list[int]] = {}
    for video in sample_videos():
        for index, event in enumerate(video.events):
            if (event.action, event.frame_number) == ("contact", 0):
                expected.setdefault(video.video_id, []).append(index)
    assert found == expected
    for where in ("true; drop table events", "random() < 1", "(select 1 from read_csv('/etc/passwd')) = 1", "'x'", ")"):
        answer = client.get("/api/find", params={"where": where})
        assert answer.status_code == 400, where
        assert answer.json()["error"]
    monkeypatch.setattr(library, "TIME_LIMIT_S", 0.3)
    endless = client.get("/api/find", params={"where": "(select count(*) from range(1000000000000)) > 0"})
    assert "took longer" in endless.json()["error"]
    assert client.get("/api/labels").status_code == 200


def test_no_list_of_quality_holds_every_event(client: TestClient):
    names = {one["name"] for one in client.get("/api/labels").json()["lists"]}
    views = [view for view in load_views() if view.family == "quality" and "video_id" in dict(view.columns)]
    assert names == {view.name for view in views if not re.match("One row per event(\\.|,| and other)", view.grain)}


def test_a_list_of_quality_is_told_with_its_question(client: TestClient):
    [first, *_] = client.get("/api/list/repeated_actions").json()
    assert first["reason"].endswith("?")
    assert first["video_id"] in {video.video_id for video in sample_videos()}


def test_a_frame_is_the_decoded_one_on_its_pixels(client: TestClient, folder: Path, tmp_path: Path):
    shown = client.get(f"/frame/{VIDEO.video_id}/12.jpg").content
    etl.extract(folder / "some", frames=tmp_path / "frames", warehouse=folder / "warehouse")
    assert shown == (tmp_path / "frames" / VIDEO.video_id / "frame_00012.jpg").read_bytes()
    assert np.asarray(Image.open(io.BytesIO(shown))).shape == (240, VIDEO.scene.width, 3)
    assert client.get(f"/frame/{VIDEO.video_id}/9999.jpg").status_code == 404


def test_a_decision_is_on_the_disk_when_it_is_confirmed(client: TestClient, tmp_path: Path):
    answer = client.post("/api/decide", json=move(frame=VIDEO.events[0].frame_number + 1))
    assert answer.status_code == 200
    [decision] = read_decisions(tmp_path / "corrections.jsonl")
    assert decision.op == "move"
    assert decision.at == answer.json()["decision"]["at"]
    told = client.get("/api/corrections").json()
    assert told["events"][VIDEO.video_id][0][3] == VIDEO.events[0].frame_number + 1
    stale = client.post("/api/decide", json=move(frame=3))
    assert stale.status_code == 409
    assert stale.json()["events"] == told["events"]
    assert len(read_decisions(tmp_path / "corrections.jsonl")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"op": "destroy"},
        {"video_id": "../x"},
        {"video_id": "7"},
        {"event_index": -1},
        {"after": None},
        {"before": None},
        {"after": {"action": "grab", "agent": "hand-object", "frame_number": 1, "point_x": 1, "point_y": 1}},
        {"note": "x" * 5000},
        {"extra": 1},
    ],
)
def test_what_is_no_decision_is_refused(client: TestClient, tmp_path: Path, changes: dict[str, Any]):
    assert client.post("/api/decide", json=move(**changes)).status_code == 400
    assert not (tmp_path / "corrections.jsonl").exists()


def test_a_decision_that_cannot_be_written_is_not_taken(client: TestClient, tmp_path: Path):
    (tmp_path / "corrections.jsonl").mkdir()
    assert client.post("/api/decide", json=move(frame=1)).status_code == 507
    assert client.get("/api/corrections").json()["decisions"] == []


def test_who_asks_while_the_server_ends_is_told_so(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: Any) -> None:
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")

    monkeypatch.setattr(Library, "video", interrupted)
    monkeypatch.setattr(Pictures, "jpeg", interrupted)
    for path in ("/api/video/900001", "/frame/900001/0.jpg"):
        answer = client.get(path)
        assert (answer.status_code, "is ending" in answer.text) == (503, True)


def test_the_page_has_its_charts_without_the_extra_of_the_report():
    script = (
        "import sys\n"
        "sys.modules['altair'] = sys.modules['jinja2'] = None\n"
        "import etl.browse.serve, etl.browse.app\n"
        "from etl.pages.vega import vega_bundle\n"
        "assert 'window.vegaEmbed' in vega_bundle()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
