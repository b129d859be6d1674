"""Time every view and macro beside the same answer in pandas, in one run: `make benchmark`.

At 1×, 10× and 100× of the real annotation files. On both sides the tables are there already: in the warehouse's file
for a view, in memory for pandas. A view's answer is taken out as an Arrow table. At 1× the two answers are compared
value by value, at other sizes their number of rows. At the end stands how the seconds of the processor grow: the slope
on logarithmic axes from each size to the next, 1 where ten times the rows take ten times as long.

    python tests/benchmarks/views.py [--copies 1 10 100] [--memory-limit 500MB] [--without-pandas] [NAME …]
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pandas_times
import pandas_views
from build import REAL, multiply
from pandas_tables import Tables

from etl.build import build
from etl.views import View, load_macros, load_views
from etl.warehouse.open import Warehouse, open_warehouse

RUNS = {1: 15, 100: 1}
IN_PANDAS = vars(pandas_times) | vars(pandas_views)  # the answers by the names of the views
Times = dict[str, dict[int, float]]  # of each view, the seconds of the processor by the number of copies


def main() -> None:
    """Print the table; exit 1 where answers differ."""
    if not REAL.is_dir():
        sys.exit(f"the real annotation files are not at {REAL}")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="views to time (default: all)")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--memory-limit", help="limit of the engine's memory, as in 500MB")
    parser.add_argument("--without-pandas", action="store_true")
    options = parser.parse_args()
    views = [view for view in [*load_views(), *load_macros()] if not options.names or view.name in options.names]
    taken: Times = {view.name: {} for view in views}
    with tempfile.TemporaryDirectory() as name:
        for copies in options.copies:
            folder = Path(name) / str(copies)
            multiply(REAL, folder, copies)
            build(folder, folder / "warehouse")
            with open_warehouse(folder / "warehouse", memory_limit=options.memory_limit) as opened:
                tables = None if options.without_pandas else Tables(folder / "warehouse")
                _print_table(views, opened, tables, copies, taken)
    print_growth(taken)


def print_growth(taken: Times) -> None:
    """Print the seconds of the processor by size, and the slope from each size to the next."""
    sizes = list(next(iter(taken.values())))
    slopes = "".join(f" slope {one}× to {two}× |" for one, two in pairwise(sizes))
    print(f"\n| view, CPU | {' | '.join(f'{copies}×' for copies in sizes)} |{slopes}")
    print("|---" * (2 * len(sizes)) + "|")
    for name, seconds in sorted(taken.items(), key=lambda item: -max(item[1].values())):
        times = " | ".join(f"{1000 * seconds[copies]:,.0f} ms" for copies in sizes)
        grown = [math.log(seconds[two] / seconds[one]) / math.log(two / one) for one, two in pairwise(sizes)]
        print(f"| {name} | {times} |" + "".join(f" {slope:.2f} |" for slope in grown))


def _print_table(views: list[View], opened: Warehouse, tables: Tables | None, copies: int, taken: Times) -> None:
    print(f"\n| view at {copies}× | rows | view | pandas | view / pandas | view, CPU |\n|---|---|---|---|---|---|")
    for view in views:
        question = view.example or f"from {view.name}"
        answers: list[Callable[[], Any]] = [partial(_ask, opened, question)]
        if tables and view.name in IN_PANDAS:
            answers.append(partial(IN_PANDAS[view.name], tables))
        (found, *expected), seconds, processor = _timed_in_turn(answers, RUNS.get(copies, 3))
        taken[view.name][copies] = processor[0]
        for other in expected:
            _compare(found.to_pandas(), other, by_value=copies == 1)
        others = f"{1000 * seconds[1]:,.0f} ms | {seconds[0] / seconds[1]:.2f}" if expected else " | "
        line = f"| {view.name} | {found.num_rows:,} | {1000 * seconds[0]:,.0f} ms | {others} |"
        print(f"{line} {1000 * processor[0]:,.0f} ms |", flush=True)


def _ask(opened: Warehouse, question: str) -> Any:
    return opened.query(question).arrow().read_all()


def _timed_in_turn(answers: list[Callable[[], Any]], times: int) -> tuple[list[Any], list[float], list[float]]:
    """Return the answers, the median seconds of each and those of the processor, after a turn that does not count."""
    turns, processor_turns = [], []
    for _ in range(times + 1):
        results, turn, processor_turn = [], [], []
        for answer in answers:
            start, processor_start = time.perf_counter(), time.process_time()
            results.append(answer())
            turn.append(time.perf_counter() - start)
            processor_turn.append(time.process_time() - processor_start)
        turns.append(turn)
        processor_turns.append(processor_turn)
    medians = [
        [statistics.median(seconds) for seconds in zip(*found[1:], strict=True)] for found in (turns, processor_turns)
    ]
    return results, medians[0], medians[1]


def _compare(found: pd.DataFrame, expected: pd.DataFrame, *, by_value: bool) -> None:
    assert len(found) == len(expected), f"{len(found)} rows, {len(expected)} in pandas"
    if by_value:
        columns = sorted(found.columns)
        frames = [frame[columns].astype(object).where(frame[columns].notna(), None) for frame in (found, expected)]
        ordered = [frame.sort_values(columns, key=_as_text, ignore_index=True) for frame in frames]
        pd.testing.assert_frame_equal(*ordered, check_dtype=False)


def _as_text(column: pd.Series) -> pd.Series:
    return column.map(lambda value: f"{value:.6f}" if isinstance(value, int | float) else str(value))


if __name__ == "__main__":
    main()
