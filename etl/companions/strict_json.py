"""Read JSON as it is: what other readers change or drop (a repeated key, NaN, half a letter) is kept and found."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from etl.errors import Problem

__all__ = [
    "MISSING",
    "NO_NUMBER",
    "Doubled",
    "NoNumber",
    "decode_text",
    "find_no_number",
    "is_text",
    "parse_json",
    "quoted",
    "shown",
]

MISSING = object()
"""Stands for the value of a key that is not there."""
MAX_DIGITS = 300
NO_NUMBER = re.compile(r"NaN|Infinity|[0-9]{301}")  # a text without these needs no search
HALF_LETTER = re.compile("[\ud800-\udfff]")


class Doubled(dict[str, Any]):
    """An object that has the key `key` twice with different values."""

    key: str = ""


class NoNumber(float):
    """NaN or an infinity, which JSON does not have, or an integer that is far too large; `digits` is its text."""

    digits: str = ""

    def __repr__(self) -> str:
        return self.digits


def decode_text(content: bytes, file: str) -> str | Problem:
    """Return the text of a file in UTF-8, or what is wrong with it."""
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem(file, f"line {line}", f"the byte 0x{content[error.start]:02x}", "text in UTF-8")


def parse_json(text: str, file: str, *, first_line: int = 1) -> Any:
    """Return what a JSON text holds, or a Problem.

    An object with a repeated key becomes a `Doubled`, what is not a valid number a `NoNumber`. `first_line` is the line
    of the file, from 1, on which the text begins.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number, parse_int=_integer)
    except json.JSONDecodeError as error:
        place = f"line {first_line + error.lineno - 1}, column {error.colno}"
        found = f"`{text[error.pos : error.pos + 20].strip()}`" if error.pos < len(text) else "the end of the file"
        return Problem(file, place, found, f"JSON ({error.msg})")
    except RecursionError:
        return Problem(file, "", "deeper nesting than any such file has", "JSON")


def find_no_number(value: Any) -> tuple[tuple[str | int, ...], NoNumber] | None:
    """Return the first NoNumber at any level of a value, with the steps that lead to it; None if there is none."""
    if isinstance(value, NoNumber):
        return (), value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        if found := find_no_number(member):
            return (step, *found[0]), found[1]
    return None


def is_text(value: object) -> bool:
    """Tell whether a value is text that can be written: JSON can escape half a surrogate pair, which cannot."""
    return isinstance(value, str) and not HALF_LETTER.search(value)


def shown(value: object) -> str:
    """Return a value as an error message shows it."""
    if value is MISSING:
        return "nothing"
    match value:
        case NoNumber():
            return value.digits if len(value.digits) <= 40 else f"a number of {len(value.digits):,} digits"
        case str():
            return quoted(value)
        case dict():
            return "an object"
        case list():
            return f"an array of {len(value)}"
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case _:
            return str(value)[:40]


def quoted(text: str) -> str:
    """Return text in double quotes, shortened, with everything unprintable escaped."""
    short = text if len(text) <= 60 else text[:60] + "…"
    return json.dumps(short, ensure_ascii=not short.isprintable())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen and seen[key] != value:
            doubled = Doubled(content)
            doubled.key = key
            return doubled
        seen[key] = value
    return content


def _no_number(digits: str) -> NoNumber:
    number = NoNumber("nan")
    number.digits = digits
    return number


def _integer(digits: str) -> int | NoNumber:
    return int(digits) if len(digits) <= MAX_DIGITS else _no_number(digits)
