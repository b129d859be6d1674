"""The two passes beside each other: what the fast one accepts, the exact one accepts, and both make the same of it."""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, get_args

import msgspec
import numpy as np
import pytest
from annotation_files import EVENTS, FILES, SPLITS, TEMPLATES, Files, any_dataset, damaged, files_of
from datasets import dataset, event
from hypothesis import given
from hypothesis import strategies as st

from etl import schema
from etl.annotations import Annotations, fast
from etl.annotations.exact import read_exactly
from etl.annotations.fast import read_fast
from etl.errors import AnnotationError

plain_ids = st.integers(0, 220_000).map(str) | st.sampled_from(["007", "a-b_c"])
# From pieces that hold no video to one piece that holds all.
any_piece_bytes = st.integers(1, 600)


@contextmanager
def folder_of(files: Files) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        yield Path(folder)


def in_pieces(files: Files, sizes: Iterable[int]) -> Iterator[Annotations | None]:
    """What the fast pass makes of the files when it reads pieces of each size, in bytes; None where it gives up."""
    with folder_of(files) as folder, pytest.MonkeyPatch.context() as patch:
        for size in sizes:
            patch.setattr(fast, "PIECE_BYTES", size)
            yield read_fast(folder)


def at_once(files: Files) -> Annotations | None:
    """What the fast pass makes of the files; None where it gives up."""
    return next(in_pieces(files, [1 << 20]))


def exactly(files: Files) -> Annotations | None:
    """What the exact pass makes of the files; None where it finds problems."""
    with folder_of(files) as folder:
        try:
            return read_exactly(folder, quarantine=False)
        except AnnotationError:
            return None


def as_plain_values(annotations: Annotations) -> dict[str, Any]:
    """Every field as lists and numbers, arrays with their type, so that == compares all of it."""

    def plain(value: Any) -> Any:
        return (str(value.dtype), value.tolist()) if isinstance(value, np.ndarray) else value

    values = {field.name: plain(getattr(annotations, field.name)) for field in dataclasses.fields(annotations)}
    values["events"] = {name: plain(column) for name, column in vars(annotations.events).items()}
    values["templates"] = list(annotations.templates.items())
    return values


def assert_accepted_at_most_like_exactly(files: Files, piece_bytes: int) -> None:
    for by_fast in filter(None, in_pieces(files, [piece_bytes])):
        by_exact = exactly(files)
        assert by_exact is not None, "the fast pass accepts what the exact pass refuses"
        assert as_plain_values(by_fast) == as_plain_values(by_exact)


def with_events(data: bytes, videos: list[str]) -> Files:
    """This events file; a template that names `videos`; splits without any."""
    return {EVENTS: data, TEMPLATES: json.dumps({"T": videos}).encode(), **dict.fromkeys(SPLITS, b"[]")}


@given(any_dataset(plain_ids), st.none() | st.randoms(use_true_random=False), any_piece_bytes)
def test_both_passes_make_the_same_of_a_valid_dataset(
    dataset: dict[str, Any], random: Random | None, piece_bytes: int
) -> None:
    files = files_of(dataset, random)
    assert exactly(files) is not None
    assert_accepted_at_most_like_exactly(files, piece_bytes)


@given(st.data(), any_piece_bytes)
def test_the_fast_pass_accepts_no_edit_that_the_exact_pass_refuses(data: st.DataObject, piece_bytes: int) -> None:
    edited, _, _ = data.draw(damaged(data.draw(any_dataset(plain_ids))))
    random = data.draw(st.none() | st.randoms(use_true_random=False))
    assert_accepted_at_most_like_exactly(files_of(edited, random), piece_bytes)


@given(any_dataset(plain_ids), st.sampled_from(FILES), st.data(), any_piece_bytes)
def test_the_fast_pass_accepts_no_edit_of_the_bytes_that_the_exact_pass_refuses(
    dataset: dict[str, Any], file: str, data: st.DataObject, piece_bytes: int
) -> None:
    files = files_of(dataset)
    content = files[file]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 3)))
    signs = st.sampled_from([b",", b"]", b"],", b"[", b"}", b"{", b'"', b".0", b":", b" ", b"\\u0031", b"1", b"e1"])
    files[file] = content[:start] + data.draw(signs | st.binary(max_size=2)) + content[end:]
    assert_accepted_at_most_like_exactly(files, piece_bytes)


def many_videos() -> dict[str, Any]:
    """Two hundred videos with one to four events each, integers and floats mixed; under 400 bytes a video."""
    random = Random(7)

    def number(limit: int) -> float:
        return random.choice([int, float])(random.randrange(limit))

    def an_event() -> dict[str, Any]:
        return event(random.choice(schema.ACTIONS), random.choice(schema.AGENTS), number(300), number(400), number(240))

    videos = {str(video): [an_event() for _ in range(random.randint(1, 4))] for video in range(1000, 1200)}
    return dataset(videos, train=list(videos)[:100], test=list(videos)[150:])


def test_the_publishers_formatting_is_read_fast_wherever_the_pieces_end() -> None:
    files = {name: json.dumps(value, separators=(",", ":")).encode() for name, value in many_videos().items()}
    by_exact = exactly(files)
    assert by_exact is not None
    expected = as_plain_values(by_exact)
    for by_fast in in_pieces(files, range(480, 880)):
        assert by_fast is not None
        assert as_plain_values(by_fast) == expected


@pytest.mark.parametrize("end_of_line", ["\n", "\r\n"])
def test_pretty_printed_files_are_read_fast_too(end_of_line: str) -> None:
    texts = {name: json.dumps(value, indent=2) + "\n" for name, value in many_videos().items()}
    files = {name: ("\ufeff" + text).replace("\n", end_of_line).encode() for name, text in texts.items()}
    by_fast, by_exact = next(in_pieces(files, [2000])), exactly(files)
    assert by_fast is not None
    assert by_exact is not None
    assert as_plain_values(by_fast) == as_plain_values(by_exact)


EVENT = {"action": '"contact"', "agent": '"hand-object"', "frameNumber": "9", "pointX": "113", "pointY": "169"}


def written_out(text: str) -> bytes:
    """The events file that `text` stands for: « » is a sound event, «pointX 1.» one with that as its pointX."""

    def an_event(match: re.Match[str]) -> str:
        key, _, value = match[1].partition(" ")
        return "{" + ",".join(f'"{k}":{v}' for k, v in (EVENT | {key: value}).items() if k) + "}"

    return re.sub("«(.*?)»", an_event, text).encode()


BEGINNING = '{"1":[« »],"2":[« »]'
# Each is wrong, and made so that some piece of it is right, or that what the fast pass counts comes out even.
TRAPS = {
    "comma at the end": BEGINNING + ",}",
    "comma at the start": '{,"1":[« »],"2":[« »]}',
    "two commas": '{"1":[« »],,"2":[« »]}',
    "no comma": '{"1":[« »]"2":[« »]}',
    "two objects": '{"1":[« »]},{"2":[« »]}',
    "object closed and reopened": '{"1":[« »]},"2":[« »]',
    "object closed and reopened for nothing": BEGINNING + "},{}",
    "object closed twice": BEGINNING + "}}",
    "object opened twice": "{" + BEGINNING + "}",
    "object never closed": BEGINNING,
    "array instead of an object": '["1":[« »],"2":[« »]]',
    "text behind": BEGINNING + "} x",
    "null character behind": BEGINNING + "}\0",
    "form feed before": "\f" + BEGINNING + "}",
    "form feed before a comma": '{"1":[« »]\f,"2":[« »]}',
    "form feed behind a comma": '{"1":[« »],\f"2":[« »]}',
    "form feed behind": BEGINNING + "}\f",
    "no-break space between": BEGINNING + ',\u00a0"3":[« »]}',
    "byte order mark between": BEGINNING + ',\ufeff"3":[« »]}',
    "byte order mark twice": "\ufeff\ufeff" + BEGINNING + "}",
    "comment between": BEGINNING + ',/**/"3":[« »]}',
    "video again at once": BEGINNING + ',"2":[« »]}',
    "video again much later": BEGINNING + ',"3":[« »],"4":[« »],"5":[« »],"1":[« »]}',
    "video again, spelt with an escape": BEGINNING + ',"\\u0031":[« »]}',
    "video again, empty": BEGINNING + ',"1":[]}',
    "video without events": BEGINNING + ',"3":[]}',
    "video with nested lists": BEGINNING + ',"3":[[« »]]}',
    "video is an event": BEGINNING + ',"3":« »}',
    "list closed by a brace": BEGINNING + ',"3":[« »}}',
    "comma at the end of a list": BEGINNING + ',"3":[« »,]}',
    "comma at the end of an event": BEGINNING + ',"3":[«pointY 169,»]}',
    "field twice": BEGINNING + ',"3":[«pointY 169,"pointY":170»]}',
    "field twice, spelt with an escape": BEGINNING + ',"3":[«pointY 169,"point\\u0059":170»]}',
    "field twice, another missing": BEGINNING + ',"3":[{"action":"contact","agent":"hand-object",'
    '"frameNumber":9,"pointX":1,"pointX":1}]}',
    "field missing": BEGINNING + ',"3":[{"action":"contact","agent":"hand-object","frameNumber":9,"pointX":1}]}',
    "unknown field with a repeated key": BEGINNING + ',"3":[«pointY 169,"by":{"a":1,"a":2}»]}',
    "rounds to an integer": BEGINNING + ',"3":[«frameNumber 9.00000000000000000000001»]}',
    "fraction looks integral": BEGINNING + ',"3":[«frameNumber 9.0e-1»]}',
    "not integral": BEGINNING + ',"3":[«frameNumber 9.5»]}',
    "not integral, without a dot": BEGINNING + ',"3":[«frameNumber 95e-1»]}',
    "not integral, evened out by an id": BEGINNING + ',"1.0,":[«frameNumber 95e-1»]}',
    "not integral, evened out by an id, one dot short": BEGINNING
    + ',"1.0,.0 .":[«frameNumber 95e-1»],"3":[«pointX 1.5»]}',
    "not integral, evened out by a repeated id": BEGINNING + ',"3":[«frameNumber 9.0»],"3":[«frameNumber 95e-1»]}',
    "too small to be told from zero": BEGINNING + ',"3":[«frameNumber 1e-400»]}',
    "too large for floating point": BEGINNING + ',"3":[«frameNumber 1e400»]}',
    "beyond the limit": BEGINNING + ',"3":[«frameNumber 100000»]}',
    "beyond the limit as a float": BEGINNING + ',"3":[«frameNumber 100000.0»]}',
    "beyond the limit by less than a float tells": BEGINNING + ',"3":[«frameNumber 99999.000000000000000001»]}',
    "beyond 64 bits": BEGINNING + ',"3":[«pointX 18446744073709551617»]}',
    "negative": BEGINNING + ',"3":[«pointX -1»]}',
    "negative by less than a float tells": BEGINNING + ',"3":[«pointX -1e-400»]}',
    "leading zero": BEGINNING + ',"3":[«pointX 01»]}',
    "leading plus": BEGINNING + ',"3":[«pointX +1»]}',
    "no digit before the dot": BEGINNING + ',"3":[«pointX .0»]}',
    "no digit behind the dot": BEGINNING + ',"3":[«pointX 1.»]}',
    "not a number": BEGINNING + ',"3":[«pointX NaN»]}',
    "infinite": BEGINNING + ',"3":[«pointX Infinity»]}',
    "text instead of a number": BEGINNING + ',"3":[«pointX "1.0"»]}',
    "fraction behind a word": BEGINNING + ',"3":[«action "contact".0»]}',
    "boolean": BEGINNING + ',"3":[«pointX true»]}',
    "null": BEGINNING + ',"3":[«agent null»]}',
    "other letter case": BEGINNING + ',"3":[«action "Contact"»]}',
    "id with a slash": BEGINNING + ',"../3":[« »]}',
    "id with an escaped slash": BEGINNING + ',"..\\u002f3":[« »]}',
    "id with a line break": BEGINNING + ',"3\\n":[« »]}',
    "id with a raw tab": BEGINNING + ',"3\t":[« »]}',
    "id with a colon": BEGINNING + ',"3:":[« »]}',
    "id that looks like the end of a list": BEGINNING + ',"],/":[« »]}',
    "id empty": BEGINNING + ',"":[« »]}',
    "id of two hundred and one bytes": BEGINNING + f',"{"9" * 201}":[« »]}}',
    "id with half a surrogate pair": BEGINNING + ',"\\ud800":[« »]}',
    "id with the other half": BEGINNING + ',"\\udc00":[« »]}',
}


@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_in_the_events_file_passes_wherever_the_pieces_end(trap: str) -> None:
    data = written_out(TRAPS[trap])
    # The template names whatever videos Python reads there, so that nothing else is at fault.
    try:
        videos = list(json.loads(data.decode().removeprefix("\ufeff")))
    except ValueError:
        videos = re.findall(r'"(\d)":', data.decode())
    files = with_events(data, videos)
    assert exactly(files) is None
    sizes = range(1, len(data) + 2)
    assert [size for size, found in zip(sizes, in_pieces(files, sizes), strict=True) if found is not None] == []


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc0\xb1", b"\xf5\x80\x80\x80", b"\x80"])
@pytest.mark.parametrize("place", ["id", "template", "list"])
def test_no_invalid_utf8_passes(bad: bytes, place: str) -> None:
    files = {name: json.dumps(value).encode() for name, value in dataset({"20": [event()]}, train=["20"]).items()}
    name, old = {"id": (EVENTS, b"20"), "template": (TEMPLATES, b"Doing"), "list": (SPLITS[0], b"20")}[place]
    files[name] = files[name].replace(old, old + bad, 1)
    assert at_once(files) is None
    assert exactly(files) is None


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (TEMPLATES, '{"T":["1"],"T":["2"]}'),
        (TEMPLATES, '{"T":["1","2"],"T":["1","2"]}'),
        (TEMPLATES, '{"T":["1","2"],"\\u0054":[]}'),
        (TEMPLATES, '{"T":["1","2","1"]}'),
        (TEMPLATES, '{"T":["1","1"]}'),
        (TEMPLATES, '{"T":["1"],"U":["1"]}'),
        (TEMPLATES, '{"T":["1","3"]}'),
        (TEMPLATES, '{"T":["1"]}'),
        (TEMPLATES, '{"":["1","2"]}'),
        (TEMPLATES, '{"T\\ud800":["1","2"]}'),
        (TEMPLATES, '{"T\t":["1","2"]}'),
        (TEMPLATES, '{"T":["1","2"],}'),
        (TEMPLATES, '{"T":["1","2"]}}'),
        (TEMPLATES, '{"T":["1",2]}'),
        (TEMPLATES, '{"T":[["1","2"]]}'),
        (TEMPLATES, '[["1","2"]]'),
        (SPLITS[0], '["1","1"]'),
        (SPLITS[0], '["1","\\u0031"]'),
        (SPLITS[0], '["2"]'),
        (SPLITS[0], '["3"]'),
        (SPLITS[0], "[1]"),
        (SPLITS[0], '["1",]'),
        (SPLITS[0], '{"1":1}'),
        (SPLITS[0], ""),
        (SPLITS[0], "[null]"),
        (SPLITS[0], "[" * 100_000),
    ],
)
def test_no_trap_in_the_other_files_passes(file: str, text: str) -> None:
    files = with_events(written_out(BEGINNING + "}"), ["1", "2"])
    files[SPLITS[2]] = b'["2"]'
    assert at_once(files) is not None
    files[file] = text.encode()
    assert at_once(files) is None
    assert exactly(files) is None


def test_the_fast_pass_knows_the_schemas_words_and_no_others() -> None:
    types = {field.name: field.type for field in msgspec.structs.fields(fast._Event)}
    assert get_args(types["action"]) == schema.ACTIONS
    assert get_args(types["agent"]) == schema.AGENTS


@pytest.mark.real_data
def test_the_real_files_are_read_fast_and_exactly_alike(real_metadata: Path) -> None:
    by_fast = read_fast(real_metadata)
    assert by_fast is not None
    assert as_plain_values(by_fast) == as_plain_values(read_exactly(real_metadata, quarantine=False))
    assert (len(by_fast.video_ids), int(by_fast.event_counts.sum()), len(by_fast.templates)) == (10_130, 24_222, 91)
