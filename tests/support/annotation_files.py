"""Annotation files of every shape for property tests: valid ones, damaged ones, and an oracle that judges any.

The oracle, `content_by_python`, is written from the description of the files and shares no code with the package.
"""

from __future__ import annotations

import json
import unicodedata
from fractions import Fraction
from random import Random
from typing import Any, cast

from hypothesis import strategies as st

__all__ = ["EVENTS", "FILES", "SPLITS", "TEMPLATES", "Files", "Object", "Raw", "Steps"]
__all__ += ["any_dataset", "by_python", "content_by_python", "damaged", "files_of", "json_text", "places"]

EVENTS = "video_events_labels.json"
TEMPLATES = "template_to_video_ids_map.json"
SPLITS = ("train_videos_ids_labeled.json", "validation_videos_ids_labeled.json", "test_videos_ids_labeled.json")
FILES = (EVENTS, TEMPLATES, *SPLITS)
ACTIONS = ("contact", "release")
AGENTS = ("hand-object", "object-surface", "object-object")
LIMITS = {"frameNumber": 99_999, "pointX": 65_535, "pointY": 65_535}
MAX_DEPTH = 64

Steps = tuple[str | int, ...]
Files = dict[str, bytes]
# Events of each video, videos of each template, videos of each split: all that the files say.
Content = tuple[dict[str, list[dict[str, Any]]], dict[str, set[str]], dict[str, set[str]]]


class Object(list[tuple[str, Any]]):
    """A JSON object as pairs, so that a key may stand twice."""


class Raw(str):
    """A JSON text that is written as it is."""


# --- writing ---


def files_of(dataset: dict[str, Any], random: Random | None = None) -> Files:
    """The files of a dataset: as the publisher writes them or, with `random`, in any formatting that JSON allows."""
    mark = "\ufeff" if random and random.random() < 0.2 else ""
    return {name: (mark + json_text(value, random)).encode() for name, value in dataset.items()}


def json_text(value: Any, random: Random | None = None) -> str:
    """Write a JSON value; with `random`, with any white space, escapes and spelling of numbers."""

    def space() -> str:
        return random.choice(["", "", "", " ", "\n", "\r\n", "\t", "\n    "]) if random else ""

    def joined(parts: list[str]) -> str:
        return ",".join(f"{space()}{part}{space()}" for part in parts) or space()

    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, Object):
        members = [f"{_string(key, random)}{space()}:{space()}{json_text(member, random)}" for key, member in value]
        return "{" + joined(members) + "}"
    if isinstance(value, list):
        return "[" + joined([json_text(item, random) for item in value]) + "]"
    if isinstance(value, str):
        return _string(value, random)
    if random and type(value) is int:
        sign = "-" if value == 0 and random.random() < 0.2 else ""
        return sign + random.choice([f"{value}", f"{value}.0", f"{value}.000", f"{value * 10}E-1", f"{value}e+0"])
    return json.dumps(value)


def _string(value: str, random: Random | None) -> str:
    is_escaped = bool(random and random.random() < 0.5) or not _is_text(value)
    text = json.dumps(value, ensure_ascii=is_escaped)
    if random and value and "a" <= value[0] <= "z" and random.random() < 0.1:
        return f'"\\u{ord(value[0]):04x}{text[2:]}'
    return text


def _is_text(value: str) -> bool:
    return not any(unicodedata.category(sign) == "Cs" for sign in value)


# --- valid datasets ---

events = st.builds(
    lambda *values: Object(zip(("action", "agent", *LIMITS), values, strict=True)),
    st.sampled_from(ACTIONS),
    st.sampled_from(AGENTS),
    *(st.integers(0, 300) | st.sampled_from([0, limit]) for limit in LIMITS.values()),
)
video_ids = st.integers(0, 220_000).map(str) | st.sampled_from(
    ["007", "7", "a-b_c", "a.0", "a, b", "vidéo", "日本", "x]", "],", "😀"]
)
template_names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8) | st.sampled_from(
    ["Putting [something] on a table", "a:b", "a.0,b", "a/b~c", '"quoted"', "line\nbreak", "],"]
)


@st.composite
def any_dataset(draw: st.DrawFn, ids: st.SearchStrategy[str] = video_ids) -> dict[str, Any]:
    """A valid dataset: the value of each file."""
    videos = draw(st.lists(ids, max_size=5, unique=True))
    names = draw(st.lists(template_names, min_size=1, max_size=3, unique=True))
    template_of = {video: draw(st.sampled_from(names)) for video in videos}
    split_of = {video: draw(st.sampled_from([*SPLITS, None])) for video in videos}
    return {
        EVENTS: Object((video, draw(st.lists(events, min_size=1, max_size=3))) for video in videos),
        TEMPLATES: Object((name, [video for video in videos if template_of[video] == name]) for name in names),
        **{split: [video for video in reversed(videos) if split_of[video] == split] for split in SPLITS},
    }


# --- damage ---

odd_values = st.sampled_from(
    [
        *map(Raw, ("9.5", "-1", "NaN", "-Infinity", "1e400", "1e-400", "9.00000000000000000000001", "4.1e1", "-0.0")),
        *map(
            Raw, ("1e99999999999999999999", "100000", "[" * 70 + "]" * 70, '{"a":[{"b":1,"b":2}]}', '"\\u0032"', "09")
        ),
        *(
            None,
            True,
            0,
            7,
            "7",
            "contact",
            "Contact",
            "hand-object",
            "",
            "../x",
            "a/b",
            "20",
            "\u202e",
            "\ud800",
            "a:b",
        ),
        *([], ["20"], [["20"]], Object(), Object([("a", [1, Raw("NaN")])]), Object([("a", ["1.0", ":"])])),
    ]
)
odd_keys = st.sampled_from(
    ["", "20", "x", "..", "a/b", "action", "Action", "frameNumber", "pointX", "\ud800", "\u0007", "new", "a:b"]
)


def places(value: Any, *steps: str | int) -> list[Steps]:
    """The steps to every value in a JSON value, itself first."""
    inner = value if isinstance(value, Object) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(place for step, item in inner for place in places(item, *steps, step))]


@st.composite
def damaged(draw: st.DrawFn, dataset: dict[str, Any]) -> tuple[dict[str, Any], str, Steps]:
    """The dataset with one edit, the file that was edited, and the steps to what differs."""
    file = draw(st.sampled_from(FILES))
    steps = draw(st.sampled_from(places(dataset[file])))
    edit = draw(st.sampled_from(["replace", "delete", "rename", "repeat", "append"]))
    known = [key for name in (EVENTS, TEMPLATES) if isinstance(dataset[name], Object) for key, _ in dataset[name]]
    value = draw(odd_values | st.sampled_from(known or [""]))
    odd_key = draw(odd_keys | st.sampled_from(known or [""]))
    if not steps:
        return {**dataset, file: value}, file, ()
    edited, last = _edited(dataset[file], steps, edit, value, odd_key)
    return {**dataset, file: edited}, file, (*steps[:-1], last)


def _edited(container: Any, steps: Steps, edit: str, value: Any, odd_key: str) -> tuple[Any, str | int]:
    """`container` with an edit at `steps`, and the last step to what differs."""
    is_object = isinstance(container, Object)
    pairs = list(container) if is_object else list(enumerate(container))
    step, position = steps[0], [key for key, _ in pairs].index(steps[0])
    last, item = step, pairs[position][1]
    if len(steps) > 1:
        inner, last = _edited(item, steps[1:], edit, value, odd_key)
        pairs[position] = (step, inner)
    elif edit == "replace":
        pairs[position] = (step, value)
    elif edit == "delete":
        del pairs[position]
    elif edit == "rename" and is_object:
        last = odd_key
        pairs[position] = (odd_key, item)
    elif edit == "append" and is_object:
        last = odd_key
        pairs.append((odd_key, value))
    else:
        pairs.append((step, item if edit == "repeat" else value))
        last = step if is_object else len(pairs) - 1
    return (Object(cast(list[tuple[str, Any]], pairs)) if is_object else [item for _, item in pairs]), last


# --- the oracle ---


class Number(str):
    """The digits of a number as they stand."""


def by_python(data: bytes, *, strict: bool = True) -> Any:
    """The content of a file by Python's own json, numbers as their digits.

    ValueError where it is not JSON; if `strict`, also for keys that stand twice, NaN and infinities.
    """

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _demand(len(dict(pairs)) == len(pairs) or not strict)
        return dict(pairs)

    def constant(name: str) -> str:
        _demand(not strict)
        return name

    try:
        value = json.loads(
            data.decode().removeprefix("\ufeff"),
            parse_int=Number,
            parse_float=Number,
            parse_constant=constant,
            object_pairs_hook=members,
        )
    except RecursionError as error:
        raise ValueError from error
    _demand(_depth(value) <= MAX_DEPTH)
    return value


def content_by_python(files: Files) -> Content | None:
    """All that the files say, or None where anything in them is at fault."""
    try:
        videos, templates, *splits = [by_python(files[name]) for name in FILES]
        _demand(isinstance(videos, dict) and isinstance(templates, dict))
        content = {_id(video): [_event(event) for event in _list(listed)] for video, listed in videos.items()}
        _demand(all(content.values()))
        _demand(all(name and _is_text(name) for name in templates))
        in_templates = [_id(video) for listed in templates.values() for video in _list(listed)]
        in_splits = [_id(video) for listed in splits for video in _list(listed)]
        _demand(sorted(in_templates) == sorted(content))
        _demand(len(set(in_splits)) == len(in_splits) and set(in_splits) <= set(content))
    except ValueError:
        return None
    return (
        content,
        {name: set(listed) for name, listed in templates.items()},
        {name.split("_")[0]: set(listed) for name, listed in zip(SPLITS, splits, strict=True)},
    )


def _event(value: Any) -> dict[str, Any]:
    _demand(isinstance(value, dict) and {"action", "agent", *LIMITS} <= set(value))
    _demand(type(value["action"]) is str and value["action"] in ACTIONS)
    _demand(type(value["agent"]) is str and value["agent"] in AGENTS)
    return {
        "action": value["action"],
        "agent": value["agent"],
        **{name: _integer(value[name], limit) for name, limit in LIMITS.items()},
    }


def _integer(digits: Any, limit: int) -> int:
    _demand(isinstance(digits, Number))
    mantissa, _, exponent = digits.lower().partition("e")
    _demand(len(exponent) < 6)  # no text of the tests spells a number within the limits with more
    number = Fraction(mantissa) * Fraction(10) ** int(exponent or 0)
    _demand(number.denominator == 1 and 0 <= number <= limit)
    return int(number)


def _id(value: Any) -> str:
    _demand(type(value) is str and _is_text(value) and 0 < len(value.encode()) <= 200)
    _demand(not set(value) & set("/\\:") and value[0] not in " ." and value[-1] not in " .")
    _demand(all(sign == " " or unicodedata.category(sign)[0] not in "CZ" for sign in value))
    return str(value)


def _list(value: Any) -> list[Any]:
    _demand(isinstance(value, list))
    return list(value)


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((1 + _depth(item) for item in inner), default=0)


def _demand(condition: bool) -> None:
    if not condition:
        raise ValueError
