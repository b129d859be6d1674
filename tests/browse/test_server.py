"""The server of the page: who may ask, what is shown, and that a decision is on the disk before it is confirmed."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

import etl
from etl.browse import library
from etl.browse.app import Shelf, make_app
from etl.browse.corrected import Corrected
from etl.browse.guard import MAX_BODY_BYTES, cookie_name
from etl.browse.library import Library
from etl.browse.pictures import Pictures
from etl.browse.queue import Queue
from etl.corrections.log import read_decisions
from etl.dataset.sample import sample_videos
from etl.dataset.sample.rendering import write_clips
from etl.views import load_views
from etl.warehouse.open import open_warehouse

TOKEN = "token-of-the-test"
HOST = "127.0.0.1:8560"
ORIGIN = f"http://{HOST}"
VIDEO = sample_videos()[7]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browse")
    etl.build(sample=True, warehouse=folder / "warehouse")
    write_clips(folder / "videos")
    (folder / "some").mkdir()
    for video in (VIDEO, sample_videos()[0]):
        (folder / "some" / f"{video.video_id}.webm").symlink_to(folder / "videos" / f"{video.video_id}.webm")
    return folder


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> Iterator[TestClient]:
    with open_warehouse(folder / "warehouse") as warehouse:
        shelf = Shelf(
            library=Library(warehouse),
            pictures=Pictures(warehouse, tmp_path / "frames", folder / "videos"),
            corrected=Corrected(warehouse, tmp_path / "corrections.jsonl"),
            queue=Queue(warehouse, None),
            predictions=[],
            warehouse="warehouse",
        )
        app = make_app(shelf, token=TOKEN, hosts=frozenset(["127.0.0.1", "localhost", "[::1]"]))
        yield TestClient(app, base_url=ORIGIN, cookies={cookie_name(HOST): TOKEN}, headers={"Origin": ORIGIN})
        shelf.library.close()
        shelf.pictures.close()


def move(frame: int = 9, **changes: Any) -> dict[str, Any]:
    event = VIDEO.events[0]
    before = {
        "action": event.action,
        "agent": event.agent,
        "frame_number": event.frame_number,
        "point_x": event.point_x,
        "point_y": event.point_y,
    }
    decision = {
        "video_id": VIDEO.video_id,
        "event_index": 0,
        "op": "move",
        "before": before,
        "after": {**before, "frame_number": frame},
    }
    return decision | changes


def test_the_address_gives_the_cookie_and_nothing_else_does(client: TestClient):
    client.cookies.clear()
    for path in ("/", "/api/labels", "/page/main.js", "/?token=wrong", f"/api/labels?token={TOKEN}", "/?token="):
        assert client.get(path).status_code == 403, path
    answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert client.get("/api/labels").status_code == 200


FOREIGN = [
    "example.org",
    "example.org:8560",
    "127.0.0.1.example.org",
    "localhost.example.org:8560",
    "127.0.0.1:1:2",
    "[::1",
    "",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_that_is_not_this_machines_is_refused(client: TestClient, host: str):
    assert client.get("/api/labels", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "[::1]", "127.0.0.1"])
def test_an_address_without_a_port_is_that_of_port_80(host: str):
    assert cookie_name(host) == cookie_name(f"{host}:80") == "contact_release_80"


def test_another_port_may_lead_here_over_ssh_and_keeps_a_cookie_of_its_own(client: TestClient):
    for host in ("127.0.0.1:9000", "localhost:9000", "[::1]:9000"):
        client.cookies.clear()
        answer = client.get(f"/?token={TOKEN}", headers={"Host": host}, follow_redirects=False)
        assert answer.headers["set-cookie"].startswith(f"contact_release_9000={TOKEN};")
        given = {"Host": host, "Cookie": f"contact_release_9000={TOKEN}; contact_release_8560=of-another"}
        assert client.get("/api/labels", headers=given).status_code == 200
        assert client.post("/api/decide", json=move(frame=1), headers={**given, "Origin": ORIGIN}).status_code == 403
        assert (
            client.post("/api/decide", json=move(op="x"), headers={**given, "Origin": f"http://{host}"}).status_code
            == 400
        )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.org"},
        {"Origin": "null"},
        {"Origin": f"https://{HOST}"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Content-Type": "text/plain"},
    ],
)
def test_another_page_changes_nothing(client: TestClient, tmp_path: Path, headers: dict[str, str]):
    given = {"Content-Type": "application/json", **headers}
    answer = client.post("/api/decide", content=json.dumps(move()), headers=given)
    assert answer.status_code in (403, 415)
    assert not (tmp_path / "corrections.jsonl").exists()
    del client.headers["Origin"]
    assert client.post("/api/decide", json=move()).status_code == 403


def test_a_long_body_is_refused_before_it_is_read(client: TestClient):
    content = b'"' + b"x" * (MAX_BODY_BYTES + 1) + b'"'
    headers = {"Content-Type": "application/json"}
    assert client.post("/api/decide", content=content, headers=headers).status_code == 413
    assert client.post("/api/decide", content=iter([b"{}"]), headers=headers).status_code == 413


def test_every_answer_forbids_what_the_page_does_not_need(client: TestClient):
    for path in ("/", "/page/main.js", "/api/labels", "/nothing", "/frame/900001/0.jpg"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/page/..%2f__init__.py",
        "/page/../app.py",
        "/page/index.html",
        "/page/%2e%2e/app.py",
        "/frame/..%2f..%2fetc/0.jpg",
        "/frame/..%2f900001/0.jpg",
        "/frame/900001/-1.jpg",
        "/frame/900001/x.jpg",
        "/frame/%00/0.jpg",
        "/frame/'><b>/0.jpg",
        "/api/video/..",
        "/api/video/%3Cscript%3E",
        "/api/list/events",
        "/api/list/x;drop",
    ],
)
def test_no_other_file_is_reached(client: TestClient, path: str):
    answer = client.get(path)
    assert answer.status_code in (400, 404), answer.text
    assert "root:" not in answer.text
    assert "import" not in answer.text


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
