"""The JSON reader that knows where everything stands, beside RFC 8259, RFC 6901 and Python's own `json`."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.annotations.located_json import MAX_DEPTH, JsonSyntaxError, Value, parse, parse_members, pointer

WORDS = {"true": True, "false": False, "null": None}


def plain(value: Value) -> Any:
    """A value as `by_python` gives it: an object is a tuple of pairs, a number its text."""
    if value.kind == "object":
        return tuple((key, plain(member)) for key, _, member in value.members)
    if value.kind == "array":
        return [plain(item) for item in value.items]
    if value.kind in ("number", "string"):
        return (value.kind, value.text)
    return WORDS.get(value.kind, ("constant", value.kind))


def by_python(text: str) -> Any:
    """The content of a JSON text by Python's `json`, with repeated keys and the digits of numbers."""

    def number(digits: str) -> tuple[str, str]:
        return ("number", digits)

    def tagged(value: Any) -> Any:
        if isinstance(value, str):
            return ("string", value)
        if isinstance(value, list):
            return [tagged(item) for item in value]
        return value

    return tagged(
        json.loads(
            text,
            parse_int=number,
            parse_float=number,
            parse_constant=lambda name: ("constant", name),
            object_pairs_hook=lambda pairs: tuple((key, tagged(value)) for key, value in pairs),
        )
    )


def is_json(text: str) -> bool:
    try:
        by_python(text)
    except ValueError:
        return False
    return True


def walk(value: Value) -> list[Value]:
    inner = [*value.items, *(member for _, _, member in value.members)]
    return [value, *(found for item in inner for found in walk(item))]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
json_texts = st.builds(json.dumps, json_values, ensure_ascii=st.booleans(), indent=st.sampled_from([None, 1, "\t"]))
nearly_json = st.text(alphabet='{}[]":,\\u0123456789abcdefnrt.eE+- \t\r\n\x00\x1f\x7fé\u2028/', max_size=12)


@given(json_texts)
def test_a_json_text_is_read_as_python_reads_it(text: str) -> None:
    assert plain(parse(text)) == by_python(text)


@given(nearly_json)
@example("01")
@example("1.")
@example(".5")
@example("-")
@example("1e5")
@example("1E+05")
@example("-0.0")
@example("1e")
@example('"\\ud83d\\ude00"')
@example('"\\ud83d"')
@example('"\\u00g0"')
@example('"\\x41"')
@example('"\t"')
@example('{"a":1,"a":2}')
@example('{"a":1,}')
@example("[1,]")
@example("[,1]")
@example("[1 2]")
@example("\u00a01")
@example("\ufeff1")
@example("nul")
@example("-NaN")
@example('[NaN, "NaN", Infinity, -Infinity]')
@example("١")
@example("1\x0b")
@example("tru\u0435")
def test_exactly_what_python_takes_for_json_is_json(text: str) -> None:
    try:
        content = plain(parse(text))
    except JsonSyntaxError as error:
        assert not is_json(text)
        assert 0 <= error.position <= len(text)
    else:
        assert content == by_python(text)


@given(json_texts, st.data())
def test_a_damaged_json_text_is_judged_as_python_judges_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 3)))
    damaged = text[:start] + data.draw(st.text(alphabet='{}[]":,\\01.-e \n', max_size=2)) + text[end:]
    try:
        content = plain(parse(damaged))
    except JsonSyntaxError:
        assert not is_json(damaged)
    else:
        assert content == by_python(damaged)


@given(json_texts)
def test_the_span_of_every_value_is_its_own_json_text(text: str) -> None:
    for value in walk(parse(text)):
        assert plain(parse(text[value.start : value.end])) == plain(value)


@given(st.dictionaries(st.text(max_size=3), json_values, max_size=4), st.sampled_from([None, 2]))
def test_members_come_one_at_a_time_and_are_the_same(content: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(content, indent=indent)
    members = list(parse_members(text))
    assert members == list(parse(text).members)
    assert all(text.startswith('"', key_start) for _, key_start, _ in members)


def test_repeated_keys_are_all_kept() -> None:
    assert [(key, value.text) for key, _, value in parse('{"a": 1, "\\u0061": 2}').members] == [("a", "1"), ("a", "2")]


def test_the_digits_of_a_number_are_kept_as_they_stand() -> None:
    digits = "-9.00000000000000000000000001e-400"
    assert parse(digits).text == digits


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # RFC 6901, section 5: what the steps lead to in its example document
        ((), ""),
        (("foo",), "/foo"),
        (("foo", 0), "/foo/0"),
        (("",), "/"),
        (("a/b",), "/a~1b"),
        (("c%d",), "/c%d"),
        (("e^f",), "/e^f"),
        (("g|h",), "/g|h"),
        (("i\\j",), "/i\\j"),
        (('k"l',), '/k"l'),
        ((" ",), "/ "),
        (("m~n",), "/m~0n"),
        (("~1",), "/~01"),
    ],
)
def test_pointers_are_escaped_as_rfc_6901_says(steps: tuple[str | int, ...], expected: str) -> None:
    assert pointer(*steps) == expected


@given(st.lists(st.text(alphabet="~/01a", max_size=4), max_size=4))
def test_the_steps_of_a_pointer_can_be_had_back(steps: list[str]) -> None:
    parts = pointer(*steps).split("/")[1:]
    assert [part.replace("~1", "/").replace("~0", "~") for part in parts] == steps


@pytest.mark.parametrize(
    ("text", "position", "where"),
    [
        ('{"a": [1, {"b": }]}', 16, "/a/1/b"),
        ('{"a": [1, {"b": 2]}', 17, "/a/1"),
        ('{"a/b": nope}', 8, "/a~1b"),
        ('["x", "y', 8, "/1"),
        ("[1] 2", 4, ""),
    ],
)
def test_a_syntax_error_names_the_character_and_the_value_around_it(text: str, position: int, where: str) -> None:
    with pytest.raises(JsonSyntaxError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.pointer) == (position, where)


def test_nesting_is_read_to_its_limit_and_refused_beyond() -> None:
    parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(JsonSyntaxError, match="at most 64 levels"):
        parse("[" * (MAX_DEPTH + 1) + "1" + "]" * (MAX_DEPTH + 1))
    with pytest.raises(JsonSyntaxError, match="at most 64 levels"):
        parse('{"a":' * 100_000)


def test_a_string_that_is_never_closed_takes_no_memory_for_each_of_its_signs() -> None:
    text = '"' + "x" * 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(JsonSyntaxError, match="closing quote"):
            parse(text)
        assert tracemalloc.get_traced_memory()[1] < len(text)
    finally:
        tracemalloc.stop()
