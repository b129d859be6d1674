"""A strict JSON reader (RFC 8259) that knows the place of everything.

It keeps what other readers drop: repeated keys, the digits of a number, the span of every value in the text, and, if
the text is not JSON, the place of the fault and what was expected there.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

__all__ = ["MAX_DEPTH", "JsonSyntaxError", "Kind", "Value", "parse", "parse_members", "pointer"]

MAX_DEPTH = 64

Kind = Literal["object", "array", "string", "number", "true", "false", "null", "NaN", "Infinity", "-Infinity"]

_SPACE = re.compile(r"[ \t\n\r]*")
# Possessive: otherwise the engine would keep a backtracking point for every character of a string that is never closed.
_OPEN_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9.eE+-])")
_WORD = re.compile(r"true|false|null|NaN|-?Infinity")


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value and its span `text[start:end]`.

    `text` is the decoded text of a string and the digits of a number as written; `items` are the elements of
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


def parse(text: str) -> Value:
    """Parse a whole JSON text. Raises JsonSyntaxError if it is not one."""
    reader = _Reader(text)
    value = reader.value()
    reader.end()
    return value


def parse_members(text: str) -> Iterator[tuple[str, int, Value]]:
    """Yield the members of the object that `text` is, one at a time: key, start of the key, value.

    Only the current member is in memory. Raises JsonSyntaxError at the first place where the text is not a JSON object.
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
            self.fail(f"at most {MAX_DEPTH} levels", found="deeper nesting")
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
        start, match = self.at, _OPEN_STRING.match(self.text, self.at)
        if not match:
            self.fail("a key in double quotes")
        self.at = match.end()
        if not self.text.startswith('"', self.at):
            is_escape = self.text.startswith("\\", self.at)
            self.fail("a valid escape" if is_escape else "the closing quote of a string")
        self.at += 1
        literal = self.text[start : self.at]
        return str(json.loads(literal)) if "\\" in literal else literal[1:-1]

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
        hint = ""
        if self.at == len(self.text):
            found, hint = "the end of the file", "the file is cut short"
        elif not found:
            ahead = self.text[self.at : self.at + 20]
            shown = "".join(itertools.takewhile(str.isprintable, ahead)).rstrip() or ahead[0]
            found = f"`{shown}`"
            before = self.text[max(0, self.at - 100) : self.at].rstrip()
            hint = "an extra comma" if ahead[0] in "}]" and before.endswith(",") else ""
        raise JsonSyntaxError(self.at, pointer(*self.path), found, expected, hint)
