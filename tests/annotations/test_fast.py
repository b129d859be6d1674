"""The two passes beside each other: what the fast one accepts, the exact one accepts, and both make the same of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, get_args

import msgspec
import pytest
from annotation_files import FILES, Files, any_dataset, damaged, files_of
from datasets import dataset, event
from hypothesis import given
from hypothesis import strategies as st
from two_passes import as_plain_values, exactly, folder_of, in_pieces

from etl import schema
from etl.annotations import EVENTS_FILE, fast
from etl.annotations.exact import read_exactly
from etl.annotations.fast import read_fast

plain_ids = st.integers(0, 220_000).map(str) | st.sampled_from(["007", "a-b_c"])

# From pieces that hold no video to one piece that holds all.
any_piece_bytes = st.integers(1, 600)
any_parts = st.integers(1, 4)


def assert_accepted_at_most_like_exactly(files: Files, piece_bytes: int, parts: int) -> None:
    for by_fast in filter(None, in_pieces(files, [piece_bytes], parts=parts)):
        by_exact = exactly(files)
        assert by_exact is not None, "the fast pass accepts what the exact pass refuses"
        assert as_plain_values(by_fast) == as_plain_values(by_exact)


@given(any_dataset(plain_ids), st.none() | st.randoms(use_true_random=False), any_piece_bytes, any_parts)
def test_both_passes_make_the_same_of_a_valid_dataset(
    dataset: dict[str, Any], random: Random | None, piece_bytes: int, parts: int
) -> None:
    files = files_of(dataset, random)
    assert exactly(files) is not None
    assert_accepted_at_most_like_exactly(files, piece_bytes, parts)


@given(st.data(), any_piece_bytes, any_parts)
def test_the_fast_pass_accepts_no_edit_that_the_exact_pass_refuses(
    data: st.DataObject, piece_bytes: int, parts: int
) -> None:
    edited, _, _ = data.draw(damaged(data.draw(any_dataset(plain_ids))))
    random = data.draw(st.none() | st.randoms(use_true_random=False))
    assert_accepted_at_most_like_exactly(files_of(edited, random), piece_bytes, parts)


@given(any_dataset(plain_ids), st.sampled_from(FILES), st.data(), any_piece_bytes, any_parts)
def test_the_fast_pass_accepts_no_edit_of_the_bytes_that_the_exact_pass_refuses(
    dataset: dict[str, Any], file: str, data: st.DataObject, piece_bytes: int, parts: int
) -> None:
    files = files_of(dataset)
    content = files[file]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 3)))
    signs = st.sampled_from([b",", b"]", b"],", b"[", b"}", b"{", b'"', b".0", b":", b" ", b"\\u0031", b"1", b"e1"])
    files[file] = content[:start] + data.draw(signs | st.binary(max_size=2)) + content[end:]
    assert_accepted_at_most_like_exactly(files, piece_bytes, parts)


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
    for parts, sizes in ((1, range(480, 880)), (2, range(480, 600)), (7, range(480, 600))):
        for by_fast in in_pieces(files, sizes, parts=parts):
            assert by_fast is not None
            assert as_plain_values(by_fast) == expected


@pytest.mark.parametrize("end_of_line", ["\n", "\r\n"])
def test_pretty_printed_files_are_read_fast_too(end_of_line: str) -> None:
    texts = {name: json.dumps(value, indent=2) + "\n" for name, value in many_videos().items()}
    files = {name: ("\ufeff" + text).replace("\n", end_of_line).encode() for name, text in texts.items()}
    by_exact = exactly(files)
    assert by_exact is not None
    for parts in (1, 2, 5):
        by_fast = next(in_pieces(files, [2000], parts=parts))
        assert by_fast is not None
        assert as_plain_values(by_fast) == as_plain_values(by_exact)


def test_the_fast_pass_knows_the_schemas_words_and_no_others() -> None:
    types = {field.name: field.type for field in msgspec.structs.fields(fast._Event)}
    assert get_args(types["action"]) == schema.ACTIONS
    assert get_args(types["agent"]) == schema.AGENTS


def test_a_file_that_changes_while_its_parts_are_read_is_not_read_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_of(many_videos())
    monkeypatch.setattr(fast, "LEAST_BYTES", 1)
    monkeypatch.setattr(fast, "usable_cores", lambda: 2)
    with folder_of(files) as folder:
        path = folder / EVENTS_FILE

        def change(work: Callable[[Any], Any], shares: list[Any]) -> list[Any]:
            parts = list(map(work, shares))
            path.write_bytes(path.read_bytes().replace(b"contact", b"release", 1))
            return parts

        monkeypatch.setattr(fast, "in_processes", change)
        assert read_fast(folder) is None


@pytest.mark.real_data
@pytest.mark.parametrize("least_bytes", [fast.LEAST_BYTES, 1 << 20])
def test_the_real_files_are_read_fast_and_exactly_alike(
    real_metadata: Path, monkeypatch: pytest.MonkeyPatch, least_bytes: int
) -> None:
    monkeypatch.setattr(fast, "LEAST_BYTES", least_bytes)
    monkeypatch.setattr(fast, "usable_cores", lambda: 2)
    by_fast = read_fast(real_metadata)
    assert by_fast is not None
    assert as_plain_values(by_fast) == as_plain_values(read_exactly(real_metadata, quarantine=False))
    assert (len(by_fast.video_ids), int(by_fast.event_counts.sum()), len(by_fast.templates)) == (10_130, 24_222, 91)
