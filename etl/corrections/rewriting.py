"""Write corrected annotation files: what was not corrected stays the same, byte for byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.annotations import read_annotations
from etl.annotations.model import EVENTS_FILE, FILE_NAMES
from etl.annotations.origin import Layer, Named, Origin, decoded, encoded, origin_bytes, read_origin
from etl.annotations.splices import Fields, VideoEdit, event_splices, id_splices, spliced
from etl.corrections.differences import Difference
from etl.corrections.labels import Labels
from etl.corrections.model import Marked, described
from etl.errors import AnnotationError, Problem
from etl.export.formats.publisher import published_event
from etl.files import read_file
from etl.names import ORIGIN_FILE

__all__ = ["Rewritten", "doubled", "rewritten"]


@dataclass(frozen=True)
class Rewritten:
    """Corrected annotation files.

    `files`: name → content, with `origin.json` if they differ from the files of the `origin`. `emptied`: the ids of the
    videos that lost their last event and were left out.
    """

    files: dict[str, bytes]
    emptied: tuple[str, ...]
    origin: Origin


def doubled(labels: Labels, differences: Sequence[Difference]) -> Iterator[Problem]:
    """Yield the events that the differences would repeat, so that the same corrections are never applied twice."""
    for video_id in dict.fromkeys(found.video_id for found in differences):
        own = [found for found in differences if found.video_id == video_id]
        before = Counter(event.unnumbered for event in labels[video_id])
        gone = Counter(found.before.unnumbered for found in own if found.before)
        new = Counter(found.after.unnumbered for found in own if found.after)
        for event, count in (before - gone + new).items():
            if event in new and count > max(1, before[event]):
                hint = "or were these corrections applied already?"
                found = f"{described(event)} {count} times"
                yield Problem(f"video {video_id}", "", found, "every event once", hint)


def rewritten(metadata: Path, differences: Iterable[Difference]) -> Rewritten:
    """Return the annotation files in a folder with the differences applied.

    A difference's `before` has the index of the event in these files.

    Raises AnnotationError if the files in `metadata` have problems, or do not fit their `origin.json`.
    """
    inputs = read_annotations(metadata).inputs
    origin = read_origin(metadata, inputs)
    contents = {name: read_file(metadata / name) for name in FILE_NAMES}
    texts = {name: decoded(content) for name, content in contents.items()}
    edits, count = _edits(differences)
    splices = {}
    splices[EVENTS_FILE], emptied = event_splices(texts[EVENTS_FILE], edits)
    for name in FILE_NAMES:
        if name != EVENTS_FILE and emptied:
            splices[name] = id_splices(texts[name], frozenset(emptied))
    splices = {name: made for name, made in splices.items() if made}
    files = {name: encoded(spliced(texts[name], splices.get(name, ())), contents[name]) for name in FILE_NAMES}
    named = [Named.of(name, content) for name, content in contents.items()]
    if [(file.name, file.sha256) for file in inputs] != [(file.file, file.sha256) for file in named]:
        raise AnnotationError(f"{metadata} was changed by another program meanwhile. Run this again")
    origin = origin or Origin(tuple(named), ())
    if count:
        origin = Origin(origin.inputs, (*origin.layers, Layer(count, splices)))
    if origin.layers:
        files[ORIGIN_FILE] = origin_bytes(origin, files)
    return Rewritten(files, tuple(emptied), origin)


def _edits(differences: Iterable[Difference]) -> tuple[dict[str, VideoEdit], int]:
    edits: dict[str, VideoEdit] = {}
    count = 0
    for found in differences:
        count += 1
        edit = edits.setdefault(found.video_id, VideoEdit())
        if found.before is None:
            if found.after is not None:
                edit.added.append(_published(found.after))
            continue
        if (index := found.before.event_index) is None:
            raise ValueError(f"an event of video {found.video_id} has no index")
        edit.changed[index] = None if found.after is None else _published(found.after)
    return edits, count


def _published(event: Marked) -> Fields:
    return published_event(event.numbered(0))
