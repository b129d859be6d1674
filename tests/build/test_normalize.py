"""The annotations as rows of every table, and texts chosen by their positions, piece by piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from datasets import SMALL, write

from etl.annotations import read_annotations
from etl.build import normalize

ROWS = {
    "events": [
        ("3", 0, "contact", "hand-object", 7, 10, 20),
        ("3", 1, "contact", "hand-object", 7, 10, 20),
        ("20", 0, "release", "hand-object", 9, 10, 20),
        ("20", 1, "contact", "hand-object", 4, 11, 20),
        ("100", 0, "contact", "object-surface", 0, 10, 20),
        ("100", 1, "release", "object-object", 0, 10, 20),
    ],
    "videos": [("3", 0), ("20", 0), ("100", 1)],
    "templates": [(0, "Holding something"), (1, "Dropping something"), (2, "Never done")],
    "splits": [("3", "test"), ("20", "train")],
    "frame_index": [("3", 7), ("20", 4), ("20", 9), ("100", 0)],
}


def test_every_table_has_its_rows_by_numeric_id_then_index_or_frame_and_each_frame_once(tmp_path: Path):
    tables = dict(normalize.annotations_to_tables(read_annotations(write(tmp_path / "metadata", SMALL))))
    for name, rows in ROWS.items():
        filled = [column for column in tables[name].column_names if tables[name][column].null_count == 0]
        assert [tuple(row.values()) for row in tables[name].select(filled).to_pylist()] == rows, filled


@pytest.mark.parametrize("piece", [1, 3, 100])
def test_texts_of_any_length_are_chosen_whole_across_pieces(monkeypatch: pytest.MonkeyPatch, piece: int):
    monkeypatch.setattr(normalize, "PIECE", piece)
    texts = ["20", "", "späť", "hand-object", "1"]
    positions = np.random.default_rng(0).integers(0, len(texts), 50)
    chosen = normalize._chosen(normalize.strings(texts), positions)
    chosen.validate(full=True)
    assert chosen.to_pylist() == [texts[position] for position in positions]


def test_nothing_is_chosen_of_no_texts():
    assert normalize._chosen(normalize.strings([]), np.array([], dtype=np.int64)).to_pylist() == []
