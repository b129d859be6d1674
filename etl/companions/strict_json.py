"""Read JSON as it stands: keys that stand twice and numbers that JSON has not (NaN) are faults, with their place."""

from __future__ import annotations

import codecs
import json
from typing import Any, NoReturn

from etl.errors import Problem

__all__ = ["Doubled", "decode_text", "parse_json", "quoted", "shown"]


class Doubled(dict[str, Any]):
    """An object in which the key `key` stands twice with different values."""

    key: str = ""


class _NoNumberError(ValueError):
    """NaN or an infinity, which JSON does not have."""


def decode_text(content: bytes, file: str) -> str | Problem:
    """Return the text of a file in UTF-8, or what is wrong with it."""
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem(file, f"line {line}", f"the byte 0x{content[error.start]:02x}", "text in UTF-8")


def parse_json(text: str, file: str, *, first_line: int = 1) -> Any:
    """Return what a JSON text holds, or a Problem; an object with a key that stands twice is a `Doubled`.

    `first_line` is the line of the file, from 1, on which the text begins.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {first_line + error.lineno - 1}, column {error.colno}"
        found = f"`{text[error.pos : error.pos + 20].strip()}`" if error.pos < len(text) else "the end of the file"
        return Problem(file, place, found, f"JSON ({error.msg})")
    except _NoNumberError as error:
        return Problem(file, f"line {first_line}", str(error), "a number of JSON")
    except RecursionError:
        return Problem(file, "", "deeper nesting than any such file has", "JSON")


def shown(value: object) -> str:
    """Return a value as an error message shows it."""
    match value:
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


def _refuse(name: str) -> NoReturn:
    raise _NoNumberError(name)
