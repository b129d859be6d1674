"""Files are written whole or not at all; links in their place are neither followed nor replaced."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from etl.errors import OutputError
from etl.files import json_line, put_beside, remove_unfinished, temporary_folder, whole_file, workplace


def test_a_file_appears_when_it_is_whole_and_replaces_the_earlier(tmp_path: Path):
    for content in ("one", "two"):
        with whole_file(tmp_path / "file") as unfinished:
            unfinished.write_text(content)
        assert (tmp_path / "file").read_text() == content
    with pytest.raises(ZeroDivisionError), whole_file(tmp_path / "file") as unfinished:
        unfinished.write_text("three")
        raise ZeroDivisionError
    assert (tmp_path / "file").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_that_came_meanwhile_stays(tmp_path: Path):
    with pytest.raises(FileExistsError), whole_file(tmp_path / "file", replace=False) as unfinished:
        (tmp_path / "file").write_text("mine")
        unfinished.write_text("other")
    assert (tmp_path / "file").read_text() == "mine"


def test_without_hard_links_a_file_is_moved_to_where_nothing_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    for name in "ab":
        (tmp_path / name).write_text(name)
    put_beside(tmp_path / "a", tmp_path / "c")
    assert (tmp_path / "c").read_text() == "a"
    with pytest.raises(FileExistsError, match="c"):
        put_beside(tmp_path / "b", tmp_path / "c")


@pytest.mark.parametrize("target", ["file", "nothing", "link"])
def test_a_link_is_neither_followed_nor_replaced(tmp_path: Path, target: str):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OutputError, match=f"link is a link to {target}"), whole_file(tmp_path / "link"):
        pass
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "link").is_symlink()


def test_standard_output_is_written_to_wherever_it_goes(tmp_path: Path):
    code = (
        "from pathlib import Path; from etl.files import whole_file\n"
        "with whole_file(Path('/dev/stdout')) as path: path.open('a').write('text')"
    )
    with (tmp_path / "file").open("w") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert (tmp_path / "file").read_text() == "text"


def test_a_disk_among_the_devices_such_as_dev_shm_is_a_disk_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("etl.files._DEVICES", tmp_path)
    file, link = tmp_path / "shm" / "file", tmp_path / "shm" / "link"
    file.parent.mkdir()
    file.write_text("mine")
    link.symlink_to("file")
    with pytest.raises(ZeroDivisionError), whole_file(file) as unfinished:
        unfinished.write_text("half")
        raise ZeroDivisionError
    with pytest.raises(OutputError, match="link is a link to file"), whole_file(link):
        pass
    assert file.read_text() == "mine"


def test_what_is_unfinished_can_be_removed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("etl.files._unfinished", set())  # not what the tests' own process works with
    with workplace(tmp_path) as path:
        path.mkdir()
        (path / "half").touch()
        remove_unfinished()
        assert list(tmp_path.iterdir()) == []


def test_what_was_taken_for_abandoned_before_it_was_locked_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import fcntl

    lock = fcntl.flock
    first: list[Any] = []

    def late(descriptor: int, operation: int) -> None:
        if not first:
            first.extend(tmp_path.iterdir())
            first[0].unlink()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with workplace(tmp_path) as path:
        path.touch()
        assert path.with_name(f"{path.name}.lock") != first[0]
        assert len(list(tmp_path.iterdir())) == 2


def test_a_line_of_json_is_one_line_for_every_reader_and_moves_no_cursor():
    value = {"a": "\u2028\x85\u202e\x9b31m", "é": [1]}
    assert json.loads(json_line(value)) == value
    assert json_line(value).splitlines() == [json_line(value)[:-1]]
    assert json_line(value)[:-1].isprintable()
    assert json_line({"é": "→"}) == '{"é":"→"}\n'


def test_a_temporary_folder_of_a_killed_program_is_cleared_by_the_next_one(tmp_path: Path):
    program = f"""
import os, signal
from pathlib import Path
from etl.files import temporary_folder

with temporary_folder(Path({str(tmp_path)!r})) as folder:
    (folder / "frame").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], check=False)
    assert len(list(tmp_path.iterdir())) == 2
    with temporary_folder(tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {path.name for path in tmp_path.iterdir()} == {folder.name, f"{folder.name}.lock"}
    assert list(tmp_path.iterdir()) == []


def test_nothing_makes_a_temporary_folder_that_no_later_run_would_clear():
    etl = Path(__file__).parents[1] / "etl"
    assert [path.name for path in etl.rglob("*.py") if "TemporaryDirectory" in path.read_text(encoding="utf-8")] == []
