"""Change files at random as a damaged disk, a careless editor or somebody hostile would: seeded, so told again by seed.

`mutated` changes bytes of anything; of JSON, XML and tables of text it also changes values, keys and cells.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Literal

__all__ = ["mutated"]

TOKENS = (
    *(
        b"\0",
        b"\r",
        b"\n",
        b"\r\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x1b[31m",
        b"\xe2\x80\xae",
        b"\xe2\x80\xa8",
        b"\xc2\x9b",
    ),
    *(b'"', b"'", b"\\", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b"<", b">", b"&", b"]]>", b"<!--", b"&#0;"),
    *(b"NaN", b"Infinity", b"-1", b"1e308", b"1e999", b"18446744073709551616", b"9" * 400, b"null", b"true", b"0x1"),
    *(
        b"../../etc/passwd",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        "１２".encode(),
        "٣".encode(),
        "с".encode(),
    ),
    *(b"[" * 3000, b'{"a":' * 3000, b" " * 5000, b"=1+1", b"%00", b"a" * 5000),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 0.5, -0.0, 1e308, float("nan"), float("inf"), float("-inf")),
    *(2**31, 2**40, 2**53 + 1, 2**63, 2**64, 10**20, 10**400, -(2**63), 65536, 1000001, 99999),
    *(
        "",
        " ",
        "0",
        "1",
        "contact",
        "release",
        "hand-object",
        "test",
        "nan",
        "\0",
        "\x1b[2J",
        "\u202e",
        "\u2028",
        "\ud800",
    ),
    *(
        "../x",
        "/etc/passwd",
        "a/b",
        "C:\\x",
        "x" * 300,
        "é",
        "e\u0301",
        "１",
        "соntact",
        "contact ",
        "Contact",
        ".",
        "..",
    ),
    *([], {}, [[]], [None], {"": None}, ["1"], [1, 2], {"a": 1}, [[1, 2], [3, 4]], "1e5", "0x10", "1_000", "-"),
)


class _Doubled(list[tuple[str, Any]]):
    """The members of an object, in which a key may stand twice."""


def mutated(content: bytes, name: str, dice: Random) -> bytes:
    """Return a file's content with one to four changes."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 4))):
        change = dice.choice((_bytes, _structure(name)))
        try:
            content = change(content, dice)
        except (ArithmeticError, ValueError, RecursionError, csv.Error):  # what an earlier change left is too odd
            content = _bytes(content, dice)
    return content


def _structure(name: str) -> Callable[[bytes, Random], bytes]:
    suffix = name.removesuffix(".gz").rpartition(".")[2]
    return {"json": _json, "jsonl": _lines, "csv": _cells, "tsv": _cells, "xml": _xml}.get(suffix, _bytes)


def _bytes(content: bytes, dice: Random) -> bytes:
    """Change some bytes, whatever they are."""
    place = dice.randrange(len(content) + 1)
    length = dice.choice((1, 1, 2, 4, 8, 64, 4096))
    match dice.randrange(9):
        case 0 if content:
            place = dice.randrange(len(content))
            return content[:place] + bytes([content[place] ^ 1 << dice.randrange(8)]) + content[place + 1 :]
        case 1:
            return content[:place] + dice.randbytes(min(length, 8)) + content[place + min(length, 8) :]
        case 2:
            return content[:place] + dice.choice(TOKENS) + content[place:]
        case 3:
            return content[:place] + content[place + length :]
        case 4:
            return content[:place] + content[place : place + length] * dice.choice((2, 3, 50)) + content[place:]
        case 5:
            return content[:place]
        case 6:
            other = dice.randrange(len(content) + 1)
            return content[:place] + content[other : other + length] + content[place + length :]
        case 7:
            return _encoded(content, dice)
        case _:
            return content[:place] + dice.choice(TOKENS) + content[place + length :]


def _encoded(content: bytes, dice: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    change = dice.choice(("utf-16", "utf-8-sig", "latin-1", "cr", "crlf", "blank", "no end"))
    match change:
        case "cr":
            return content.replace(b"\n", b"\r")
        case "crlf":
            return content.replace(b"\n", b"\r\n")
        case "blank":
            return b"\n\n" + content.replace(b"\n", b"\n\n", dice.randrange(5))
        case "no end":
            return content.rstrip()
        case _:
            return text.encode(change, "replace")


def _json(content: bytes, dice: Random) -> bytes:
    """Change one value or key of a JSON text, where it is one; numbers and texts may become what JSON does not have."""
    try:
        value = json.loads(content, object_pairs_hook=_Doubled)
    except (ValueError, RecursionError):
        return _bytes(content, dice)
    holder: list[Any] = [value]
    places = list(_places(holder))
    parent, index = dice.choice(places[:2000])
    _change(parent, index, places, dice)
    try:
        return _dumped(holder[0] if holder else None, dice).encode("utf-8", "surrogatepass")
    except (RecursionError, ValueError):  # a value was put into itself, or has too many digits
        return _bytes(content, dice)


def _places(parent: list[Any]) -> Iterator[tuple[list[Any], int]]:
    """Yield every place of a value: the list that holds it, and where. An object is a list of its members."""
    waiting = [parent]
    while waiting:
        holder = waiting.pop()
        for index, item in enumerate(holder):
            yield holder, index
            value = item[1] if isinstance(holder, _Doubled) else item
            if isinstance(value, list):
                waiting.append(value)


def _change(parent: list[Any], index: int, places: list[tuple[list[Any], int]], dice: Random) -> None:
    item = parent[index]
    is_member = isinstance(parent, _Doubled)
    new = dice.choice(VALUES)
    if dice.random() < 0.3:
        holder, other = dice.choice(places)
        new = holder[other][1] if isinstance(holder, _Doubled) else holder[other]
    match dice.randrange(8):
        case 0:
            del parent[index]
        case 1:
            parent.insert(dice.randrange(len(parent) + 1), item)
        case 2 if is_member:
            parent[index] = (dice.choice([str(new)[:300], item[0] + "x", item[0].upper(), ""]), item[1])
        case 3 if is_member:
            parent.insert(index, (item[0], new))
        case 4:
            dice.shuffle(parent)
        case 5 if isinstance(value := item[1] if is_member else item, int | float):
            moved = dice.choice((value + 1, -value, value * 1000, value + 0.5, str(value), f"{value}.0"))
            parent[index] = (item[0], moved) if is_member else moved
        case _:
            parent[index] = (item[0], new) if is_member else new


def _dumped(value: Any, dice: Random) -> str:
    """Write JSON, in which a key may stand twice."""
    if isinstance(value, _Doubled):
        return "{" + ",".join(f"{json.dumps(key)}:{_dumped(item, dice)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_dumped(item, dice) for item in value) + "]"
    return json.dumps(value, ensure_ascii=isinstance(value, str) and dice.random() < 0.5)


def _lines(content: bytes, dice: Random) -> bytes:
    """Change one line of JSON, or the order of lines."""
    lines = content.split(b"\n")
    place = dice.randrange(len(lines))
    match dice.randrange(6):
        case 0:
            lines.insert(place, dice.choice(lines))
        case 1:
            del lines[place]
        case 2:
            dice.shuffle(lines)
        case _:
            lines[place] = _json(lines[place], dice)
    return b"\n".join(lines)


def _cells(content: bytes, dice: Random) -> bytes:
    """Change one cell or column of a table, or how it is written."""
    separator = "\t" if content.count(b"\t") > content.count(b",") else ","
    try:
        rows = list(csv.reader(io.StringIO(content.decode()), delimiter=separator))
    except (ValueError, csv.Error):
        return _bytes(content, dice)
    if not rows:
        return _bytes(content, dice)
    row = dice.choice(rows)
    value = str(dice.choice(VALUES)).encode("utf-8", "replace").decode()
    match dice.randrange(9):
        case 0 if row:
            del row[dice.randrange(len(row))]
        case 1:
            row.insert(dice.randrange(len(row) + 1), value)
        case 2:
            column = dice.randrange(max(map(len, rows)) or 1)
            for cells in rows:
                cells[column : column + 1] = cells[column : column + 1] * 2
        case 3:
            rows.insert(dice.randrange(len(rows)), list(dice.choice(rows)))
        case 4:
            rows.remove(row)
        case 5:
            separator = dice.choice(",;\t|")
        case _ if row:
            row[dice.randrange(len(row))] = value
    text = io.StringIO()
    quoting: Literal[0, 1] = dice.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    csv.writer(text, delimiter=separator, lineterminator=dice.choice(("\n", "\r\n")), quoting=quoting).writerows(rows)
    return text.getvalue().encode()


XML_PARTS = re.compile(rb'"[^"]*"|>[^<]+<|<[^>]*>')


def _xml(content: bytes, dice: Random) -> bytes:
    """Change an attribute, a text or an element of XML."""
    parts = list(XML_PARTS.finditer(content))
    if not parts:
        return _bytes(content, dice)
    part = dice.choice(parts)
    start, end = part.span()
    value = str(dice.choice(VALUES)).encode("utf-8", "replace")
    if dice.random() < 0.7:
        value = value.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;").replace(b"\0", b"")
    text = part[0]
    match dice.randrange(4):
        case 0:
            return content[:start] + content[end:]
        case 1:
            return content[:start] + text + content[start:]
        case 2:
            other = dice.choice(parts)[0]
            return content[:start] + other + content[end:]
        case _:
            return content[:start] + text[:1] + value + text[-1:] + content[end:]
