"""The script that draws charts is bundled once, and what is kept is used only where it is whole and the user's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import vl_convert

from etl.pages.vega import vega_bundle

bundle = vega_bundle.__wrapped__


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take a folder of this test's for the cache; return a list of the versions that are bundled from now on."""
    versions: list[str] = []

    def javascript_bundle(snippet: str, vl_version: str) -> str:
        versions.append(vl_version)
        return f"/* {vl_version} </script> é */ {snippet}"

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(vl_convert, "javascript_bundle", javascript_bundle)
    return versions


def kept(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "cache" / "contact-release").iterdir()
    return path


def test_a_script_is_bundled_once_for_each_version(bundled: list[str]) -> None:
    first = bundle("6.1")
    assert "<\\/script" in first and "</script" not in first and "6.4" in bundle("6.4")
    assert bundle("6.1") == first
    assert bundled == ["6.1", "6.4"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def change(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("window", "windov"), encoding="utf-8")


def no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [cut, change, no_text, pipe])
def test_what_is_not_whole_is_bundled_anew(damage: Callable[[Path], None], bundled: list[str], tmp_path: Path) -> None:
    first = bundle("6.1")
    damage(kept(tmp_path))
    assert bundle("6.1") == first
    assert bundled == ["6.1", "6.1"]


def test_what_belongs_to_somebody_else_is_bundled_anew(
    bundled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle("6.1")
    monkeypatch.setattr(os, "geteuid", lambda: kept(tmp_path).stat().st_uid + 1)
    bundle("6.1")
    assert bundled == ["6.1", "6.1"]


def test_where_nothing_can_be_kept_the_script_is_bundled_each_time(bundled: list[str], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert bundle("6.1") == bundle("6.1")
    assert bundled == ["6.1", "6.1"]


def test_a_user_without_a_home_has_the_script_bundled_each_time(
    bundled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert bundle("6.1") == bundle("6.1")
    assert bundled == ["6.1", "6.1"]
