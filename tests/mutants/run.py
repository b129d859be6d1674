"""Change the program in one small place at a time, and see whether its tests notice: `make mutants`.

A mutant is a copy of the project in which one operator, constant or returned value of a module or a .sql file is
another one. The tests of that module run against it; a mutant that they let pass either shows a rule that no test
states, or is equivalent: nobody could tell the difference. CONTRIBUTING.md has the score and the equivalent ones.

    python tests/mutants/run.py etl/build etl/annotations sql --sample 60 --seed 1
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
WHOLE = ("etl/annotations", "etl/build", "etl/warehouse", "etl/evaluation", "etl/corrections", "sql")
COPIED = ("etl", "sql", "tests", "docs", "metadata", "pyproject.toml", "CHANGELOG.md", "CITATION.cff")
TIME_LIMIT_S = 240

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult}
SQL = (
    (r"<=", "<"),
    (r">=", ">"),
    (r"(?<![<>!=])<(?![=>])", "<="),
    (r"(?<![<>!=-])>(?![=>])", ">="),
    (r"(?<= )= ", "!= "),
    (r"!= ", "= "),
    (r"\bleft join\b", "inner join"),
    (r"\binner join\b", "left join"),
    (r"\banti join\b", "semi join"),
    (r"\band\b(?! [0-9])", "or"),
    (r"\bor\b(?! replace)", "and"),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bunion all\b", "union"),
    (r"\bis null\b", "is not null"),
    (r"\bis not null\b", "is null"),
    (r" \+ ", " - "),
    (r" - ", " + "),
    (r"\basc\b", "desc"),
    (r"\bdesc\b", "asc"),
    (r"(?<![\w.])[0-9]+(?![\w.])", lambda match: str(int(match[0]) + 1)),
)


@dataclass(frozen=True)
class Mutant:
    """One changed file: its path in the project, where and what was changed, the whole text that it then has."""

    path: str
    place: str
    text: str


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a module or a .sql file."""
    name = path.relative_to(PROJECT).as_posix()
    yield from (_of_sql if path.suffix == ".sql" else _of_module)(name, path.read_text(encoding="utf-8"))


def _of_module(name: str, text: str) -> Iterator[Mutant]:
    count = sum(1 for _ in _changes(ast.parse(text)))
    for number in range(count):
        tree = ast.parse(text)
        for index, (node, what, change) in enumerate(_changes(tree)):
            if index == number:
                change()
                mutated = ast.unparse(ast.fix_missing_locations(tree))
                yield Mutant(name, f"line {node.lineno}: {what}", mutated)
                break


def _changes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str, Callable[[], None]]]:
    """Yield the places of a module that can be changed: the node, what is done, and the function that does it."""
    for node in _code(tree):
        if isinstance(node, ast.Compare):
            for index, operator in enumerate(node.ops):
                other = COMPARISONS[type(operator)]
                yield node, f"{type(operator).__name__} to {other.__name__}", _setting(node.ops, index, other())
        elif isinstance(node, ast.BoolOp):
            other_word = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield node, f"to {other_word.__name__}", _assigning(node, "op", other_word())
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, "without not", _assigning(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
        elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC and not _is_text(node):
            other_sign = ARITHMETIC[type(node.op)]
            yield node, f"{type(node.op).__name__} to {other_sign.__name__}", _assigning(node, "op", other_sign())
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield node, f"{node.value} to {not node.value}", _assigning(node, "value", not node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield node, f"{node.value} to {node.value + 1}", _assigning(node, "value", node.value + 1)
        elif isinstance(node, ast.Return) and node.value and not _is_none(node.value):
            yield node, "return None", _assigning(node, "value", ast.Constant(None))


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run: no annotations, and nothing that is there for type checkers only."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            is_for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            if isinstance(child, ast.AST) and not is_for_types:
                yield child
                yield from _code(child)


def _setting(items: list[ast.cmpop], index: int, value: ast.cmpop) -> Callable[[], None]:
    return lambda: items.__setitem__(index, value)


def _assigning(node: ast.AST, field: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", 0), str | bytes) for side in sides)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _of_sql(name: str, text: str) -> Iterator[Mutant]:
    header = re.match(r"(?:--.*\n)*", text)
    start = header.end() if header else 0
    for pattern, other in SQL:
        for match in re.compile(pattern).finditer(text, start):
            line_start = text.rfind("\n", 0, match.start()) + 1
            if "--" in text[line_start : match.start()]:
                continue
            replaced = other(match) if callable(other) else other
            place = f"line {text.count(chr(10), 0, match.start()) + 1}: {match[0].strip()} to {replaced.strip()}"
            yield Mutant(name, place, text[: match.start()] + replaced + text[match.end() :])


def tests_of(path: str) -> list[str]:
    """Return the tests that have to notice a change of a file: the module's own first, then those of its folder."""
    folder, stem = Path(path).parent.name, Path(path).stem
    if path.startswith("sql/"):
        tests = {
            "checks": ["tests/warehouse/test_checks.py"],
            "evaluation": ["tests/sql/test_evaluation.py", "tests/cli/test_evaluate.py"],
        }.get(folder, [f"tests/sql/test_{folder}.py", "tests/sql/test_overview.py"])
    else:
        inside = Path(path).relative_to("etl").parent
        tests = [f"tests/{inside}/test_{stem}.py", f"tests/{inside}"]
    return [test for test in dict.fromkeys(tests) if (PROJECT / test).exists()]


def is_noticed(mutant: Mutant, copy: Path) -> bool:
    """Run the tests against a copy of the project with the mutant in it; tell whether one failed or did not end."""
    original = (copy / mutant.path).read_text(encoding="utf-8")
    (copy / mutant.path).write_text(mutant.text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not real_data"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *tests_of(mutant.path)], cwd=copy, env=environment, capture_output=True, timeout=TIME_LIMIT_S
        )
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        (copy / mutant.path).write_text(original, encoding="utf-8")


def main() -> None:
    """Run a sample of the mutants of some folders or files; print each that survives, and the score."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=WHOLE)
    parser.add_argument("--sample", type=int, default=60, help="so many of each path, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            copy_of = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy_of(PROJECT / name, copy / name)
        for path in options.paths:
            _run(PROJECT / path, options.sample, random.Random(options.seed), copy)


def _run(path: Path, sample: int, dice: random.Random, copy: Path) -> None:
    files = sorted([*path.rglob("*.py"), *path.rglob("*.sql")]) if path.is_dir() else [path]
    mutants = [mutant for file in files for mutant in mutants_of(file)]
    drawn = dice.sample(mutants, min(sample, len(mutants)))
    for unchanged in {tuple(tests_of(m.path)): m for m in drawn}.values():
        whole = Mutant(unchanged.path, "", (copy / unchanged.path).read_text(encoding="utf-8"))
        if is_noticed(whole, copy):
            raise SystemExit(f"{' '.join(tests_of(whole.path))}: these fail, or last too long, without any change")
    start, noticed = time.monotonic(), 0
    for mutant in drawn:
        if is_noticed(mutant, copy):
            noticed += 1
        else:
            print(f"survived: {mutant.path} {mutant.place}", flush=True)
    name, took_s = path.relative_to(PROJECT).as_posix(), time.monotonic() - start
    print(f"{name}: {noticed} of {len(drawn)} noticed, of {len(mutants)} mutants, {took_s:.0f} s", flush=True)


if __name__ == "__main__":
    main()
