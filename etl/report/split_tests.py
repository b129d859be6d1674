"""The p-values of `split_balance`, by permutation of whole videos.

They equal those of the macro `split_tests`, which makes a row of each draw, video and category: 10 million rows, 1.9 s
and 150 MB for the released videos. Counting in arrays takes a fifth of a second. A test compares the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from etl.pages.answers import Answer, Queryable

__all__ = ["with_p_values"]

SQL = """\
select
    split_balance.*,
    split_tests.p_value
from split_balance
left join split_tests() as split_tests using (split, other_split, dimension)
order by dimension, split, other_split"""

# Videos in the order of their ids, and what each adds to the mixes: positions and categories as numbers from 0.
VIDEOS = "select video_id, split from video_labels order by video_id"
MIXES = """\
select
    places.place,
    dense_rank() over (order by mixes.dimension, mixes.category) - 1 as category,
    mixes.n
from video_mixes as mixes
inner join
    (select video_id, row_number() over (order by video_id) - 1 as place from videos) as places using (video_id)"""
CATEGORIES = "select dimension from video_mixes group by dimension, category order by dimension, category"

DRAWS, SEED = 199, 0  # the macro's defaults
PRIME = 2**31 - 1

Pair = tuple[str, str, str]
"""A split, another one, and the dimension in which they are compared."""


def with_p_values(source: Queryable, balance: Answer) -> Answer:
    """Return the answer about `split_balance` with the column `p_value` of the macro `split_tests`."""
    tests = _p_values(source) if balance.rows else {}
    key = [balance.columns.index(column) for column in ("split", "other_split", "dimension")]
    rows = tuple((*row, tests[row[key[0]], row[key[1]], row[key[2]]]) for row in balance.rows)
    question = replace(balance.question, sql=SQL, macros=("split_tests",))
    return replace(balance, question=question, columns=(*balance.columns, "p_value"), rows=rows)


def _p_values(source: Queryable) -> dict[Pair, float]:
    video_ids, names = zip(*source.query(VIDEOS).fetchall(), strict=True)
    splits, split_of_place = np.unique(np.array(names), return_inverse=True)
    mixes = source.query(MIXES).fetchnumpy()
    dimensions = np.array([dimension for (dimension,) in source.query(CATEGORIES).fetchall()])
    shape, size = (len(splits), len(dimensions)), len(splits) * len(dimensions)
    weights = mixes["n"].astype(np.float64)
    counts = np.array(
        [
            np.bincount(deal[mixes["place"]] * shape[1] + mixes["category"], weights, size).reshape(shape)
            for deal in _deals(video_ids, split_of_place)
        ]
    )
    found: dict[Pair, float] = {}
    for dimension in np.unique(dimensions).tolist():
        of_splits = zip(splits.tolist(), np.moveaxis(counts[:, :, dimensions == dimension], 1, 0), strict=True)
        for (one, of_one), (other, of_other) in combinations(of_splits, 2):
            if of_one[0].any() and of_other[0].any():
                found[one, other, dimension] = _p_value(of_one, of_other)
    return found


def _deals(video_ids: tuple[str, ...], split_of_place: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Yield each video's split: the true one first, then that of each draw, as in the macro `shuffled_videos`."""
    digests = np.array([_digest(video_id) % PRIME for video_id in video_ids], dtype=np.int64)
    places = np.arange(len(video_ids))
    yield split_of_place
    for draw in range(1, DRAWS + 1):
        factor = _digest(f"{SEED} {draw}") % (PRIME - 1) + 1
        deal = np.empty_like(split_of_place)
        # Number and place as one number of 31 and 32 bits: sorting takes a third of what a stable argsort takes.
        order = np.sort((digests * factor % PRIME) << 32 | places) & 0xFFFFFFFF
        deal[order] = split_of_place
        yield deal


def _digest(text: str) -> int:
    """Return the same number as the engine's md5_number_lower."""
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[8:], "little")


def _p_value(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the share of the draws, the true one included, that are at least as far apart.

    Both are counts, draws × categories. A draw in which one of the two has no counts is left out.
    """
    both = one.any(1) & other.any(1)
    shares = [counts[both] / counts[both].sum(1, keepdims=True) for counts in (one, other)]
    middle = (shares[0] + shares[1]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = sum(np.where(share > 0, share * np.log2(share / middle), 0).sum(1) for share in shares)
    return float(np.mean(bits / 2 > bits[0] / 2 - 1e-12))
