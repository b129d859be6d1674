"""Files that are wrong in a way that a fast pass could miss."""

from __future__ import annotations

import json
import re

import pytest
from annotation_files import EVENTS, SPLITS, TEMPLATES, Files
from datasets import dataset, event
from two_passes import exactly, in_pieces

from etl.annotations import Annotations


def at_once(files: Files) -> Annotations | None:
    """What the fast pass makes of the files; None where it gives up."""
    return next(in_pieces(files, [1 << 20]))


def with_events(data: bytes, videos: list[str]) -> Files:
    """This events file; a template that names `videos`; splits without any."""
    return {EVENTS: data, TEMPLATES: json.dumps({"T": videos}).encode(), **dict.fromkeys(SPLITS, b"[]")}


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
