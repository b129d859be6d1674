"""What can be changed in a module or a .sql file, one small place at a time.

Left out by kind, since no test can or need notice: annotations, decorators, docstrings and every other text, what
stands under TYPE_CHECKING, `strict` of zip (a guard against faults of the program itself), and None for a returned
False, 0 or None.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

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
SQL: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
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
    """One changed file: its path in the project, where and what was changed, the whole text that it then has.

    `code` is the module compiled with the line numbers of the original; a .sql file has none.
    """

    path: str
    place: str
    text: str
    code: CodeType | None = None


def mutants_of(path: Path, project: Path) -> Iterator[Mutant]:
    """Yield every mutant of a module or a .sql file."""
    name = path.relative_to(project).as_posix()
    yield from (_of_sql if path.suffix == ".sql" else _of_module)(name, path.read_text(encoding="utf-8"))


def _of_module(name: str, text: str) -> Iterator[Mutant]:
    count = sum(1 for _ in _changes(ast.parse(text)))
    for number in range(count):
        tree = ast.parse(text)
        for index, (node, what, change) in enumerate(_changes(tree)):
            if index == number:
                change()
                code = compile(ast.fix_missing_locations(tree), name, "exec")
                yield Mutant(name, f"line {node.lineno}: {what}", ast.unparse(tree), code)
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
        elif isinstance(node, ast.Return) and node.value and getattr(node.value, "value", True):
            yield node, "return None", _assigning(node, "value", ast.Constant(None))


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run, without the kinds that the module's docstring leaves out."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            is_for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            is_guard = isinstance(child, ast.keyword) and child.arg == "strict"
            if isinstance(child, ast.AST) and not is_for_types and not is_guard:
                yield child
                yield from _code(child)


def _setting(items: list[ast.cmpop], index: int, value: ast.cmpop) -> Callable[[], None]:
    return lambda: items.__setitem__(index, value)


def _assigning(node: ast.AST, field: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", 0), str | bytes) for side in sides)


def _of_sql(name: str, text: str) -> Iterator[Mutant]:
    header = re.match(r"(?:--.*\n)*", text)
    start = header.end() if header else 0
    for pattern, other in SQL:
        for match in re.compile(pattern).finditer(text, start):
            line_start = text.rfind("\n", 0, match.start()) + 1
            if "--" in text[line_start : match.start()]:
                continue
            replaced = other if isinstance(other, str) else other(match)
            place = f"line {text.count(chr(10), 0, match.start()) + 1}: {match[0].strip()} to {replaced.strip()}"
            yield Mutant(name, place, text[: match.start()] + replaced + text[match.end() :])
