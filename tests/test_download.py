"""Downloads: bounded, whole, and from http(s) alone."""

from __future__ import annotations

import gzip
import socket
import zlib
from base64 import b64encode
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web import Answer, dribbling, served, serving, serving_without_length

from etl.download import _parsed, download
from etl.errors import DownloadError

CONTENT = bytes(range(256)) * 1000


def get(address: str, *, max_bytes: int = 1_000_000, time_limit_s: float = 10) -> bytes:
    return download(address, max_bytes=max_bytes, time_limit_s=time_limit_s)


@pytest.mark.parametrize("answer", [serving(CONTENT), serving_without_length(CONTENT)])
def test_the_content_arrives_as_it_is(answer: Answer):
    with served({"/file": answer}) as (address, _):
        assert get(f"{address}/file") == CONTENT


def test_an_empty_file_is_empty():
    with served({"/file": serving(b"")}) as (address, _):
        assert get(f"{address}/file") == b""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int):
    answers = {"/old": serving(b"", status=status, location="/a/new"), "/a/new": serving(CONTENT)}
    with served(answers) as (address, asked):
        assert get(f"{address}/old") == CONTENT
        assert asked == ["/old", "/a/new"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "http://[x"])
def test_a_redirect_to_anything_but_http_is_refused(target: str):
    with (
        served({"/old": serving(b"", status=302, location=target)}) as (address, _),
        pytest.raises(DownloadError, match=r"redirects, but .* is not an http:// or https:// address"),
    ):
        get(f"{address}/old")


def test_a_redirect_to_a_file_names_both_addresses():
    with served({"/old": serving(b"", status=302, location="file:///etc/passwd")}) as (address, _):
        with pytest.raises(DownloadError) as caught:
            get(f"{address}/old")
        assert str(caught.value) == (
            f"{address}/old: the server redirects, but 'file:///etc/passwd' is not an http:// or https:// address"
        )


def test_redirects_in_a_circle_end():
    with (
        served({"/a": serving(b"", status=302, location="/a")}) as (address, asked),
        pytest.raises(DownloadError, match="redirects more than 5 times"),
    ):
        get(f"{address}/a")

        assert len(asked) == 6


@pytest.mark.parametrize(
    ("status", "meaning"), [(404, "Not Found"), (403, "Forbidden"), (500, "Internal Server Error")]
)
def test_an_error_of_the_server_is_named(status: int, meaning: str):
    with served({"/file": serving(b"<html>", status=status)}) as (address, _):
        with pytest.raises(DownloadError) as caught:
            get(f"{address}/file")
        assert str(caught.value) == f"{address}/file: the server answered {status} ({meaning})"


def test_a_redirect_that_leads_nowhere_is_an_error():
    with (
        served({"/file": serving(b"", status=302)}) as (address, _),
        pytest.raises(DownloadError, match=r"the server answered 302 \(Found\)"),
    ):
        get(f"{address}/file")


@pytest.mark.parametrize("answer", [serving(CONTENT), serving_without_length(CONTENT)])
def test_more_than_allowed_is_refused(answer: Answer):
    with served({"/file": answer}) as (address, _):
        assert get(f"{address}/file", max_bytes=len(CONTENT)) == CONTENT
        with pytest.raises(DownloadError, match="larger than the 255,999 bytes allowed"):
            get(f"{address}/file", max_bytes=len(CONTENT) - 1)


def test_a_cut_file_is_refused():
    with (
        served({"/file": serving(CONTENT, announced=len(CONTENT) + 1)}) as (address, _),
        pytest.raises(DownloadError, match="cut off after 256,000 of 256,001 bytes"),
    ):
        get(f"{address}/file")


def test_a_cut_file_in_chunks_is_refused():
    def answer(request):
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"ff\r\nabc")

    with served({"/file": answer}) as (address, _), pytest.raises(DownloadError, match="cut off by the server"):
        get(f"{address}/file")


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.0 200 OK\r\nX: ", b"HTTP/1.0 200 OK\r\nContent-Length: 9999\r\n\r\n"],
    ids=["status", "header", "body"],
)
def test_a_server_that_dribbles_is_given_up_at_the_time_limit(head: bytes):
    with (
        served({"/file": dribbling(head, 600)}) as (address, _),
        pytest.raises(DownloadError, match=r"not finished within 0\.3 s"),
    ):
        get(f"{address}/file", time_limit_s=0.3)


def test_a_server_that_says_nothing_is_given_up_at_the_time_limit():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(DownloadError, match=r"not finished within 0\.2 s"),
    ):
        get(f"http://127.0.0.1:{server.getsockname()[1]}/", time_limit_s=0.2)


def test_a_port_that_nobody_listens_on_is_named():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(DownloadError, match=f"http://127.0.0.1:{port}/x: Connection refused"):
        get(f"http://127.0.0.1:{port}/x")


def test_a_server_that_speaks_something_else_is_named():
    with (
        served({"/file": dribbling(b"SSH-2.0-x\r\n", 0)}) as (address, _),
        pytest.raises(DownloadError, match="does not speak HTTP"),
    ):
        get(f"{address}/file")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "metadata/x.json",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "data:text/plain,x",
        "http:///x",
        "http://[::1/x",
        "http://example.org:port/x",
        "http://exam ple.org/",
        "http://example.org/\nHost: x",
        "http://example.org/\x1b[2J",
        "http://ex..ample.org/",
    ],
)
def test_only_whole_http_addresses_are_taken(address: str):
    with pytest.raises(DownloadError, match="is not an http:// or https:// address") as caught:
        get(address)
    assert str(caught.value).isprintable()


def test_a_local_file_is_never_read(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with pytest.raises(DownloadError):
        get(secret.as_uri())


@pytest.mark.parametrize(
    ("said", "asked_for"),
    [
        ("/a b/é.jpg", "/a%20b/%C3%A9.jpg"),
        ("/a%20b/%C3%A9.jpg", "/a%20b/%C3%A9.jpg"),
        ("/x?q=é ü&r=1%2F2#part", "/x?q=%C3%A9%20%C3%BC&r=1%2F2"),
        ("/[x]", "/%5Bx%5D"),
    ],
)
def test_spaces_and_letters_are_encoded_as_browsers_do(said: str, asked_for: str):
    with served({asked_for: serving(CONTENT)}) as (address, asked):
        assert get(f"{address}{said}") == CONTENT
        assert asked == [asked_for]


def test_a_host_in_another_script_is_asked_for_in_its_ascii_form():
    assert _parsed("http://exämple.org:8080/é").url == "http://xn--exmple-cua.org:8080/%C3%A9"
    assert _parsed("http://[::1]:80/x").url == "http://[::1]:80/x"


@pytest.mark.parametrize("target", ["/new é.jpg", "/new%20%C3%A9.jpg"])
def test_a_redirect_to_spaces_and_letters_is_followed(target: str):
    latin = target.encode().decode("latin-1")  # the bytes of UTF-8, as servers send them
    answers = {"/old": serving(b"", status=302, location=latin), "/new%20%C3%A9.jpg": serving(CONTENT)}
    with served(answers) as (address, _):
        assert get(f"{address}/old") == CONTENT


def test_user_and_password_go_to_their_server_only_and_into_no_message():
    seen: list[tuple[str, str | None]] = []

    def answering(location: str) -> Answer:
        def answer(request: BaseHTTPRequestHandler) -> None:
            seen.append((request.path, request.headers.get("Authorization")))
            serving(b"", status=302, location=location)(request)

        return answer

    with served({}) as (other, _):
        elsewhere = answering(f"{other}/elsewhere")
        answers = {"/a": answering("/b"), "/b": elsewhere}
        with served(answers) as (address, _), pytest.raises(DownloadError) as caught:
            get(address.replace("://", "://us%C3%A9r:p%40ss@") + "/a")
    secret = "Basic " + b64encode("usér:p@ss".encode()).decode()
    assert seen == [("/a", secret), ("/b", secret)]
    assert str(caught.value) == f"{other}/elsewhere: the server answered 404 (Not Found)"


@pytest.mark.parametrize("path", ["/missing", "/p@th"])
def test_no_message_shows_a_password(path: str):
    with served({}) as (address, _), pytest.raises(DownloadError) as caught:
        get(address.replace("://", "://user:secret@") + path)
    assert str(caught.value) == f"{address}{path}: the server answered 404 (Not Found)"
    with pytest.raises(DownloadError) as caught:
        get("ftp://user:secret@example.org/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(CONTENT)),
        ("x-gzip", gzip.compress(CONTENT)),
        ("deflate", zlib.compress(CONTENT)),
        ("deflate", zlib.compress(CONTENT)[2:-4]),
        ("identity", CONTENT),
        ("deflate, gzip", gzip.compress(zlib.compress(CONTENT))),
    ],
)
def test_what_was_packed_unasked_is_unpacked(encoding: str, packed: bytes):
    with served({"/file": serving(packed, encoding=encoding)}) as (address, _):
        assert get(f"{address}/file") == CONTENT
        if packed is not CONTENT:
            with pytest.raises(DownloadError, match="larger than the 255,999 bytes allowed"):
                get(f"{address}/file", max_bytes=len(CONTENT) - 1)


@pytest.mark.parametrize(
    ("encoding", "packed", "message"),
    [
        ("br", b"\x0b\x02", "encoded as 'br', expected it unencoded"),
        ("gzip", b"plain", "says gzip, but it cannot be unpacked"),
        ("gzip", gzip.compress(CONTENT)[:-9], "cut off in the middle of what the server encoded as gzip"),
    ],
)
def test_what_cannot_be_unpacked_is_named(encoding: str, packed: bytes, message: str):
    with served({"/file": serving(packed, encoding=encoding)}) as (address, _), pytest.raises(DownloadError) as caught:
        get(f"{address}/file")
    assert message in str(caught.value)


@pytest.mark.parametrize(("status", "meaning"), [(204, "No Content"), (203, "Non-Authoritative Information")])
def test_an_answer_without_the_content_is_no_picture(status: int, meaning: str):
    with served({"/file": serving(b"", status=status)}) as (address, _), pytest.raises(DownloadError) as caught:
        get(f"{address}/file")
    assert str(caught.value) == f"{address}/file: the server answered {status} ({meaning})"
