"""Where corrected files come from: told by origin.json, and believed only where the files prove it."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datasets import SMALL, write

from etl.annotations import read_annotations
from etl.annotations.model import EVENTS_FILE, FILE_NAMES
from etl.annotations.origin import Layer, Named, Origin, encoded, origin_bytes, read_origin
from etl.annotations.splices import Splice
from etl.errors import AnnotationError
from etl.names import ORIGIN_FILE


@pytest.fixture
def corrected(tmp_path: Path) -> Path:
    """Files that two imports have changed, the second where the first did; the events file begins with a mark."""
    folder = write(tmp_path / "metadata", SMALL)
    events = codecs.BOM_UTF8 + (folder / EVENTS_FILE).read_bytes()
    files = {name: (folder / name).read_bytes() for name in FILE_NAMES} | {EVENTS_FILE: events}
    inputs = tuple(Named.of(name, content) for name, content in files.items())
    text = events.decode("utf-8-sig")
    start = text.index("9")
    layers = (
        Layer(2, {EVENTS_FILE: [Splice(start, "9", "12")]}),
        Layer(1, {EVENTS_FILE: [Splice(start, "12", "7")]}),
    )
    files[EVENTS_FILE] = encoded(text.replace("9", "7", 1), like=events)
    (folder / EVENTS_FILE).write_bytes(files[EVENTS_FILE])
    (folder / ORIGIN_FILE).write_bytes(origin_bytes(Origin(inputs, layers), files))
    return folder


def read(folder: Path) -> Origin | None:
    origin = folder / ORIGIN_FILE
    hidden = origin.rename(folder / "hidden") if origin.exists() else None
    inputs = read_annotations(folder).inputs
    if hidden:
        hidden.rename(origin)
    return read_origin(folder, inputs)


def test_files_without_an_origin_have_none(tmp_path: Path):
    assert read(write(tmp_path, SMALL)) is None


def test_an_origin_tells_the_files_before_all_layers_and_counts_the_corrections(corrected: Path):
    found = read(corrected)
    assert found is not None
    assert found.corrections == 3
    assert [layer.corrections for layer in found.layers] == [2, 1]
    assert (corrected / ORIGIN_FILE).read_text().splitlines()[1].startswith(' "corrected_from"')
    told = found.beginning
    assert told.corrections == 3
    assert [listed.file for listed in told.inputs] == list(FILE_NAMES)
    assert told.inputs[0].size_bytes == (corrected / EVENTS_FILE).stat().st_size


def first_is_larger(content: dict[str, Any], part: str) -> None:
    content[part][0]["size_bytes"] += 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(more=1), "unknown field `more`"),
        (lambda c: c["files"][0].update(more=1), "unknown field `more`"),
        (lambda c: c["layers"][0].update(more=1), "unknown field `more`"),
        (lambda c: first_is_larger(c, "files"), f"/files/0: found {EVENTS_FILE} with"),
        (lambda c: first_is_larger(c, "corrected_from"), f"/corrected_from/0: found {EVENTS_FILE} with"),
        (lambda c: c["files"].reverse(), "/files: found other files, expected the five files, each once and in order"),
        (lambda c: c["layers"].reverse(), "expected changes that can be undone"),
        (lambda c: c["layers"].pop(), "/corrected_from/0: "),
        (lambda c: c["layers"][0]["splices"][EVENTS_FILE].pop(), "/corrected_from/0: "),
    ],
)
def test_an_origin_that_says_what_is_not_so_is_refused_at_its_place(
    corrected: Path, change: Callable[[dict[str, Any]], Any], message: str
):
    content = json.loads((corrected / ORIGIN_FILE).read_bytes())
    change(content)
    (corrected / ORIGIN_FILE).write_text(json.dumps(content))
    with pytest.raises(AnnotationError, match=re.escape(message)) as caught:
        read(corrected)
    assert "These files are not what origin.json says" in str(caught.value)


def test_the_size_and_checksum_that_are_found_and_expected_are_told(corrected: Path):
    content = json.loads((corrected / ORIGIN_FILE).read_bytes())
    named = content["files"][0]
    content["files"][0] = named | {"size_bytes": 3, "sha256": "ab"}
    (corrected / ORIGIN_FILE).write_text(json.dumps(content))
    with pytest.raises(AnnotationError) as caught:
        read(corrected)
    [problem] = caught.value.problems
    assert problem.found == f"{EVENTS_FILE} with 3 bytes and SHA-256 ab"
    assert problem.expected == f"{named['size_bytes']} bytes and {named['sha256']}"


def test_an_origin_that_is_a_folder_is_refused(tmp_path: Path):
    folder = write(tmp_path, SMALL)
    inputs = read_annotations(folder).inputs
    (folder / ORIGIN_FILE).mkdir()
    with pytest.raises(AnnotationError, match="found Is a directory, expected the origin of corrected files"):
        read_origin(folder, inputs)
