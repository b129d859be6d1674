"""Damage, other versions, few open files, odd names: one line that says what to do, and no traceback."""

from __future__ import annotations

import errno
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from clips import write_clip

import etl
from etl import cli
from etl.dataset.sample import sample_folder

PROJECT = Path(__file__).resolve().parents[2]


def run(
    *arguments: object, folder: Path, open_files: int = 0, file_bytes: int | None = None
) -> subprocess.CompletedProcess[str]:
    def bound() -> None:
        if open_files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    return subprocess.run(
        [sys.executable, "-c", "from etl.cli import main; main()", *map(str, arguments)],
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=bound,
    )


@pytest.fixture
def damaged(sample_warehouse: Path, tmp_path: Path) -> Path:
    """A warehouse that opens, though one byte in each block of its database was changed."""
    folder = tmp_path / "damaged"
    shutil.copytree(sample_warehouse, folder, symlinks=True)
    database = (folder / "interactions.duckdb").resolve()
    content = bytearray(database.read_bytes())
    for place in range(12_288 + 9, len(content), 262_144):  # headers of 12,288 bytes, then blocks of 256 KiB
        content[place] ^= 1
    database.write_bytes(content)
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("tables",),
        ("query", "from events"),
        ("explain", "900001", "0"),
        ("export", "csv", "--output", "out", "--where", "frame_number > 3"),
        ("suspects",),
    ],
)
def test_a_damaged_database_is_named_as_that(damaged: Path, tmp_path: Path, contact_release, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    done = contact_release(*command, "--warehouse", str(damaged))
    assert done.status == 1
    assert "Traceback" not in done.err
    assert "filter" not in done.err
    last = done.err.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert "contact-release build" in last


def test_a_warehouse_that_lacks_a_column_is_not_opened(sample_warehouse: Path, tmp_path: Path):
    folder = tmp_path / "older"
    shutil.copytree(sample_warehouse, folder, symlinks=True)
    with duckdb.connect(str((folder / "interactions.duckdb").resolve())) as database:
        views = "select view_name from duckdb_views() where not internal and view_name <> 'events'"
        for (view,) in database.execute(views).fetchall():
            database.execute(f"drop view {view}")
        database.execute("alter table frame_index drop column offset_bytes")
    with pytest.raises(etl.WarehouseError, match=r"frame_index .* columns, expected .* contact-release build"):
        etl.open_warehouse(folder)


@pytest.mark.parametrize("command", [("report",), ("evaluate", "predictions.csv", "--resamples", "0")])
def test_charts_that_cannot_be_drawn_for_want_of_open_files_are_refused_before(
    sample_warehouse: Path, tmp_path: Path, command: tuple[str, ...]
):
    (tmp_path / "predictions.csv").write_text("video_id,action,frame\n900003,contact,5\n")
    done = run(*command, "--warehouse", sample_warehouse, "--output", "out", folder=tmp_path, open_files=16)
    assert done.returncode == 1
    assert done.stderr == "error: drawing charts needs 48 open files, but the limit is 16. Try: ulimit -n 256\n"


def test_a_library_that_panics_makes_one_line(contact_release, monkeypatch):
    class PanicException(BaseException):
        pass

    def panic(**options: object) -> None:
        raise PanicException("called `unwrap()`\non an `Err`")

    monkeypatch.setattr(cli.command_line, "main", panic)
    done = contact_release("tables")
    assert (done.status, done.err) == (1, "error: a library has failed: called `unwrap()` on an `Err`\n")


@pytest.mark.parametrize(
    "command",
    [
        ("verify", "--warehouse"),
        ("tables", "--warehouse"),
        ("build",),
        ("query", "from events", "--warehouse"),
        ("explain", "1", "1", "--warehouse"),
    ],
)
def test_a_line_end_in_a_path_does_not_break_a_message(contact_release, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a\nerror: b").mkdir()
    done = contact_release(*command, "a\nerror: b")
    assert done.status
    assert not [line for line in done.err.splitlines() if line.startswith("error: b")]
    assert r"a\nerror: b" in done.err


@pytest.mark.parametrize(
    "command",
    [
        ("diff", "metadata", "metadata", "--output", "metadata/video_events_labels.json"),
        ("diff", "warehouse", "metadata", "--output", "link/new.csv"),
        ("suspects", "--output", "warehouse/new.csv"),
        ("suspects", "--predictions", "predictions.csv", "--output", "predictions.csv"),
        ("query", "--file", "query.csv", "--output", "query.csv"),
        ("query", "from events", "--output", "warehouse/new.csv"),
        ("export", "csv", "--output", "/", "--force"),
    ],
)
def test_no_output_is_an_input_or_lies_within_one(sample_warehouse, tmp_path, contact_release, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sample_warehouse, "warehouse", symlinks=True)
    shutil.copytree(sample_folder(), "metadata")
    Path("link").symlink_to("warehouse")
    Path("predictions.csv").write_text("video_id,action,frame\n900003,contact,5\n")
    Path("query.csv").write_text("from events")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = contact_release(*command)
    assert done.status
    assert "Traceback" not in done.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (duckdb.OutOfMemoryException("Out of Memory Error: Allocation failure"), "the memory is not enough"),
        (
            RuntimeError("can't start new thread"),
            "the system starts no more threads or processes. Raise the limit that ulimit -u shows",
        ),
        (RecursionError("maximum recursion depth exceeded"), "a path, a condition or a value is nested too deeply"),
        (
            OSError(errno.EMFILE, "Too many open files"),
            "the system opens no more files. Raise the limit that ulimit -n shows",
        ),
        (
            ImportError("Advice.\n\nOriginal error was: libx.so: failed to map segment from shared object\n\n"),
            "a library cannot be loaded: Original error was: libx.so: failed to map segment from shared object",
        ),
    ],
)
def test_what_the_system_has_no_more_of_is_one_line_that_says_what_to_raise(contact_release, monkeypatch, error, told):
    def fail(**options: object) -> None:
        raise error

    monkeypatch.setattr(cli.command_line, "main", fail)
    done = contact_release("tables")
    assert done.status == 1
    assert done.err.startswith(f"error: {told}")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("command", [("tables",), ("export", "csv", "--output", "out")])
def test_a_warehouse_is_found_where_nothing_can_be_written(sample_warehouse: Path, tmp_path: Path, command):
    done = run(*command, "--warehouse", sample_warehouse, folder=tmp_path, file_bytes=0)
    assert "no warehouse" not in done.stderr
    assert "Traceback" not in done.stderr
    assert (done.returncode, bool(done.stdout)) == ((0, True) if command == ("tables",) else (1, False))


def test_a_decoder_that_cannot_keep_its_messages_says_so(sample_warehouse: Path, tmp_path: Path):
    (tmp_path / "videos").mkdir()
    write_clip(tmp_path / "videos" / "900001.webm", size=(64, 48), frames=3)
    command = ("extract", "--videos", "videos", "--warehouse", sample_warehouse, "--jobs", "1")
    done = run(*command, folder=tmp_path, file_bytes=0)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: the decoder's messages cannot be kept")


def test_a_disk_that_is_full_is_told_with_the_file_that_the_user_knows(tmp_path: Path):
    done = run("sample", "mine", folder=tmp_path, file_bytes=1000)
    assert done.returncode == 1
    assert re.fullmatch(r"error: mine/\S+\.json: File too large\n", done.stderr)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("query", "from events", "--output", "none/x.csv"), "there is no folder none. Make it first"),
        (("sample", "taken/x"), "error: taken/x: Not a directory"),
        (("build", "--sample", "--warehouse", "taken"), "it is not a folder, expected one to write to (taken)"),
        (
            ("export", "csv", "--output", "taken"),
            "taken is a file, expected a folder to write to. Choose another folder",
        ),
        (("report", "--output", "frames"), "was not written by this program as part of a report"),
    ],
)
def test_a_place_that_cannot_be_written_to_says_what_is_there_and_what_is_expected(
    sample_warehouse, tmp_path, contact_release, monkeypatch, command, told
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTACT_RELEASE_WAREHOUSE", str(sample_warehouse))
    Path("taken").write_text("mine")
    Path("frames").mkdir()
    Path("frames/1.tar").write_text("an extraction's")
    done = contact_release(*command)
    assert done.status == 1
    assert told in done.err
    assert Path("taken").read_text() == "mine"
