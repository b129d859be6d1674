"""The notebook in `examples/` runs from its first cell to its last, and ends with a plot and an export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def cells(notebook: Path) -> list[str]:
    """The code of a notebook, cell by cell."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def test_the_first_questions_are_answered_from_an_empty_folder(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for number, code in enumerate(cells(project / "examples" / "first_questions.ipynb"), 1):
        exec(compile(code, f"cell {number}", "exec"), names)
    assert names["built"].rows["videos"] == 60
    assert names["counts"]["events"].sum() == names["built"].rows["events"]
    drawn = names["plot"].to_dict()
    assert drawn["mark"]["type"] == "bar"
    assert len(next(iter(drawn["datasets"].values()))) == names["built"].rows["events"]
    assert (tmp_path / "exported-test-hands" / "events.csv").is_file()
    names["warehouse"].close()


def test_the_notebook_is_kept_without_answers(project: Path):
    content = json.loads((project / "examples" / "first_questions.ipynb").read_text(encoding="utf-8"))
    assert all(not cell["outputs"] for cell in content["cells"] if cell["cell_type"] == "code")
