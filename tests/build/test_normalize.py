"""Texts chosen by their positions, piece by piece."""

from __future__ import annotations

import numpy as np
import pytest

from etl.build import normalize
from etl.build.columns import strings


@pytest.mark.parametrize("piece", [1, 3, 100])
def test_texts_of_any_length_are_chosen_whole_across_pieces(monkeypatch: pytest.MonkeyPatch, piece: int):
    monkeypatch.setattr(normalize, "PIECE", piece)
    texts = ["20", "", "späť", "hand-object", "1"]
    positions = np.random.default_rng(0).integers(0, len(texts), 50)
    chosen = normalize._chosen(strings(texts), positions)
    chosen.validate(full=True)
    assert chosen.to_pylist() == [texts[position] for position in positions]


def test_nothing_is_chosen_of_no_texts():
    assert normalize._chosen(strings([]), np.array([], dtype=np.int64)).to_pylist() == []
