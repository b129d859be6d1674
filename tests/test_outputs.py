"""Folders are written whole or not at all, and nothing that this program did not write is ever touched."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import etl.outputs
from etl.errors import OutputError
from etl.files import workplace
from etl.outputs import new_folder, require_output


def write(target: Path, content: str = "new", **options: Any) -> None:
    with new_folder(target, "export", **options) as folder:
        (folder / "data").mkdir()
        (folder / "data" / "events.csv").write_text(content)
        (folder / "data" / "frame.jpg").symlink_to("/frames/1/frame_00000.jpg")
        (folder / "empty").mkdir()


def content_of(folder: Path) -> dict[str, object]:
    return {
        str(path.relative_to(folder)): path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A folder that this program has written."""
    write(tmp_path / "out", "old")
    return tmp_path / "out"


def test_a_folder_appears_with_a_manifest_of_what_is_in_it(output: Path):
    manifest = json.loads((output / "manifest.json").read_bytes())
    assert list(manifest["files"]) == ["data/events.csv"]
    assert list(manifest["links"]) == ["data"]
    assert not (output / "empty").exists()
    assert [path.name for path in output.parent.iterdir()] == ["out"]


def test_the_seal_is_the_digest_of_the_whole_manifest_with_sorted_keys(tmp_path: Path):
    output = tmp_path / "out"
    with new_folder(output, "export") as folder:
        (folder / "b ä.txt").write_text("one")
        (folder / "a.txt").write_text("two")
        facts = {"z": [{"b": 1, "a": None}], "empty": {}, "m": {"y": {"x": 1}}}
        (folder / "manifest.json").write_text(json.dumps(facts))
    manifest = json.loads((output / "manifest.json").read_text())
    seal = manifest.pop(etl.outputs.SEAL)
    assert seal == hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    assert list(manifest["files"]) == ["a.txt", "b ä.txt"]


def test_an_earlier_folder_is_replaced_only_when_that_is_asked_for(output: Path):
    with pytest.raises(OutputError, match="holds an export already"):
        write(output)
    write(output, replace=True)
    assert (output / "data" / "events.csv").read_text() == "new"


def plant(output: Path, name: str, make: Callable[[Path], object]) -> None:
    (output / name).parent.mkdir(exist_ok=True)
    make(output / name)


FOREIGN = {
    "a file": ("notes.txt", lambda path: path.write_text("mine")),
    "a changed file": ("data/events.csv", lambda path: path.write_text("own")),
    "a file in a folder of ours": ("data/mine.csv", lambda path: path.touch()),
    "a folder": ("mine", lambda path: path.mkdir()),
    "a link beside ours": ("data/link", lambda path: path.symlink_to("/etc/passwd")),
    "a link to a folder": ("link", lambda path: path.symlink_to("/tmp")),
    "a link in the place of a file": (
        "data/events.csv",
        lambda path: (path.rename(path.parent.parent.parent / "moved"), path.symlink_to("../../moved")),
    ),
    "another link": ("data/frame.jpg", lambda path: (path.unlink(), path.symlink_to("/elsewhere"))),
    "a pipe": ("pipe", os.mkfifo),
    "a changed manifest": ("manifest.json", lambda path: path.write_text(path.read_text().replace("export", "exp0rt"))),
    "no manifest": ("manifest.json", lambda path: path.unlink()),
    "another manifest": ("manifest.json", lambda path: path.write_text('{"exported_by": "me"}')),
    "a manifest that nests deep": ("manifest.json", lambda path: path.write_text("[" * 100_000)),
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("keep", [False, True])
def test_what_was_not_written_by_the_program_stays_and_is_named(output: Path, kind: str, keep: bool):
    name, make = FOREIGN[kind]
    plant(output, name, make)
    before = content_of(output)
    with pytest.raises(OutputError) as error:
        write(output, replace=True, keep=keep)
    assert content_of(output) == before
    assert str(output) in str(error.value)
    if "manifest" not in kind:
        assert name.split("/")[0] in str(error.value)


def test_a_folder_of_another_kind_stays(output: Path):
    with (
        pytest.raises(OutputError, match="holds an export, expected a report or nothing"),
        new_folder(output, "report", replace=True),
    ):
        pass


def test_earlier_files_are_kept_beside_the_new_ones_where_that_is_asked_for(tmp_path: Path):
    for name, content in (("a", "1"), ("b", "2"), ("a", "3")):
        with new_folder(tmp_path / "out", "drawing", keep=True) as folder:
            (folder / name).write_text(content)
    assert [(tmp_path / "out" / name).read_text() for name in "ab"] == ["3", "2"]
    require_output(tmp_path / "out", "drawing", replace=True)


@pytest.mark.parametrize("where", ["in", "in/deeper", ".", "..", "link"])
def test_an_output_that_is_holds_or_lies_within_an_input_is_refused(tmp_path: Path, where: str):
    source = tmp_path / "work" / "in"
    source.mkdir(parents=True)
    (tmp_path / "work" / "link").symlink_to("in")
    with pytest.raises(OutputError, match="is, contains or lies within the input"):
        write(tmp_path / "work" / where, inputs=[source], replace=True)
    assert list(source.iterdir()) == []


def test_an_output_among_a_warehouse_s_builds_is_refused(tmp_path: Path):
    with pytest.raises(OutputError, match="which the next build of that warehouse clears"):
        write(tmp_path / "warehouse" / ".builds" / "mine" / "export")


def test_a_link_to_the_folder_is_followed_and_stays(tmp_path: Path, output: Path):
    (tmp_path / "link").symlink_to("out")
    write(tmp_path / "link", replace=True)
    assert (tmp_path / "link").is_symlink()
    assert (output / "data" / "events.csv").read_text() == "new"


@pytest.mark.parametrize("name", ["loop", "loop/deeper", "nothing/deeper", "file", "file/deeper"])
def test_a_place_that_cannot_be_a_folder_is_one_clear_error(tmp_path: Path, name: str):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    (tmp_path / "nothing").symlink_to("file")
    with pytest.raises(OutputError, match=str(tmp_path)):
        write(tmp_path / name, replace=True)


def test_the_folder_that_one_is_in_cannot_be_replaced(output: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(output)
    with pytest.raises(OutputError, match="is the folder you are in"):
        write(Path(), replace=True)


def test_what_fails_midway_leaves_what_stood_there(output: Path):
    before = content_of(output)
    with pytest.raises(OutputError, match="No space left"), new_folder(output, "export", replace=True) as folder:
        (folder / "half").write_text("half")
        raise OSError(28, "No space left on device", str(folder / "half"))
    with pytest.raises(KeyboardInterrupt), new_folder(output, "export", replace=True):
        raise KeyboardInterrupt
    assert content_of(output) == before
    assert list(output.parent.iterdir()) == [output]


def test_a_folder_that_changes_meanwhile_is_left_as_it_is(output: Path):
    with (
        pytest.raises(OutputError, match="changed by another program"),
        new_folder(output, "export", replace=True) as folder,
    ):
        (folder / "new").touch()
        (output / "mine").write_text("mine")
    assert (output / "mine").read_text() == "mine"
    assert not (output / "new").exists()


def test_a_change_in_the_very_moment_of_the_exchange_is_seen(output: Path, monkeypatch: pytest.MonkeyPatch):
    exchange, late = etl.outputs._exchange, [True]

    def slow(one: Path, other: Path) -> None:
        if late.pop() if late else False:
            (other / "mine").write_text("mine")
        exchange(one, other)

    monkeypatch.setattr(etl.outputs, "_exchange", slow)
    with pytest.raises(OutputError, match="changed by another program"):
        write(output, replace=True)
    assert (output / "mine").read_text() == "mine"


def test_folders_change_places_also_where_the_system_has_no_exchange(output: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.outputs, "_exchange", etl.outputs._exchange_in_steps)
    write(output, replace=True)
    assert (output / "data" / "events.csv").read_text() == "new"
    assert list(output.parent.iterdir()) == [output]


@pytest.mark.parametrize("step", [1, 2])
def test_a_run_killed_between_those_steps_is_mended_by_the_next(
    output: Path, monkeypatch: pytest.MonkeyPatch, step: int
):
    aside = output.with_name("out.replaced")
    if step == 1:
        output.rename(aside)
    else:
        write(aside)
    with pytest.raises(OutputError, match="holds an export already"):
        write(output)
    assert (output / "data" / "events.csv").read_text() == "old"
    assert list(output.parent.iterdir()) == [output]


def test_what_killed_runs_left_is_cleared_and_what_others_work_on_is_not(tmp_path: Path):
    left = tmp_path / f".contact-release-{1:032x}"
    left.mkdir()
    (left / "half").touch()
    left.with_name(f".contact-release-{2:032x}").touch()
    mine = tmp_path / ".contact-release-notes"
    mine.touch()
    with workplace(tmp_path) as other:
        other.mkdir()
        write(tmp_path / "out")
        assert other.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [mine.name, "out"]


NAMES = st.sampled_from(["notes.txt", "data/x", "data/events.csv", "manifest.json", "deep/er/file", "data", "empty"])


@given(st.lists(st.tuples(NAMES, st.binary(max_size=3)), max_size=3), st.booleans(), st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_there_is_there_afterwards_or_was_the_program_s(
    tmp_path_factory: pytest.TempPathFactory, planted: list[tuple[str, bytes]], had_output: bool, keep: bool
):
    output = tmp_path_factory.mktemp("any") / "out"
    if had_output:
        write(output, "old")
    ours = content_of(output)
    for name, content in planted:
        if not (output / name).is_dir():
            try:
                plant(output, name, partial(Path.write_bytes, data=content))
            except (FileNotFoundError, FileExistsError, NotADirectoryError):
                continue
    before = content_of(output)
    try:
        write(output, replace=True, keep=keep)
    except OutputError:
        assert content_of(output) == before
    else:
        assert before == ours or not any(before.values())
