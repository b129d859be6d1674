"""Exports in general: the folder, the manifest, the command; and that every format survives hostile content."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasets import write
from exports import (
    HOSTILE,
    built_in_memory,
    decode_all,
    exported,
    hostile_warehouse,
    warehouse_of,
    write_frames,
)

import etl
import etl.warehouse.open
from etl.cli import command_line
from etl.errors import OutputError, QueryError, VideoError
from etl.export import format
from etl.export.format import Format, Options
from etl.export.write import FORMATS, write_export
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection

WITHOUT_CLIPS = [name for name in FORMATS if name != "lmm-qa"]  # the few events here cannot be balanced
NEED_DECODED = {"coco", "e2e-spot", "cvat", "label-studio", "fiftyone", "activitynet", "mmaction2"}
NEED_THE_END = {"e2e-spot", "cvat", "activitynet", "mmaction2"}
NOT_REPEATABLE = {"rerun"}  # its recordings hold the time of writing


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", WITHOUT_CLIPS)
def test_the_manifest_accounts_for_every_event(hostile: Warehouse, frames: Path, tmp_path: Path, name: str):
    options: dict[str, Any] = {"frames": frames} if "frames" in FORMATS[name].takes else {}
    manifest = exported(hostile, name, tmp_path / "out", Selection(actions=("contact",)), **options).manifest
    counts = manifest["counts"]
    assert counts["events_in_warehouse"] == 11
    assert counts["events_not_selected"] == 4
    assert counts["events_written"] + counts["events_left_out"] == 7
    assert counts["unassigned_videos_selected"] == 1
    assert manifest["licence"]["name"] == "unknown"
    assert manifest["frame_base"] in (0, 1)
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    for file, entry in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / file).read_bytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("name", sorted(set(WITHOUT_CLIPS) - NOT_REPEATABLE))
def test_the_same_export_has_the_same_bytes(hostile: Warehouse, frames: Path, tmp_path: Path, name: str):
    options: dict[str, Any] = {"frames": frames} if "frames" in FORMATS[name].takes else {}
    for output in ("one", "two"):
        exported(hostile, name, tmp_path / output, **options)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert len(content(tmp_path / "one")) > 1


def test_the_manifest_tells_options_and_links(hostile: Warehouse, frames: Path, tmp_path: Path):
    manifest = exported(hostile, "coco", tmp_path / "linked", by="action-agent", frames=frames).manifest
    assert manifest["options"] == {"frames": True, "link": "symlink", "by": "action-agent", "layout": "flat"}
    assert manifest["links_to_frames"] == 8
    manifest = exported(hostile, "coco", tmp_path / "bare").manifest
    assert (manifest["options"], manifest["links_to_frames"]) == (
        {"frames": False, "by": "action", "layout": "flat"},
        0,
    )


def test_unassigned_videos_are_left_out_on_request(hostile: Warehouse, tmp_path: Path):
    manifest = exported(hostile, "csv", tmp_path / "out", Selection(with_unassigned=False)).manifest
    counts = {name: count for name, count in manifest["counts"].items() if "unassigned" in name}
    assert counts == {
        "unassigned_videos_selected": 0,
        "unassigned_videos_not_selected": 1,
        "unassigned_events_selected": 0,
        "unassigned_events_not_selected": 3,
    }
    assert manifest["counts"]["events_not_selected"] == 3
    assert manifest["counts"]["videos_not_selected"] == 1
    assert "unassigned" not in manifest["counts"]["selected_by_split"]


def test_a_folder_that_holds_something_is_refused_and_an_export_is_replaced_with_force(
    hostile: Warehouse, tmp_path: Path
):
    output = tmp_path / "out"
    exported(hostile, "csv", output)
    with pytest.raises(OutputError, match="holds an export already"):
        write_export(hostile, "jsonl", output)
    assert (output / "events.csv").exists()
    write_export(hostile, "jsonl", output, force=True)
    assert sorted(path.name for path in output.iterdir()) == ["README.md", "events.jsonl", "manifest.json"]


def test_force_never_removes_what_is_no_export(hostile: Warehouse, tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(OutputError, match=r"thesis\.tex was not written by this program"):
        write_export(hostile, "csv", tmp_path, force=True)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_file_in_the_way_is_refused(hostile: Warehouse, tmp_path: Path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write_export(hostile, "csv", tmp_path / "out", force=True)


def test_an_export_that_fails_leaves_nothing(hostile: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def half(source, folder, options, account):
        (folder / "half").write_text("half")
        raise OSError(28, "No space left on device", str(folder / "half"))

    monkeypatch.setitem(FORMATS, "half", Format("", "", half))
    with pytest.raises(OutputError, match="No space left on device"):
        write_export(hostile, "half", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_an_event_that_is_neither_written_nor_left_out_is_noticed(
    hostile: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(FORMATS, "lossy", Format("", "", lambda source, folder, options, account: None))
    with pytest.raises(OutputError, match="0 events written and 0 left out, expected 11"):
        write_export(hostile, "lossy", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_of_the_events_left_out_all_are_counted_and_the_first_are_listed(
    hostile: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(format, "LISTED", 1)
    made = exported(hostile, "e2e-spot", tmp_path / "out")
    told = [(e["events"], len(e["first_video_id_and_event_index"])) for e in made.manifest["left_out"]]
    assert (made.account.lost, sorted(told)) == (3, [(1, 1), (2, 1)])


def test_the_engine_that_an_export_opens_is_bounded_unless_a_condition_may_ask_for_more(
    sample_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    limits = []

    def opened(path: Path, *, memory_limit: str | None = None) -> Warehouse:
        limits.append(memory_limit)
        return open_warehouse(path, memory_limit=memory_limit)

    monkeypatch.setattr(etl.warehouse.open, "open_warehouse", opened)
    given: list[dict[str, Any]] = [{}, {"selection": Selection(where="true")}, {"memory_limit": "1GB"}]
    for number, options in enumerate(given):
        etl.export(sample_warehouse, "jsonl", tmp_path / str(number), **options)
    assert limits == ["500MB", None, "1GB"]


def test_what_a_killed_export_left_is_cleared_by_the_next(hostile: Warehouse, tmp_path: Path):
    left = tmp_path / f".contact-release-{0:032x}"
    left.mkdir()
    (left / "events.csv").write_text("half")
    exported(hostile, "csv", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_selected_is_an_error_and_a_wrong_filter_one_line(hostile: Warehouse, tmp_path: Path):
    with pytest.raises(OutputError, match="no event meets the selection"):
        write_export(hostile, "csv", tmp_path / "out", Selection(where="frame_number > 1000"))
    with pytest.raises(QueryError, match=r"^the filter 'true; drop table events'"):
        write_export(hostile, "csv", tmp_path / "out", Selection(where="true; drop table events"))
    assert list(tmp_path.iterdir()) == []


def test_formats_that_need_decoded_videos_name_those_that_lack_it(tmp_path: Path):
    undecoded = hostile_warehouse(tmp_path / "metadata", decoded=False)
    refused = []
    for name in WITHOUT_CLIPS:
        try:
            exported(undecoded, name, tmp_path / name)
        except VideoError as error:
            assert "unknown for 5 of 5 selected videos (" in str(error)
            assert "contact-release extract" in str(error)
            refused.append(name)
    assert set(refused) == NEED_DECODED
    assert not any((tmp_path / name).exists() for name in refused)


@pytest.mark.parametrize("name", WITHOUT_CLIPS)
def test_a_video_that_was_not_decoded_to_its_end_is_named_by_the_formats_that_need_the_end(tmp_path: Path, name: str):
    database = built_in_memory(write(tmp_path / "metadata", HOSTILE), tmp_path / "warehouse")
    decode_all(database)
    database.execute(
        "update videos set frame_count = null, frame_rate = null, duration_s = null where video_id = 'späť'"
    )
    warehouse = warehouse_of(database)
    options: dict[str, Any] = (
        {"frames": write_frames(warehouse, tmp_path / "frames")} if "frames" in FORMATS[name].takes else {}
    )
    if name not in NEED_THE_END:
        assert exported(warehouse, name, tmp_path / name, **options).account.lost == 0
        return
    with pytest.raises(
        VideoError, match=r"unknown for 1 of 5 selected videos \(späť\)\. Decode them to their end"
    ) as caught:
        exported(warehouse, name, tmp_path / name, **options)
    advice = re.search('--where "(.*)"', str(caught.value))
    assert advice
    made = exported(warehouse, name, tmp_path / name, Selection(where=advice[1]), **options)
    assert made.manifest["counts"]["videos_selected"] == 4


def test_damaged_and_cut_videos_are_named(tmp_path: Path):
    database = built_in_memory(write(tmp_path / "metadata", HOSTILE), tmp_path / "warehouse")
    for video_id, reason in (("20", "damaged"), ("=1+2", "truncated"), ("100", "rotated")):
        database.execute("insert into extraction_problems values (?, ?, 'warning', '')", [video_id, reason])
    warehouse = warehouse_of(database)
    [note] = exported(warehouse, "jsonl", tmp_path / "all").manifest["notes"]
    assert note.startswith(
        "Damaged or cut off: 2 of the videos (20, =1+2). Their number of frames is what could be decoded"
    )
    assert exported(warehouse, "jsonl", tmp_path / "some", Selection(videos=("100",))).manifest["notes"] == []


def run(*arguments: str):
    return CliRunner().invoke(command_line, ["export", *arguments])


def test_the_command_lists_every_format_with_its_help():
    lines = run("--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(FORMATS)
    assert all(FORMATS[line.split()[0]].help in line for line in lines)


def test_the_command_exports_and_says_what_it_did(sample_warehouse: Path, tmp_path: Path):
    result = run("csv", "--output", str(tmp_path / "out"), "--warehouse", str(sample_warehouse), "--split", "test")
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'out'}\n"
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert f"{manifest['counts']['events_written']} of " in result.stderr
    assert manifest["licence"]["name"] == "MIT"
    assert manifest["selection"]["splits"] == ["test"]


def test_a_wrong_format_and_an_option_of_another_format_are_the_command_lines_fault(
    sample_warehouse: Path, tmp_path: Path
):
    common = ["--output", str(tmp_path / "out"), "--warehouse", str(sample_warehouse)]
    assert run("cvs", *common).exit_code == 2
    result = run("csv", *common, "--frames", str(tmp_path))
    assert result.exit_code == 2
    assert "--frames means nothing to the format csv" in result.stderr


def test_options_are_those_that_some_format_takes():
    assert {name for kind in FORMATS.values() for name in kind.takes} <= set(vars(Options()))


def test_the_documentation_has_a_row_for_every_format(project: Path):
    text = (project / "docs" / "exports.md").read_text(encoding="utf-8")
    assert [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")] == list(FORMATS)


def test_the_documentation_has_the_lines_that_open_every_format(project: Path):
    text = (project / "docs" / "exports.md").read_text(encoding="utf-8")
    opening = text.partition("## Opening an export\n")[2].partition("\n## ")[0]
    parts = {part.partition("\n")[0]: part for part in opening.split("\n### ")[1:]}
    assert list(parts) == list(FORMATS)
    assert [name for name, part in parts.items() if "```" not in part and "README.md" not in part] == []
