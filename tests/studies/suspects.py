"""How well suspects find faults that were planted into the real labels: `make suspects-study`, for docs/review.md.

2 % of the events get a fault of a known kind; printed are the precision of the first 100 and 484 suspects and the
recall of each kind, beside random order and each part of the score alone; without predictions and with an oracle's.
The folder of the real annotation files is the first argument, or ../shared/data/ssv2-contact-release.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "support")]

from faults import ALL_KINDS, PLANTED, SHOWN_BY_LABELS, Annotations, hits, oracle, plant, recall  # noqa: E402

import etl  # noqa: E402

SEEDS = (10, 11)  # the weights were chosen on 0 and 1
REAL = PROJECT.parent / "shared" / "data" / "ssv2-contact-release"


def rankings(
    annotations: Annotations, kinds: tuple[str, ...], seed: int
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The planted events, and the order that each way of looking gives them."""
    planted = plant(annotations.events, kinds, seed=seed)
    warehouse = annotations.warehouse(planted)
    by_labels = etl.suspects(warehouse).events
    predicted = oracle(annotations.events, seed=seed)
    orders = {
        "random order": planted.sample(fraction=1, shuffle=True, seed=seed),
        "all parts, without predictions": by_labels,
        "all parts, with the oracle's predictions": etl.suspects(warehouse, predicted).events,
        "the same, a tenth of them missing": etl.suspects(warehouse, predicted.sample(fraction=0.9, seed=seed)).events,
    }
    for part in (name for name in by_labels.columns if name.endswith("_part") and by_labels[name].sum()):
        at_random = by_labels.sample(fraction=1, shuffle=True, seed=seed)  # where the part is the same
        orders[part] = at_random.filter(pl.col(part) > 0).sort(part, descending=True, maintain_order=True)
    return planted, orders


def study(annotations: Annotations, kinds: tuple[str, ...]) -> None:
    """Print the table of one mixture of kinds, means over the seeds."""
    rows: dict[str, list[list[float]]] = {}
    for seed in SEEDS:
        planted, orders = rankings(annotations, kinds, seed)
        for name, ranked in orders.items():
            found = hits(ranked, planted)
            precision = [found.head(count)["fault"].count() / count for count in (100, PLANTED)]
            recalls = recall(found, planted)
            rows.setdefault(name, []).append([*precision, *(recalls[kind] for kind in kinds)])
    print(f"| order | precision at 100 | at {PLANTED} | {' | '.join(f'recall: {kind}' for kind in kinds)} |")
    print("|---" * (3 + len(kinds)) + "|")
    for name, values in rows.items():
        means = [sum(column) / len(SEEDS) for column in zip(*values, strict=True)]
        print(f"| {name} | {' | '.join(f'{mean:.2f}' for mean in means)} |")
    print()


if __name__ == "__main__":
    labels = Annotations(Path(sys.argv[1]) if len(sys.argv) > 1 else REAL)
    study(labels, SHOWN_BY_LABELS)
    study(labels, ALL_KINDS)
