"""Some changed files of every kind that is read; `make fuzz` reads as many as there is time for."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_kinds import kinds_in, prepare
from fuzzing import fuzz

KINDS = (
    *("annotations", "origin.json", "extraction.json", "packs", "CVAT", "COCO", "Label Studio", "corrections.jsonl"),
    *("CSV of events", "label files", "boxes", "predictions", "predictions in native formats", "questions"),
    *("manifest of an output", "warehouse"),
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    prepare(folder)
    return folder


@pytest.mark.parametrize("name", KINDS)
def test_a_changed_file_is_read_or_refused_with_an_error_of_our_own(work: Path, name: str):
    count = 15 if name == "warehouse" else 60  # opening one takes longer than all that is read elsewhere
    told = fuzz(work, name, 0, range(count))
    assert not told.faults, told.faults
    assert told.counts["refused"] >= 5


def test_every_kind_is_tried(work: Path):
    assert tuple(kinds_in(work)) == KINDS


def test_a_reader_that_lets_an_error_of_python_through_is_found(work: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("etl.extraction.record.faults_of", lambda record, video_id: [][len(record.frames.width)])
    assert fuzz(work, "extraction.json", 0, range(20)).faults
