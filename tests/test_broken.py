"""Broken annotation files, one folder for each mistake, and the exact message of each (see `broken/README.md`)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

BROKEN = Path(__file__).resolve().parent / "broken"
MISTAKES = sorted(path.name for path in BROKEN.iterdir() if path.is_dir() and path.name != "sound")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lay_out(case: str, folder: Path) -> None:
    """Write the five annotation files of a case: those it has, the sound ones else, none that it lists as missing."""
    shutil.copytree(BROKEN / "sound", folder)
    for path in (BROKEN / case).glob("*.json"):
        shutil.copyfile(path, folder / path.name)
    missing = BROKEN / case / "missing.txt"
    for name in missing.read_text().split() if missing.exists() else ():
        (folder / name).unlink()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_gets_its_message_and_nothing_is_written(
    mistake: str, here: Path, contact_release: Callable[..., tuple[int, str, str]]
) -> None:
    lay_out(mistake, here / "metadata")
    status, out, err = contact_release("build", "--quiet")
    assert err == (BROKEN / mistake / "expected.txt").read_text(encoding="utf-8")
    assert (status, out) == (1, "")
    assert [path.name for path in here.iterdir()] == ["metadata"]


def test_the_sound_files_build_without_a_word(here: Path, contact_release: Callable[..., tuple[int, str, str]]) -> None:
    lay_out("sound", here / "metadata")
    status, _, err = contact_release("build", "--quiet")
    assert (status, err) == (0, "")
    assert (here / "warehouse" / "events.parquet").exists()
