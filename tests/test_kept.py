"""What takes long to make is made once, and what is kept is used only where it is whole and the user's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.kept import kept

CONTENT = "é\n".encode() * 100


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take a folder of this test's for the cache; return the names of what is made from now on."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return []


def ask(made: list[str], name: str = "thing") -> bytes:
    def make() -> bytes:
        made.append(name)
        return CONTENT + name.encode()

    content = kept(name, make)
    assert content == CONTENT + name.encode()
    return content


def file_of(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "cache" / "contact-release").iterdir()
    return path


def test_a_thing_is_made_once_for_each_name(made: list[str]) -> None:
    for name in ("one", "other", "one", "other"):
        ask(made, name)
    assert made == ["one", "other"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"thing", b"think"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [cut, change, empty, pipe])
def test_what_is_not_whole_is_made_anew(damage: Callable[[Path], None], made: list[str], tmp_path: Path) -> None:
    ask(made)
    damage(file_of(tmp_path))
    ask(made)
    assert len(made) == 2
    ask(made)
    assert len(made) == 2, "and is kept again"


def test_what_belongs_to_somebody_else_is_made_anew(
    made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(made)
    owner = file_of(tmp_path).stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    ask(made)
    assert len(made) == 2


def test_where_nothing_can_be_kept_it_is_made_each_time(made: list[str], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    ask(made)
    ask(made)
    assert len(made) == 2


def test_for_a_user_without_a_home_it_is_made_each_time(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    ask(made)
    ask(made)
    assert len(made) == 2
