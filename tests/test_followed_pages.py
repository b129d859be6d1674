"""The commands of README and docs do what they say when they are followed word for word, on the sample.

Of each page the blocks of a shell, and those of Python that import `etl`, are run in order, in a copy of one prepared
folder. A block that cannot run has its reason above it: `<!-- not run: needs the network -->`.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from etl import build, export, extract
from etl.dataset.sample import write_sample
from etl.dataset.sample.rendering import write_clips
from etl.warehouse.selection import Selection

PROJECT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (PROJECT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>[^>]*\S) -->\n)?^```(?P<language>\w*)\n(?P<lines>.*?)^```$", re.DOTALL | re.MULTILINE
)
SHELL = ("sh", "bash", "console")


class Block(NamedTuple):
    """A block of a page: shell or python, its lines, and why it is not run."""

    language: str
    lines: str
    reason: str | None


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page that are there to be followed."""
    found = (Block(match["language"], match["lines"], match["reason"]) for match in BLOCK.finditer(page))
    return [block for block in found if block.language in SHELL or "import etl\n" in block.lines]


def commands(block: Block) -> list[str]:
    """Return the commands of a shell's block, continued lines joined."""
    lines = block.lines.replace("\\\n", " ").splitlines()
    if block.language == "console":
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    return [line for line in lines if line.strip() and not line.startswith("#")]


FOLLOWED = {name: blocks((PROJECT / name).read_text(encoding="utf-8")) for name in PAGES}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the pages take for granted: annotations, a warehouse, videos, frames, predictions, answers."""
    folder = tmp_path_factory.mktemp("followed")
    write_sample(folder / "sample")
    write_clips(folder / "sample" / "videos")
    shutil.copytree(folder / "sample" / "videos", folder / "20bn-something-something-v2")
    write_sample(folder / "metadata")
    build(folder / "metadata", folder / "warehouse")
    extract(folder / "sample" / "videos", frames=folder / "frames", warehouse=folder / "warehouse", jobs=1)
    export(folder / "warehouse", "cvat", folder / "cvat", Selection(splits=("test",)))
    shutil.copytree(folder / "cvat" / "videos", folder / "corrected")  # what came back from the tool, unchanged
    predictions = pl.read_parquet(folder / "warehouse" / "events.parquet").select(
        "video_id", "action", frame="frame_number", x="point_x", y="point_y"
    )
    predictions.write_ndjson(folder / "predictions.jsonl")
    predictions.write_parquet(folder / "ours.parquet")
    predictions.write_json(folder / "theirs.json")
    answers = {"id": ["900001/0/when"], "answer": ["Prediction: 3"]}
    pl.DataFrame(answers).write_ndjson(folder / "answers.jsonl")
    return folder


@pytest.mark.parametrize("name", [name for name in PAGES if any(block.reason is None for block in FOLLOWED[name])])
def test_a_page_can_be_followed(name, prepared, tmp_path, monkeypatch, contact_release):
    place = tmp_path / "place"
    shutil.copytree(prepared, place, symlinks=True)
    monkeypatch.chdir(place)
    monkeypatch.delenv("CONTACT_RELEASE_WAREHOUSE", raising=False)
    for block in FOLLOWED[name]:
        if block.reason is not None:
            continue
        if block.language == "python":
            exec(compile(block.lines, name, "exec"), {"__name__": "__main__"})
            continue
        for line in commands(block):
            words = shlex.split(line, comments=True)
            assert words[0] == "contact-release", f"{name}: {line}: only this program's commands are run here"
            done = contact_release(*words[1:])
            assert done.status == 0, f"{name}: {line}\n{done.err}"


def test_a_block_that_looks_like_commands_says_that_it_is_one():
    """A command in a block without a shell's name would escape: only a synopsis, with brackets, may stand there."""
    for name in PAGES:
        if name == "docs/commands.md":  # the commands' own help, tested with them
            continue
        for match in BLOCK.finditer((PROJECT / name).read_text(encoding="utf-8")):
            if match["language"] in ("", "text"):
                lines = [line for line in match["lines"].splitlines() if line.startswith("contact-release")]
                assert all("[" in line or "--list" in line for line in lines), (name, lines)


def test_what_is_read_from_a_page_is_what_stands_there():
    page = "<!-- not run: no network -->\n```sh\na\n```\n\n```console\n$ b \\\n  c\nanswer\n```\n\n```text\nd\n```\n"
    first, second = blocks(page)
    assert first.reason == "no network"
    assert second.reason is None
    assert commands(first) == ["a"]
    assert [shlex.split(line) for line in commands(second)] == [["b", "c"]]
