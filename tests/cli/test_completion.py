"""What the tab key completes, as the shell asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def completed(words: str, folder: Path, **environment: str) -> list[str]:
    """What bash is given for a line that ends where the last word has begun."""
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    program = "import sys; sys.argv = ['contact-release']; from etl.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "_CONTACT_RELEASE_COMPLETE": "bash_complete"}
        | asked
        | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return [line.removeprefix("plain,") for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("contact-release views interaction_", ["interaction_intervals"]),
        ("contact-release tables fra", ["frame_index"]),
        ("contact-release check identical_", ["identical_events"]),
        ("contact-release export label", ["label-studio"]),
        ("contact-release import c", ["corrections", "csv", "cvat", "coco"]),
        ("contact-release report --split val", ["validation"]),
        ("contact-release query --format js", ["json", "jsonl"]),
        ("contact-release export csv --template nothing", []),
    ],
)
def test_the_tab_key_completes_names(words: str, expected: list[str], tmp_path: Path):
    assert completed(words, tmp_path) == expected


def test_the_tab_key_completes_the_templates_of_the_warehouse(sample_warehouse: Path, tmp_path: Path):
    begun = "contact-release export csv --template Letting"
    assert completed(begun, tmp_path, CONTACT_RELEASE_WAREHOUSE=str(sample_warehouse)) == ["Letting go of a box"]
    assert completed(f"contact-release report --warehouse {sample_warehouse} --template Letting", tmp_path)
    assert completed(begun, tmp_path) == [], "where there is no warehouse, nothing is completed and nothing is said"
