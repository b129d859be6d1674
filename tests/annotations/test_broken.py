"""Broken annotation files, one folder for each mistake, and the exact message of each (see `broken/README.md`)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from etl.annotations import read_annotations
from etl.errors import AnnotationError

BROKEN = Path(__file__).resolve().parent / "broken"
MISTAKES = sorted(path.name for path in BROKEN.iterdir() if path.is_dir() and path.name != "sound")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lay_out(case: str, folder: Path) -> None:
    """Write the five annotation files of a case: those it has, the sound ones else, none that it lists as missing."""
    shutil.copytree(BROKEN / "sound", folder)
    for path in (BROKEN / case).glob("*.json"):
        shutil.copyfile(path, folder / path.name)
    missing = BROKEN / case / "missing.txt"
    for name in missing.read_text().split() if missing.exists() else ():
        (folder / name).unlink()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_gets_its_message_and_nothing_is_written(
    mistake: str, here: Path, contact_release: Callable[..., tuple[int, str, str]]
) -> None:
    lay_out(mistake, here / "metadata")
    status, out, err = contact_release("build", "--quiet")
    assert err == (BROKEN / mistake / "expected.txt").read_text(encoding="utf-8")
    assert (status, out) == (1, "")
    assert [path.name for path in here.iterdir()] == ["metadata"]


def test_the_sound_files_build_without_a_word(here: Path, contact_release: Callable[..., tuple[int, str, str]]) -> None:
    lay_out("sound", here / "metadata")
    status, _, err = contact_release("build", "--quiet")
    assert (status, err) == (0, "")
    assert (here / "warehouse" / "events.parquet").exists()


# Of some mistakes: the records that quarantine sets aside (e: events, t: templates, 1 2 3: the splits), what it builds.
NAMES = {
    "e": "video_events_labels.json",
    "t": "template_to_video_ids_map.json",
    "1": "train_videos_ids_labeled.json",
    "2": "validation_videos_ids_labeled.json",
    "3": "test_videos_ids_labeled.json",
}
LIFTING, PUTTING = "/Lifting [something] up", "/Putting [something] on a table"
SET_ASIDE = {
    # an event goes alone; its video stays with the others, which keep their positions
    "action_unknown": ("e/20/0", "20:1 21:0 22:0 23:0 24:0"),
    "field_twice": ("e/20/0", "20:1 21:0 22:0 23:0 24:0"),
    "not_a_number_in_an_unknown_field": ("e/20/0", "20:1 21:0 22:0 23:0 24:0"),
    # what refers to a video that is set aside goes with it
    "video_without_events": (f"e/24 t{PUTTING}/2", "20:0 20:1 21:0 22:0 23:0"),
    "video_is_one_event": (f"e/24 t{PUTTING}/2", "20:0 20:1 21:0 22:0 23:0"),
    "video_without_template": ("e/24", "20:0 20:1 21:0 22:0 23:0"),
    # of two entries of one video neither is built
    "video_twice": (f"e/20 e/20 t{LIFTING}/0 t{PUTTING}/0 1/0 2/0", "21:0 23:0 24:0"),
    "video_three_times": (f"e/20 e/20 e/20 t{LIFTING}/0 t{PUTTING}/0 t{PUTTING}/1 1/0 2/0 3/0", "21:0 24:0"),
    # nor any video of a template that stands twice
    "template_twice": (f"e/20 e/21 e/22 e/23 e/24 t{LIFTING} t{LIFTING} 1/0 1/1 2/0 3/0", ""),
    "template_empty": ("e/20 e/21 t/ 1/0 1/1", "22:0 23:0 24:0"),
    "template_without_a_list": (f"e/20 e/21 t{LIFTING} 1/0 1/1", "22:0 23:0 24:0"),
    # a video in two templates has none; one in two splits is in none
    "id_in_two_templates": (f"e/20 t{LIFTING}/0 t{PUTTING}/1 1/0", "21:0 22:0 23:0 24:0"),
    "id_in_two_splits": ("1/0 2/1", "20:0 20:1 21:0 22:0 23:0 24:0"),
    "id_in_three_splits": ("1/0 2/1 3/0", "20:0 20:1 21:0 22:0 23:0 24:0"),
    # of an id that stands twice in one list the first is kept
    "id_twice_in_a_split": ("1/2", "20:0 20:1 21:0 22:0 23:0 24:0"),
    "id_twice_in_a_template": (f"t{LIFTING}/2", "20:0 20:1 21:0 22:0 23:0 24:0"),
    # an id of no video goes alone
    "id_without_events_everywhere": (f"t{PUTTING}/3 3/1", "20:0 20:1 21:0 22:0 23:0 24:0"),
    "id_with_parent_folder": (f"e/..~1x t{PUTTING}/2", "20:0 20:1 21:0 22:0 23:0"),
    "id_is_a_number": (f"e/20 e/21 t{LIFTING}/0 t{LIFTING}/1 1/0 1/1", "22:0 23:0 24:0"),
}


@pytest.mark.parametrize("mistake", SET_ASIDE)
def test_quarantine_sets_aside_what_is_at_fault_or_uncertain_and_builds_the_rest(mistake: str, tmp_path: Path) -> None:
    lay_out(mistake, tmp_path / "metadata")
    annotations = read_annotations(tmp_path / "metadata", quarantine=True)
    aside = [(reject.file, reject.location) for reject in annotations.rejects]
    videos = np.repeat(annotations.video_ids, annotations.event_counts)
    built = [f"{video}:{index}" for video, index in zip(videos, annotations.events.event_index, strict=True)]

    in_splits = list(chain.from_iterable(annotations.splits.values()))

    expected_aside, expected_built = SET_ASIDE[mistake]
    places = re.split(" (?=[et123]/)", expected_aside)
    assert aside == [(NAMES[place[0]], place[1:]) for place in places]
    assert built == expected_built.split()
    assert sorted(chain.from_iterable(annotations.templates.values())) == sorted(annotations.video_ids)
    assert len(set(in_splits)) == len(in_splits)
    assert set(in_splits) <= set(annotations.video_ids)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_quarantine_refuses_a_file_that_cannot_be_read_and_nothing_else(mistake: str, tmp_path: Path) -> None:
    lay_out(mistake, tmp_path / "metadata")
    is_refused = "contact-release fetch" in (BROKEN / mistake / "expected.txt").read_text(encoding="utf-8")
    if is_refused:
        with pytest.raises(AnnotationError, match="contact-release fetch"):
            read_annotations(tmp_path / "metadata", quarantine=True)
    else:
        assert read_annotations(tmp_path / "metadata", quarantine=True).rejects
