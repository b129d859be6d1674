"""Change the program in one small place at a time, and see whether its tests notice: `make mutants`.

A mutant is a copy of the project in which one operator, constant or returned value of a module or a .sql file is
another one (changes.py). The tests that run the changed function (functions.py) are run against it, until one
fails; a mutant that they let pass either shows a rule that no test states, or is equivalent: nobody could tell the
difference. CONTRIBUTING.md has the scores and the equivalent ones.

pytest imports everything and collects the tests once. Each mutant has a fork of that process, in which the changed
functions get their new code (forks.py); where the change is outside every function, or in SQL, all is imported anew.

    python tests/mutants/run.py etl/build etl/annotations sql --sample 150 --seed 1
    python tests/mutants/run.py etl/build --tests tests/build/test_normalize.py --only "build/normalize.py line 40"
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import pickle
import pkgutil
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from changes import Mutant, mutants_of
from forks import OPTIONS, PASSED, Quick, anew, in_fork, noticed_by
from functions import Key, Seen, tests_of

PROJECT = Path(__file__).resolve().parents[2]
COPIED = ("etl", "sql", "tests", "docs", "metadata", "pyproject.toml", "CHANGELOG.md", "CITATION.cff")
# Each area with the tests that have to notice what is changed in it.
AREAS = {
    "etl/annotations": ["tests/annotations"],
    "etl/build": ["tests/build"],
    "etl/warehouse": ["tests/warehouse"],
    "etl/corrections": ["tests/corrections"],
    "sql": ["tests/sql", "tests/warehouse/test_checks.py"],
    "etl/evaluation": ["tests/evaluation", "tests/cli/test_evaluate.py"],
}
HEAVY = ("cv2", "duckdb", "numpy", "PIL.Image", "polars", "pyarrow.compute", "pyarrow.dataset", "pyarrow.parquet")


class Run(Quick):
    """The plugin that runs mutants in place of the collected tests."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        self.survivors: list[Mutant] = []
        self.kills: Counter[str] = Counter()  # by the test that failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run every test once without a change, and every mutant in a process of its own."""
        for name in [*HEAVY, *(module.name for module in pkgutil.walk_packages(["etl"], "etl."))]:
            if not name.endswith("__main__"):
                importlib.import_module(name)
        if any(name.read_text().startswith("polars-0") for name in Path("/proc/self/task").glob("*/comm")):
            raise SystemExit("a test module computes with polars when it is imported; a fork of its threads would hang")
        times, runners = measured(session)
        gc.freeze()  # so that collecting garbage in a fork copies no page
        self.check_that_no_change_is_not_noticed(session, times)
        for number, mutant in enumerate(self.mutants, 1):
            chosen = tests_of(mutant, session.items, times, runners)
            chosen.sort(key=lambda test: -self.kills[test.nodeid] / times[test.nodeid])  # stable
            failed = noticed_by(mutant, session, chosen, sum(times[test.nodeid] for test in chosen))
            self.kills[failed] += 1
            if not failed:
                self.survivors.append(mutant)
                say(f"survived: {mutant.path} {mutant.place} ({len(chosen)} tests)")
            if number % 25 == 0:
                say(f"{number - len(self.survivors)} of {number} noticed so far")
        return True

    def check_that_no_change_is_not_noticed(self, session: pytest.Session, times: dict[str, float]) -> None:
        """Run the quickest tests with the functions' own code put in, and with all imported anew."""
        path = self.mutants[0].path
        text = Path(path).read_text(encoding="utf-8")
        code = compile(text, path, "exec") if path.endswith(".py") else None
        quickest = sorted((item for item in session.items if item.nodeid in times), key=lambda i: times[i.nodeid])[:3]
        same = Mutant(path, "", text, code)
        if noticed_by(same, session, quickest, 60) or in_fork(lambda: anew(quickest), 60) != PASSED:
            raise SystemExit("the tests fail although nothing is changed")


def measured(session: pytest.Session) -> tuple[dict[str, float], dict[Key, set[str]]]:
    """Run the tests once without a change, in a fork; return the time of each that passes, and who runs what."""
    file = Path.cwd() / "measured"

    def run() -> int:
        seen = Seen()
        session.config.pluginmanager.register(seen)
        for name in seen.run(session.items):
            say(f"left out, for it fails without a change: {name}")
        file.write_bytes(pickle.dumps((seen.times, dict(seen.runners))))
        return PASSED

    in_fork(run, time_limit_s=3600)
    times, runners = pickle.loads(file.read_bytes())
    return times, runners


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Run a sample of the mutants of some areas; print each that survives, and the scores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=list(AREAS), help="areas, or folders or files in them")
    parser.add_argument("--sample", type=int, default=150, help="so many of each path, drawn by --seed; 0 is all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", nargs="*", help="only these tests")
    parser.add_argument("--only", default="", help="only mutants in whose path and place this regular expression is")
    options = parser.parse_args()
    if len(options.paths) > 1:
        for path in options.paths:
            others = [argument for argument in sys.argv[1:] if argument not in options.paths]
            subprocess.run([sys.executable, __file__, path, *others], check=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            copy_of = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy_of(PROJECT / name, copy / name)
        os.chdir(copy)
        sys.path.insert(0, folder)
        os.environ |= {"PYTHONPATH": folder, "CI": "1"}  # in CI hypothesis draws the same examples every time
        sys.dont_write_bytecode = True
        _run(copy / options.paths[0], options)


def _run(path: Path, options: argparse.Namespace) -> None:
    files = sorted([*path.rglob("*.py"), *path.rglob("*.sql")]) if path.is_dir() else [path]
    mutants = [
        m for file in files for m in mutants_of(file, Path.cwd()) if re.search(options.only, f"{m.path} {m.place}")
    ]
    drawn = random.Random(options.seed).sample(mutants, min(options.sample or len(mutants), len(mutants)))
    name, start = path.relative_to(Path.cwd()).as_posix(), time.monotonic()
    tests = options.tests or next(tests for area, tests in AREAS.items() if name.startswith(area))
    run = Run(drawn)
    status = pytest.main([*OPTIONS, *tests], plugins=[run])
    if status != pytest.ExitCode.OK:
        raise SystemExit(f"{' '.join(tests)}: could not be run")
    noticed, took_s = len(drawn) - len(run.survivors), time.monotonic() - start
    print(f"{name}: {noticed} of {len(drawn)} noticed, of {len(mutants)} mutants, {took_s:.0f} s", flush=True)


if __name__ == "__main__":
    main()
