"""Every fact has one home: a change of it is a change of one file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

# What a fact looks like in the program and in the SQL, and the one file in which it may stand. Prose is not looked at:
# docstrings, comments and the examples in a command's help.
HOMES = {
    "the name of a frame's file": (r"frame_(?:\{|%0|\[0-9\]|\\d)", ["etl/names.py"]),
    "the names of the annotation files": (
        r"video_events_labels|template_to_video_ids_map|_videos_ids_labeled",
        ["etl/annotations/model.py"],
    ),
    "the database's name": (r"interactions\.duckdb", ["etl/names.py"]),
    "the manifest's name": (r'"manifest\.json"', ["etl/names.py"]),
    "the agents": (r"""["']hand-object["'], *["']object-surface""", ["etl/schema/facts.py"]),
    "what a video in no split is called": (r"""["']unassigned["'](?!:)""", ["etl/schema/facts.py"]),
    "the largest frame number": (r"\b99_?999\b", ["etl/schema/facts.py"]),
    "the largest coordinate": (r"\b65_?535\b", ["etl/schema/facts.py"]),
    "the side of a heat map's square": (
        r"CELL(?:_PX)? = [0-9]|cell_[dxy]+ \* [0-9]|point_[xy] // [0-9]",
        ["etl/schema/facts.py"],
    ),
    "the nominal frame rate": (r"(?:FRAME_RATE|NOMINAL_RATE|FPS) = [0-9]|^FRAME_MS = [0-9]+$", ["etl/schema/facts.py"]),
    "how near doubles are": (r"NEAR_FRAMES = |frame_number \+ 2\b|at most 2 frames", ["etl/schema/facts.py"]),
    "the frames' JPEG quality": (r"JPEG_QUALITY = |quality=95", ["etl/schema/facts.py"]),
    "the disc": (r"DISC_COLOR = |DISC_RADIUS_PX = |\(255, 0, 0\)|radius: int = [0-9]", ["etl/look.py"]),
    "the actions' colours": (r"0, 114, 178|0072b2|213, 94, 0|d55e00", ["etl/look.py"]),
    "the suffixes of videos": (r"\.mkv", ["etl/videos/containers.py"]),
    "the reasons of an extraction": (r'"in_the_way",$', ["etl/schema/facts.py"]),
    "how SQL quotes a text": (r'replace\("\'", "\'\'"\)', ["etl/schema/statements.py"]),
    "the data's licence": (r"Data License Agreement", ["etl/dataset/released.py"]),
    "what a warehouse was built from": (r"== CHECKSUMS", ["etl/dataset/provenance.py"]),
}


def _code(path: Path) -> str:
    """Return a file's text without its prose."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return re.sub(r"--.*", "", text)
    if path.suffix == ".js":
        return re.sub(r"(?m)(?:^| )//.*$", "", text)
    text = re.sub(r'^\s*(?:r?"""|""")[\s\S]*?"""', "", text, flags=re.M)
    return re.sub(r"(?m)(?:^| +)#(?! noqa).*$", "", text)


@pytest.fixture(scope="module")
def program() -> dict[str, str]:
    paths = [path for pattern in ("etl/**/*.py", "etl/**/*.js", "sql/**/*.sql") for path in PROJECT.glob(pattern)]
    return {path.relative_to(PROJECT).as_posix(): _code(path) for path in paths}


@pytest.mark.parametrize("fact", HOMES)
def test_a_fact_stands_in_one_place(fact: str, program: dict[str, str]):
    pattern, homes = HOMES[fact]
    assert sorted(name for name, text in program.items() if re.search(pattern, text, flags=re.M)) == homes


def test_one_class_is_called_source_and_one_record(program: dict[str, str]):
    for name in ("Source", "Record"):
        homes = [path for path, text in program.items() if re.search(rf"^class {name}\b", text, flags=re.M)]
        assert len(homes) == 1, homes


def test_what_the_twenty_likely_changes_touch_is_there():
    _, table = (PROJECT / "docs" / "house.md").read_text(encoding="utf-8").split("## Twenty likely changes")
    changes = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(changes) == 20
    for change in changes:
        touched = re.findall(r"`((?:etl|sql)/[^`]*)`", change)
        assert touched
        assert all((PROJECT / path).exists() for path in touched), change
