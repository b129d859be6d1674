"""Which functions a mutant changes, which tests run them, and how long each test takes."""

from __future__ import annotations

import re
import resource
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from changes import Mutant

__all__ = ["Key", "Seen", "changed_code", "codes_in", "key_of", "tests_of"]

SLOW_S = 5.0  # processor time; a slower test is left out
MOST_S = 10.0  # of all tests of one mutant

Key = tuple[str, str, int]  # path in the project, qualified name and first line of a function's code


class Seen:
    """The plugin that notes for each function who runs it, a test or a fixture, and each test's processor time."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}
        self.runners: defaultdict[Key, set[str]] = defaultdict(set)
        self.current = ""
        self.noted: set[int] = set()  # the code objects that it runs, so that nearly all calls are passed over quickly

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """While a fixture is made that several tests share, it is the fixture that runs a function."""
        before = self.current
        if fixturedef.scope != "function":
            self._begin(f"{fixturedef.baseid}*{fixturedef.argname}")
        try:
            return (yield)
        finally:
            self._begin(before)

    def _begin(self, runner: str) -> None:
        self.current = runner
        self.noted.clear()

    def run(self, items: list[pytest.Item]) -> list[str]:
        """Run tests without a change; return those that fail."""
        failed = []
        root, session = f"{Path.cwd()}/", items[0].session

        def see(frame: FrameType, event: str, argument: object) -> None:
            code = frame.f_code
            if id(code) in self.noted:
                return
            self.noted.add(id(code))
            if code.co_filename.startswith(root):
                self.runners[key_of(code, root)].add(self.current)

        threading.settrace(see)
        for item, following in zip(items, [*items[1:], None], strict=True):
            began, failures = processor_s(), session.testsfailed
            self._begin(item.nodeid)
            sys.settrace(see)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            sys.settrace(None)
            if session.testsfailed > failures:
                failed.append(item.nodeid)
            elif processor_s() - began < SLOW_S:
                self.times[item.nodeid] = processor_s() - began
        self._give_to_the_tests(items)
        return failed

    def _give_to_the_tests(self, items: list[pytest.Item]) -> None:
        """Put in the place of each fixture the tests that use it."""
        for key, runners in self.runners.items():
            users = {test for runner in runners if "*" in runner for test in _users(runner, items)}
            self.runners[key] = {runner for runner in runners if "*" not in runner} | users


def _users(fixture: str, items: list[pytest.Item]) -> Iterator[str]:
    base, _, name = fixture.partition("*")
    for item in items:
        if name in getattr(item, "fixturenames", ()) and item.nodeid.startswith(base.removeprefix(".")):
            yield item.nodeid


def processor_s() -> float:
    """The processor time of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def tests_of(
    mutant: Mutant, items: list[pytest.Item], times: dict[str, float], runners: dict[Key, set[str]]
) -> list[pytest.Item]:
    """Return the tests that run what is changed, as many as fit into `MOST_S`: the module's own, then the quickest."""
    if mutant.code is None:
        names = readers_of(Path(mutant.path).stem)
        rank = {item.nodeid: how_near(item, names) for item in items}
        named = {nodeid for nodeid in rank if rank[nodeid] < len(names) * 2}
    else:
        own = f"test_{Path(mutant.path).stem}.py"
        changed = {key_of(code, "") for code in changed_code(mutant)}
        named = set().union(*(runners.get(key, set()) for key in changed))
        named = named or set().union(*(tests for key, tests in runners.items() if key[0] == mutant.path)) or set(times)
        rank = {item.nodeid: 2 * (item.path.name != own) + (item.nodeid not in named) for item in items}
        named |= {item.nodeid for item in items if item.path.name == own}  # such as those that look at signatures
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


def key_of(code: CodeType, root: str) -> Key:
    return code.co_filename.removeprefix(root), code.co_qualname, code.co_firstlineno


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
