"""Who may ask the page's server, and what no answer gives away."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import anyio
import pytest
from serving import HOST, ORIGIN, TOKEN, move
from starlette.testclient import TestClient

from etl.browse.guard import MAX_BODY_BYTES, cookie_name


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
    told_twice = headers | {"Content-Length": "2", "Transfer-Encoding": "chunked"}
    assert client.post("/api/decide", content=iter([b"{}"]), headers=told_twice).status_code == 413


def test_a_window_that_is_closed_while_it_sends_is_no_error(client: TestClient):
    async def closed() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    sent: list[MutableMapping[str, Any]] = []
    headers = {
        "host": HOST,
        "origin": ORIGIN,
        "cookie": f"{cookie_name(HOST)}={TOKEN}",
        "content-type": "application/json",
        "content-length": "9",
    }
    scope = {"type": "http", "method": "POST", "path": "/api/decide", "query_string": b""}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    anyio.run(client.app, scope | {"headers": raw}, closed, send)
    assert sent[0]["status"] == 499


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
        f"/page/{'a' * 1000}.js",
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
