"""A folder of annotation files edited elsewhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from applying import changed_records, decided, events_of, label

import etl
from etl.annotations.model import EVENTS_FILE
from etl.corrections.log import Decision


def test_faults_of_an_edited_folder_name_it_and_say_that_nothing_was_changed(metadata: Path, tmp_path: Path):
    edited = Path(shutil.copytree(metadata, tmp_path / "edited"))
    (edited / EVENTS_FILE).write_text("{}")
    with pytest.raises(etl.AnnotationError, match=r"These are files in .*edited: nothing was compared or changed$"):
        etl.apply_corrections("publisher", edited, metadata)


def test_an_event_that_is_added_to_a_list_of_one_is_separated_as_in_the_rest_of_the_file(
    metadata: Path, tmp_path: Path
):
    events = events_of(metadata)
    (metadata / EVENTS_FILE).write_text(json.dumps(events))
    new = label(events["900001"][0], frame_number=30)
    path = decided(tmp_path / "c.jsonl", Decision("900001", None, "add", None, new))
    etl.apply_corrections("corrections", path, metadata, tmp_path / "out")
    events["900001"].append(events["900001"][0] | {"frameNumber": 30.0})
    assert (tmp_path / "out" / EVENTS_FILE).read_text() == json.dumps(events)


def test_unknown_fields_of_an_edited_folder_are_told(metadata: Path, tmp_path: Path):
    edited = Path(shutil.copytree(metadata, tmp_path / "edited"))
    events = events_of(edited)
    events["900001"][0] |= {"frameNumber": 5, "note": "earlier", "frame": 5}
    (edited / EVENTS_FILE).write_text(json.dumps(events))
    made = etl.apply_corrections("publisher", edited, metadata)
    assert made.notes == (f'In {edited}, {EVENTS_FILE}: 2 unknown fields ignored: "frame" (1×), "note" (1×)',)
    assert etl.apply_corrections("publisher", metadata, metadata).notes == (
        "Nothing differs from the labels: the files stay as they are.",
    )


def test_a_folder_edited_elsewhere_corrects_what_differs_whatever_its_style(metadata: Path, tmp_path: Path):
    edited = Path(shutil.copytree(metadata, tmp_path / "edited"))
    events = events_of(edited)
    events["900001"][0]["frameNumber"] = 5
    events["900003"].reverse()
    (edited / EVENTS_FILE).write_text(json.dumps(events, indent=4))
    made = etl.apply_corrections("publisher", edited, metadata, tmp_path / "out")
    assert len(made.differences) == 1
    assert "another order" in made.notes[0]
    assert len(changed_records(metadata, tmp_path / "out")) == 1


def test_corrections_that_are_not_there_are_named(metadata: Path, tmp_path: Path):
    with pytest.raises(etl.AnnotationError, match=r"c\.jsonl does not exist"):
        etl.apply_corrections("corrections", tmp_path / "c.jsonl", metadata)
    with pytest.raises(etl.AnnotationError, match="cannot be read: File name too long"):
        etl.apply_corrections("corrections", tmp_path / ("c" * 300), metadata)
