"""`fetch`: the licence first, every byte checked, all five files or none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from web import Answer, served, serving

import etl.dataset.fetch
from etl.cli import command_line
from etl.dataset.fetch import fetch_annotations
from etl.dataset.released import CHECKSUMS, LICENCE_ADDRESS, LICENCE_NAME
from etl.dataset.sample import sample_files
from etl.errors import DownloadError, OutputError

FILES = sample_files()
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
ANSWERS: dict[str, Answer] = {f"/{name}": serving(content) for name, content in FILES.items()}
LAST = "test_videos_ids_labeled.json"


def test_the_five_files_are_put_in_place(tmp_path: Path):
    folder = tmp_path / "new" / "metadata"
    lines: list[str] = []
    with served(ANSWERS) as (address, asked):
        downloaded = fetch_annotations(folder, report=lines.append, address=address, checksums=SUMS)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert [path.name for path in downloaded] == list(SUMS)
    assert asked == [f"/{name}" for name in SUMS]
    name = "video_events_labels.json"
    assert lines[0] == f"{folder}/{name}: downloaded, {len(FILES[name]):,} bytes, SHA-256 as expected"


def test_files_that_are_there_and_right_are_kept_and_not_asked_for(tmp_path: Path):
    (tmp_path / LAST).write_bytes(FILES[LAST])
    before = (tmp_path / LAST).stat().st_mtime_ns
    lines: list[str] = []
    with served(ANSWERS) as (address, asked):
        fetch_annotations(tmp_path, report=lines.append, address=address, checksums=SUMS)
        assert f"/{LAST}" not in asked
        assert len(asked) == 4
        assert fetch_annotations(tmp_path, address=address, checksums=SUMS) == []
        assert len(asked) == 4
    assert f"{tmp_path}/{LAST}: already there, and correct" in lines
    assert (tmp_path / LAST).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (serving(b'["900001"]'), "not the released file: its SHA-256 is "),
        (serving(FILES[LAST][:-1]), "not the released file: its SHA-256 is "),
        (serving(FILES[LAST] + b"\n"), "not the released file: its SHA-256 is "),
        (serving(FILES[LAST][:50], announced=len(FILES[LAST])), "cut off after 50 of 133 bytes"),
        (serving(b"gone", status=404), "404"),
        (serving(b"x", announced=10**10), "larger than the 16,000,000 bytes allowed"),
        (serving(b"", status=302, location="file:///etc/passwd"), "is not an http:// or https:// address"),
    ],
    ids=["wrong", "short", "long", "cut", "missing", "large", "redirect to a file"],
)
def test_one_bad_file_leaves_nothing_behind(tmp_path: Path, answer: Answer, message: str):
    with (
        served({**ANSWERS, f"/{LAST}": answer}) as (address, _),
        pytest.raises(DownloadError, match=f"{LAST}: .*{message}"),
    ):
        fetch_annotations(tmp_path / "metadata", address=address, checksums=SUMS)

    assert list(tmp_path.rglob("*")) == []


def test_a_file_of_that_name_with_other_content_is_never_overwritten(tmp_path: Path):
    mine = tmp_path / LAST
    mine.write_text("[]")
    with (
        served(ANSWERS) as (address, asked),
        pytest.raises(OutputError, match=r"is not the released file .* and is not overwritten; move it away"),
    ):
        fetch_annotations(tmp_path, address=address, checksums=SUMS)

    assert asked == []
    assert [path.read_text() for path in tmp_path.iterdir()] == ["[]"]


def test_a_place_that_the_next_build_clears_is_refused_before_anything_is_asked_for(tmp_path: Path):
    with served(ANSWERS) as (address, asked), pytest.raises(OutputError, match="which the next build"):
        fetch_annotations(tmp_path / ".builds" / "metadata", address=address, checksums=SUMS)
    assert asked == []


def test_a_disk_that_fails_midway_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def failing(unfinished: Path, path: Path) -> None:
        if path.name == LAST:
            raise OSError(28, "No space left on device")
        unfinished.rename(path)

    monkeypatch.setattr(etl.dataset.fetch, "put_beside", failing)
    with served(ANSWERS) as (address, _), pytest.raises(OSError, match="No space left"):
        fetch_annotations(tmp_path, address=address, checksums=SUMS)
    assert list(tmp_path.iterdir()) == []


def test_without_consent_the_licence_is_shown_and_nothing_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.dataset.fetch, "download", lambda *_, **__: pytest.fail("asked for without consent"))
    result = CliRunner().invoke(command_line, ["fetch", str(tmp_path)])
    assert LICENCE_NAME in result.stderr
    assert LICENCE_ADDRESS in result.stderr
    assert isinstance(result.exception, DownloadError)
    assert str(result.exception).endswith(f"contact-release fetch {tmp_path} --accept-license")
    assert list(tmp_path.iterdir()) == []


def test_with_consent_the_licence_is_shown_before_anything_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    shown: list[str] = []

    def stop(address: str, **_: object) -> bytes:
        shown.append(capsys.readouterr().err)
        raise DownloadError(address)

    monkeypatch.setattr(etl.dataset.fetch, "download", stop)
    with pytest.raises(DownloadError, match=r"raw\.githubusercontent\.com/hararid/.*/metadata/video_events"):
        command_line.main(["fetch", str(tmp_path), "--accept-license"], standalone_mode=False)
    assert LICENCE_NAME in shown[0]


@pytest.mark.real_data
def test_the_checksums_are_those_of_the_released_files(real_metadata: Path):
    found = {name: hashlib.sha256((real_metadata / name).read_bytes()).hexdigest() for name in CHECKSUMS}
    assert found == CHECKSUMS


@pytest.mark.real_data
def test_the_released_files_pass_when_they_are_served(real_metadata: Path, tmp_path: Path):
    answers = {f"/{name}": serving((real_metadata / name).read_bytes()) for name in CHECKSUMS}
    with served(answers) as (address, _):
        fetch_annotations(tmp_path, address=address)
    assert {path.name for path in tmp_path.iterdir()} == set(CHECKSUMS)
