"""What the command says and writes of annotation files that have faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from annotation_files import EVENTS, FILES, SPLITS
from commands import Command
from datasets import change, dataset, event, write

import etl


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def many_problems(metadata: Path) -> None:
    """362 problems: a split that names as many videos without events."""
    (metadata / SPLITS[1]).write_text(json.dumps([f"v{number}" for number in range(362)]))


def test_a_standing_warehouse_is_untouched_by_a_build_with_problems(metadata: Path, contact_release: Command) -> None:
    arguments = "build", str(metadata), "--warehouse", str(metadata / "w")
    assert contact_release(*arguments)[0] == 0
    before = files_below(metadata / "w")
    many_problems(metadata)
    assert contact_release(*arguments)[0] == 1
    assert files_below(metadata / "w") == before


def test_all_problems_go_to_a_file_of_json_lines(metadata: Path, contact_release: Command) -> None:
    many_problems(metadata)
    change(metadata / EVENTS, '"action": "release"', '"action": "grab\\u2028"')
    file = metadata / "problems.jsonl"
    status, _, err = contact_release("build", str(metadata), "--problems", str(file))
    found = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert status == 1
    assert "error: 363 problems in 2 files:\n" in err
    assert "\nand 313 more\n" in err
    assert len(found) == 363
    assert found[0] == {
        "file": EVENTS,
        "location": "/20/0/action",
        "found": '"grab\\u2028"',
        "expected": '"contact" or "release"',
        "hint": "",
    }
    assert [problem["location"] for problem in found[1:]] == [f"/{number}" for number in range(362)]


def test_the_file_of_problems_is_empty_when_there_are_none(metadata: Path, contact_release: Command) -> None:
    file = metadata / "problems.jsonl"
    file.write_text("of another day\n")
    arguments = "--problems", str(file), "--warehouse", str(metadata / "w")
    assert contact_release("build", str(metadata), *arguments)[0] == 0
    assert file.read_text() == ""


@pytest.mark.parametrize("place", ["nowhere/problems.jsonl", ".", f"{EVENTS}/problems.jsonl", "x" * 300])
def test_a_place_that_takes_no_file_of_problems_is_told_before_anything_is_built(
    metadata: Path, contact_release: Command, place: str
) -> None:
    before = files_below(metadata)
    status, out, err = contact_release(
        "build", str(metadata), "--problems", str(metadata / place), "--warehouse", str(metadata / "w")
    )
    assert (status, out) == (1, "")
    assert err.startswith(f"error: the problems cannot be written to {metadata / place}: ")
    assert files_below(metadata) == before


@pytest.mark.parametrize("name", FILES)
def test_problems_never_overwrite_an_annotation_file(metadata: Path, contact_release: Command, name: str) -> None:
    before = files_below(metadata)
    status, _, err = contact_release("build", str(metadata), "--problems", str(metadata / name))
    assert status == 2
    assert "--problems would overwrite an annotation file" in err
    assert files_below(metadata) == before


def test_quarantine_builds_the_sound_records_and_says_how_many_are_set_aside(
    metadata: Path, contact_release: Command
) -> None:
    change(metadata / EVENTS, '"action": "release"', '"action": "grab"')
    change(metadata / SPLITS[2], '"3"', '"3", "3", "4"')
    file, warehouse = metadata / "problems.jsonl", metadata / "w"
    status, out, err = contact_release(
        "build", str(metadata), "--quarantine", "--problems", str(file), "--warehouse", str(warehouse)
    )
    assert status == 0
    assert "checking record by record" in err
    assert "events 5 (4 contact, 1 release)" in " ".join(out.split())
    assert "rejects 3 (records set aside: select * from rejects)" in " ".join(out.split())
    assert len(file.read_text().splitlines()) == 3
    with etl.open_warehouse(warehouse) as opened:
        assert opened.query("from rejects").fetchall() == [
            (
                EVENTS,
                "/20/0",
                '/20/0/action: found "grab", expected "contact" or "release"',
                '{"action": "grab", "agent": "hand-object", "frameNumber": 9, "pointX": 10, "pointY": 20}',
            ),
            (SPLITS[2], "/1", 'found "3" again, expected every id once and in one split (first at /0)', '"3"'),
            (SPLITS[2], "/2", 'found "4", which has no events, expected an id of video_events_labels.json', '"4"'),
        ]


def test_quarantine_of_sound_files_sets_nothing_aside_and_builds_the_same(
    metadata: Path, contact_release: Command
) -> None:
    for name, options in {"plain": [], "careful": ["--quarantine"]}.items():
        status, out, _ = contact_release("build", str(metadata), *options, "--warehouse", str(metadata / name))
        assert status == 0
        assert ("rejects 0" in " ".join(out.split())) == (name == "careful")
    plain, careful = (
        {Path(path).name: data for path, data in files_below(metadata / name).items() if path.endswith(".parquet")}
        for name in ("plain", "careful")
    )
    assert plain == careful


@pytest.mark.parametrize("text", ["", "{", "<html>", "[1, 2", "null", "[[]]]"])
def test_a_file_that_cannot_be_read_is_an_error_even_in_quarantine(
    metadata: Path, contact_release: Command, text: str
) -> None:
    (metadata / SPLITS[0]).write_text(text)
    warehouse = metadata / "w"
    status, out, err = contact_release("build", str(metadata), "--quarantine", "--warehouse", str(warehouse))
    assert (status, out) == (1, "")
    assert f"\n{SPLITS[0]}" in err
    assert "a file that cannot be read has none" in err
    assert not warehouse.exists()


def test_what_a_terminal_would_obey_is_shown_as_an_escape(tmp_path: Path, contact_release: Command) -> None:
    hostile = "\x1b[2J\u202e\u2028\x07"
    content: dict[str, Any] = dataset({f"20{hostile}": [event(action=hostile)]})
    content[EVENTS][f"20{hostile}"][0][hostile] = 1
    status, _, err = contact_release("build", str(write(tmp_path, content)))
    assert status == 1
    assert all(sign.isprintable() or sign == "\n" for sign in err)
    assert "\\x1b[2J\\u202e\\u2028\\x07" in err
