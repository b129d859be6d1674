"""A strict JSON reader (RFC 8259) that knows where everything stands.

It keeps what other readers drop: keys that stand twice, the digits of a number, the span of every value in the
text, and, where the text is no JSON, the place and what was expected there.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

__all__ = ["MAX_DEPTH", "JsonSyntaxError", "Kind", "Value", "line_and_column", "parse", "parse_members", "pointer"]

MAX_DEPTH = 64

Kind = Literal["object", "array", "string", "number", "true", "false", "null", "NaN", "Infinity", "-Infinity"]

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9.eE+-])")
_WORD = re.compile(r"true|false|null|NaN|-?Infinity")


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value and its span `text[start:end]`.

    `text` is the decoded text of a string and the digits of a number as they stand; `items` are the elements of
    an array; `members` are key, start of the key and value of an object's members, repeated keys included.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    items: tuple[Value, ...] = ()
    members: tuple[tuple[str, int, Value], ...] = ()


class JsonSyntaxError(Exception):
    """The text is not JSON: at character `position`, in the value at `pointer`."""

    def __init__(self, position: int, pointer: str, found: str, expected: str, hint: str = "") -> None:
        super().__init__(f"at character {position}: found {found}, expected {expected}")
        self.position, self.pointer, self.found, self.expected, self.hint = position, pointer, found, expected, hint


def pointer(*steps: str | int) -> str:
    """Return the JSON Pointer (RFC 6901) of the value that `steps` lead to."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def line_and_column(text: str, position: int) -> str:
    """Return the place of a character as `line L, column C`, both from 1."""
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"


def parse(text: str) -> Value:
    """Parse a whole JSON text. Raises JsonSyntaxError where it is none."""
    reader = _Reader(text)
    value = reader.value()
    reader.end()
    return value


def parse_members(text: str) -> Iterator[tuple[str, int, Value]]:
    """Yield the members of the object that `text` is, one at a time: key, start of the key, value.

    Only the member at hand is in memory. Raises JsonSyntaxError, on getting there, where the text is no JSON object.
    """
    reader = _Reader(text)
    reader.skip_space()
    yield from reader.members()
    reader.end()


class _Reader:
    """A cursor in a text: `at` is the next character, `path` the steps to the value that is being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.path: list[str | int] = []

    def value(self) -> Value:
        self.skip_space()
        if len(self.path) > MAX_DEPTH:
            self.fail(f"at most {MAX_DEPTH} levels of nesting", found="more")
        start, first = self.at, self.text[self.at : self.at + 1]
        if first == "{":
            members = tuple(self.members())
            return Value("object", start, self.at, members=members)
        if first == "[":
            items = tuple(self.items())
            return Value("array", start, self.at, items=items)
        if first == '"':
            string = self.string()
            return Value("string", start, self.at, text=string)
        if match := _NUMBER.match(self.text, start):
            self.at = match.end()
            return Value("number", start, self.at, text=match[0])
        match = _WORD.match(self.text, start) or self.fail("a JSON value")
        self.at = match.end()
        return Value(match[0], start, self.at)  # type: ignore[arg-type]

    def members(self) -> Iterator[tuple[str, int, Value]]:
        self.token("{")
        if self.took("}"):
            return
        while True:
            self.skip_space()
            start = self.at
            key = self.string()
            self.token(":")
            self.path.append(key)
            value = self.value()
            self.path.pop()
            yield key, start, value
            if self.took("}"):
                return
            self.token(",", or_else="}")

    def items(self) -> Iterator[Value]:
        self.token("[")
        if self.took("]"):
            return
        for index in itertools.count():
            self.path.append(index)
            value = self.value()
            self.path.pop()
            yield value
            if self.took("]"):
                return
            self.token(",", or_else="]")

    def string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if not match:
            is_open = self.text.startswith('"', self.at)
            self.fail("a string with its closing quote and valid escapes" if is_open else "a key in double quotes")
        self.at = match.end()
        return str(json.loads(match[0])) if "\\" in match[0] else match[0][1:-1]

    def took(self, sign: str) -> bool:
        self.skip_space()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += 1
        return True

    def token(self, sign: str, or_else: str = "") -> None:
        if not self.took(sign):
            self.fail(f'"{sign}" or "{or_else}"' if or_else else f'"{sign}"')

    def end(self) -> None:
        self.skip_space()
        if self.at < len(self.text):
            self.fail("the end of the file")

    def skip_space(self) -> None:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]

    def fail(self, expected: str, found: str = "") -> NoReturn:
        ahead = self.text[self.at : self.at + 20].split("\n")[0].rstrip()
        if not found and self.at >= len(self.text):
            raise JsonSyntaxError(
                self.at, pointer(*self.path), "the end of the file", expected, "the file is cut short"
            )
        raise JsonSyntaxError(self.at, pointer(*self.path), found or json.dumps(ahead), expected)
