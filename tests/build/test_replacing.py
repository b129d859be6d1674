"""A build takes the place of a larger or a real warehouse only where that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from datasets import SMALL, write

from etl.annotations.model import InputFile
from etl.build import build
from etl.build.replacing import require_replaceable
from etl.dataset.sample import sample_folder
from etl.errors import OutputError
from etl.warehouse.open import open_warehouse


def events(warehouse: Path) -> int:
    with open_warehouse(warehouse) as opened:
        return int(opened.query("select count(*) from events").fetchall()[0][0])


def test_the_sample_replaces_other_data_only_with_force(tmp_path: Path):
    warehouse = tmp_path / "warehouse"
    build(write(tmp_path / "metadata", SMALL), warehouse)
    with pytest.raises(OutputError, match=r"holds 6 events of annotation files .*, and the synthetic sample with 166"):
        build(sample_folder(), warehouse)
    assert events(warehouse) == 6
    build(sample_folder(), warehouse, force=True)
    assert events(warehouse) == 166


def test_far_fewer_events_replace_more_only_with_force(tmp_path: Path):
    warehouse = tmp_path / "warehouse"
    build(sample_folder(), warehouse)
    build(sample_folder(), warehouse)  # the same files as often as one likes
    with pytest.raises(OutputError, match="holds 166 events of the synthetic sample"):
        build(write(tmp_path / "metadata", SMALL), warehouse)
    assert events(warehouse) == 166


def standing(warehouse: Path, events: object) -> Path:
    """A folder with the manifest of a warehouse of other files with so many events."""
    warehouse.mkdir()
    inputs = [{"file": "video_events_labels.json", "size_bytes": 2, "sha256": "0" * 64}]
    manifest = {"inputs": inputs, "tables": {"events": {"rows": events}}}
    (warehouse / "manifest.json").write_text(json.dumps(manifest))
    return warehouse


def test_half_of_the_events_of_other_files_is_not_much_less_and_one_fewer_is(tmp_path: Path):
    new = [InputFile("video_events_labels.json", 2, "1" * 64, 0.0)]
    warehouse = standing(tmp_path / "warehouse", 10)
    require_replaceable(warehouse, new, 5)
    with pytest.raises(OutputError) as error:
        require_replaceable(warehouse, new, 4)
    assert str(error.value) == (
        f"{warehouse} holds 10 events of annotation files that are neither the released ones nor the sample, and "
        "another dataset with 4 would replace them. Build into another folder with --warehouse DIR, or replace it with "
        "--force"
    )
    same = [InputFile("video_events_labels.json", 2, "0" * 64, 0.0)]
    require_replaceable(warehouse, same, 0)
    require_replaceable(standing(tmp_path / "untold", None), new, 0)
    require_replaceable(tmp_path / "nowhere", new, 0)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"inputs": 1}', '{"inputs": [{}]}', "[" * 100_000])
def test_a_manifest_that_tells_nothing_is_no_hindrance(tmp_path: Path, content: str):
    build(write(tmp_path / "metadata", SMALL), tmp_path / "warehouse")
    (tmp_path / "warehouse" / "manifest.json").resolve().write_text(content)
    build(sample_folder(), tmp_path / "warehouse")


def test_a_warehouse_never_stands_among_its_inputs(tmp_path: Path):
    metadata = write(tmp_path / "metadata", SMALL)
    (tmp_path / "frames").mkdir()
    for warehouse in (metadata, tmp_path / "frames", tmp_path / "frames" / "warehouse", tmp_path):
        with pytest.raises(OutputError, match="is, contains or lies within the input"):
            build(metadata, warehouse, frames=tmp_path / "frames")
    with pytest.raises(OutputError, match="which the next build"):
        build(metadata, tmp_path / "warehouse" / ".builds" / "mine")


def test_what_someone_put_among_the_builds_stays(tmp_path: Path):
    metadata = write(tmp_path / "metadata", SMALL)
    build(metadata, tmp_path / "warehouse")
    mine = tmp_path / "warehouse" / ".builds" / "scores"
    mine.mkdir()
    (tmp_path / "warehouse" / ".mine").symlink_to("nowhere")
    build(metadata, tmp_path / "warehouse")
    assert mine.is_dir()
    assert (tmp_path / "warehouse" / ".mine").is_symlink()
