"""Change the program in one small place at a time, and see whether its tests notice: `make mutants`.

A mutant is a copy of the project in which one operator, constant or returned value of a module or a .sql file is
another one (changes.py). The tests that run the changed function are run against it, the quickest first, until one
fails; a mutant that they let pass either shows a rule that no test states, or is equivalent: nobody could tell the
difference. CONTRIBUTING.md has the scores and the equivalent ones.

pytest imports everything and collects the tests once. Each mutant has a fork of that process, in which the changed
functions get their new code; only where the change is outside every function are the modules imported anew.

    python tests/mutants/run.py etl/build etl/annotations sql --sample 150 --seed 1
    python tests/mutants/run.py etl/build --tests tests/build/test_normalize.py --only "build/normalize.py line 40"
"""

from __future__ import annotations

import argparse
import functools
import gc
import importlib
import os
import pickle
import pkgutil
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest
from changes import Mutant, mutants_of

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
OPTIONS = ["-o", "addopts=--import-mode=importlib", "-m", "not real_data"]
OPTIONS += [option for name in ("cacheprovider", "terminal", "xdist") for option in ("-p", f"no:{name}")]
SLOW_S = 10.0  # processor time; a slower test is left out
MOST_S = 60.0  # of all tests of one mutant
PASSED, FAILED, BROKEN = 0, 1, 100  # the exit status of a fork

Key = tuple[str, str, int]  # path in the project, qualified name and first line of a function's code


class Quick:
    """The plugin for a run that is to end with the first failure."""

    def pytest_collection(self) -> None:
        """Before the tests are imported: no failing example of hypothesis is made smaller."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", derandomize=True, deadline=None, phases=phases)
        settings.load_profile("mutants")


class Run(Quick):
    """The plugin that runs mutants in place of the collected tests."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        self.survivors: list[Mutant] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run every test once without a change, and every mutant in a process of its own."""
        for name in [*HEAVY, *(module.name for module in pkgutil.walk_packages(["etl"], "etl."))]:
            if not name.endswith("__main__"):
                importlib.import_module(name)
        if any(name.read_text().startswith("polars-0") for name in Path("/proc/self/task").glob("*/comm")):
            raise SystemExit("a test module computes with polars when it is imported; a fork of its threads would hang")
        with tempfile.NamedTemporaryFile() as file:
            in_fork(lambda: measure(session, Path(file.name)), time_limit_s=3600)
            times, runners = pickle.loads(Path(file.name).read_bytes())
        self.check_that_no_change_is_not_noticed(session, times)
        for number, mutant in enumerate(self.mutants, 1):
            chosen = tests_of(mutant, session.items, times, runners)
            if not is_noticed(mutant, session, chosen, sum(times[test.nodeid] for test in chosen)):
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
        if is_noticed(same, session, quickest, 60) or in_fork(lambda: anew(quickest), 60) != PASSED:
            raise SystemExit("the tests fail although nothing is changed")


def measure(session: pytest.Session, file: Path) -> int:
    """Run the tests without a change; write the processor time of each that passes, and who runs each function."""
    times: dict[str, float] = {}
    runners: defaultdict[Key, set[str]] = defaultdict(set)
    root, current = f"{Path.cwd()}/", ""

    def see(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if code.co_filename.startswith(root):
            runners[key_of(code, root)].add(current)

    threading.settrace(see)
    for item, following in in_pairs(session.items):
        current, began, failed = item.nodeid, processor_s(), session.testsfailed
        sys.settrace(see)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        sys.settrace(None)
        if session.testsfailed > failed:
            say(f"left out, for it fails without a change: {current}")
        elif processor_s() - began < SLOW_S:
            times[current] = processor_s() - began
    file.write_bytes(pickle.dumps((times, dict(runners))))
    return PASSED


def in_pairs(tests: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Yield each test with the one that comes after it, for which pytest keeps the fixtures that both need."""
    return zip(tests, [*tests[1:], None], strict=True)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def key_of(code: CodeType, root: str) -> Key:
    return code.co_filename.removeprefix(root), code.co_qualname, code.co_firstlineno


def processor_s() -> float:
    """The processor time of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def tests_of(
    mutant: Mutant, items: list[pytest.Item], times: dict[str, float], runners: dict[Key, set[str]]
) -> list[pytest.Item]:
    """Return the tests that run what is changed, the quickest first, as many as fit into `MOST_S`."""
    if mutant.code is None:
        names = readers_of(Path(mutant.path).stem)
        rank = {item.nodeid: how_near(item, names) for item in items}
        named = {nodeid for nodeid in rank if rank[nodeid] < len(names) * 2}
    else:
        rank = dict.fromkeys(times, 0)
        changed = {key_of(code, "") for code in changed_code(mutant)}
        named = set().union(*(runners.get(key, set()) for key in changed))
        named = named or set().union(*(tests for key, tests in runners.items() if key[0] == mutant.path)) or set(times)
    chosen = [item for item in items if item.nodeid in named & times.keys()]
    of_file: defaultdict[Path, float] = defaultdict(float)  # a file's tests stay together, for they share fixtures
    for item in chosen:
        of_file[item.path] += times[item.nodeid]
    chosen.sort(key=lambda item: (rank[item.nodeid], of_file[item.path], times[item.nodeid]))
    most = 0.0
    return [item for item in chosen if (most := most + times[item.nodeid]) < MOST_S]


def readers_of(view: str) -> list[str]:
    """Return the name of a .sql file and those of the files that read it, the nearest first."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in Path("sql").rglob("*.sql")}
    names = [view]
    for name in names:
        names += [other for other, text in texts.items() if other not in names and re.search(rf"\b{name}\b", text)]
    return names


def how_near(item: pytest.Item, names: list[str]) -> int:
    """Return the first of `names` that a test has in its own name, or else in its text; the number of both if none."""
    function = getattr(item, "function", None)
    text = Path(function.__code__.co_filename).read_text(encoding="utf-8") if function else ""
    found = [index for index, name in enumerate(names) if name in item.nodeid]
    found += [len(names) + index for index, name in enumerate(names) if name in text and "[" not in item.nodeid]
    return min(found, default=len(names) * 2)


def changed_code(mutant: Mutant) -> list[CodeType]:
    """Return the code objects of a mutant that differ from the original's in themselves, not only inside."""
    original = compile(Path(mutant.path).read_text(encoding="utf-8"), mutant.path, "exec")
    before = Counter(map(itself, codes_in(original)))
    assert mutant.code is not None
    return [code for code in codes_in(mutant.code) if not before[itself(code)]]


def codes_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes_in(constant)


def itself(code: CodeType) -> CodeType:
    return code.replace(co_consts=tuple(None if isinstance(value, CodeType) else value for value in code.co_consts))


def is_noticed(mutant: Mutant, session: pytest.Session, tests: list[pytest.Item], clean_s: float) -> bool:
    """Run tests against a mutant; tell whether one failed or did not end."""
    path = Path(mutant.path)
    original, times = path.read_bytes(), path.stat()

    def run() -> int:
        if mutant.code and not put_in(mutant):
            return anew(tests)
        for test, following in in_pairs(tests):
            test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            if session.testsfailed:
                return FAILED
        return PASSED

    path.write_text(mutant.text, encoding="utf-8")  # for the processes that tests start, and modules not yet imported
    try:
        return in_fork(run, time_limit_s=int(10 + 4 * clean_s)) != PASSED
    finally:
        path.write_bytes(original)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that its compiled file stays valid


def put_in(mutant: Mutant) -> bool:
    """Give the functions of a module their changed code; tell whether that is all that the change needs."""
    assert mutant.code is not None
    root = f"{Path.cwd()}/"
    if not all(code.co_flags & 2 for code in changed_code(mutant)):  # of a module or class: run at import only
        return False
    new = {key_of(code, ""): code for code in codes_in(mutant.code)}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == root + mutant.path:
            code = new[key_of(thing.__code__, root)]
            if len(code.co_freevars) != len(thing.__code__.co_freevars):
                return False
            thing.__code__ = code.replace(co_filename=root + mutant.path)
        elif isinstance(thing, functools._lru_cache_wrapper) and thing.__module__.startswith("etl"):
            thing.cache_clear()
    return True


def anew(tests: list[pytest.Item]) -> int:
    """Import the program and the tests anew, and run them."""
    names = [test.nodeid for test in tests]
    for name in list(sys.modules):
        if name.partition(".")[0] in ("etl", "tests") or name == "conftest":
            del sys.modules[name]
    return int(pytest.main(["-x", *OPTIONS, *names], plugins=[Quick()]))


def in_fork(work: Callable[[], int], time_limit_s: int) -> int:
    """Do some work in a fork of this process, with a folder for its files; return its exit status, or a signal's."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        child = os.fork()
        if child == 0:
            status = BROKEN
            try:
                os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = folder
                resource.setrlimit(resource.RLIMIT_CPU, (time_limit_s, time_limit_s))
                status = work()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        status = wait(child, 10 * time_limit_s)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == BROKEN:
            raise SystemExit("the run itself is at fault: the exception stands above")
        return status


def wait(child: int, limit_s: float) -> int:
    """Wait for a process to end; kill it when it sleeps too long."""
    ends = time.monotonic() + limit_s
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > ends:
            os.kill(child, 9)
        time.sleep(0.01)


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
